"""Reminding residents of what they have not answered: an unsent report, whether it is fixed, a question of staff. Once each.

A reminder is a turn of the dialogue, which asks again what is still open there and says nothing where it is not. Nobody is
reminded at night, nor while a person talks with them, nor who does not want to hear from us.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.cases.added import has_asked_back
from bot.cases.people import is_same_person
from bot.cases.status import Status
from bot.city.current import city
from bot.conversation.consent import Barrier, is_not_told
from bot.conversation.events import turn_of_event
from bot.conversation.talk.reminders import Kind
from bot.db.jobs import enqueue_turn
from bot.db.tables import (
    Contact,
    Conversation,
    Feedback,
    Message,
    Reminder,
    ServiceRequest,
    Subscriber,
    Turn,
    Update,
)
from bot.delivery.notices.hours import HERE_FOR, quiet_hours
from bot.settings import Settings

log = structlog.get_logger(__name__)

REPORT_AFTER = timedelta(hours=20)
REPORT_UNTIL = timedelta(hours=44)  # the dialogue keeps a report for two days
ASKED_AFTER = timedelta(hours=24)
ASKED_UNTIL = timedelta(days=4)  # one that could not be given for so long comes as a surprise
MOST = 50  # reminders in one transaction


async def remind(session: AsyncSession, settings: Settings, now: datetime) -> int:
    """Give the reminders that are due; gives how many. Safe to repeat, and by several workers at once. `now` is aware."""
    quiet = quiet_hours(settings.quiet_hours)
    if quiet is not None and quiet.end_after(now, city().time_zone) is not None:
        return 0
    given = 0
    for conversation_id in await _with_an_open_report(session, now):
        given += await _give(session, conversation_id, Kind.REPORT, None, {}, now)
    for kind, question_id, turn in await _unanswered(session, now):
        given += await _give(session, turn.conversation_id, kind, question_id, _asked(turn), now)
    return given


async def _with_an_open_report(session: AsyncSession, now: datetime) -> list[int]:
    """Conversations whose report lies there, and who were not reminded since they wrote."""
    reminded = exists().where(
        Reminder.conversation_id == Conversation.id,
        Reminder.kind == Kind.REPORT,
        Reminder.created_at > Conversation.last_message_at,
    )
    found = await session.scalars(
        select(Conversation.id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(
            Conversation.report_open,
            *_may_be_reminded(),
            Conversation.last_message_at < now - REPORT_AFTER,
            Conversation.last_message_at > now - REPORT_UNTIL,
            ~reminded,
        )
        .order_by(Conversation.last_message_at)
        .limit(MOST)
    )
    return list(found)


async def _unanswered(session: AsyncSession, now: datetime) -> list[tuple[Kind, int, Turn]]:
    """What was asked about a request a day ago and not answered since: the update that asks, and the turn that told it.

    A note, another crew or a join ask nothing and answer nothing. Told behind the question in the same turn, they are what the
    turn is known by, so a turn asks what the last question up to its update asks.
    """
    question_id = _last_question()
    there = aliased(Conversation)  # where they answered: the one that was asked, or another one of theirs
    judged = exists().where(
        Feedback.request_id == ServiceRequest.id,
        Feedback.conversation_id == there.id,
        is_same_person(there, Conversation),
        Feedback.created_at > Turn.created_at,
    )
    reminded = exists().where(
        Reminder.update_id == question_id, Reminder.conversation_id == Turn.conversation_id
    )
    rows = await session.execute(
        select(Turn, ServiceRequest.status, question_id)
        .join(Update, Update.id == Turn.update_id)
        .join(ServiceRequest, ServiceRequest.id == Update.request_id)
        .join(
            Subscriber,
            and_(
                Subscriber.request_id == ServiceRequest.id,
                Subscriber.conversation_id == Turn.conversation_id,
                Subscriber.muted_at.is_(None),
            ),
        )
        .join(Conversation, Conversation.id == Turn.conversation_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(
            *_may_be_reminded(),
            Contact.wants_updates.is_not(False),
            Turn.finished_at.between(now - ASKED_UNTIL, now - ASKED_AFTER),
            Update.to_status == ServiceRequest.status,
            ServiceRequest.status.in_([Status.RESOLVED, Status.WAITING]),
            Turn.update_id >= question_id,
            ~has_asked_back(),
            ~judged,
            ~reminded,
        )
        .order_by(Turn.id)
        .limit(MOST)
    )
    kinds = {Status.RESOLVED: Kind.FEEDBACK, Status.WAITING: Kind.QUESTION}
    return [(kinds[Status(status)], asked, turn) for turn, status, asked in rows]


def _last_question() -> ScalarSelect[int]:
    """Id of the update of a request that asks what is open: the move to where it stands, or newer words while it waits for an answer."""
    asking = aliased(Update)
    moves = or_(asking.from_status.is_distinct_from(asking.to_status), asking.resolution.is_not(None))
    asks_anew = and_(asking.to_status == Status.WAITING, asking.public_text != "")
    return (
        select(func.max(asking.id))
        .where(asking.request_id == ServiceRequest.id, or_(moves, asks_anew))
        .correlate(ServiceRequest)
        .scalar_subquery()
    )


def _may_be_reminded() -> tuple[ColumnElement[bool], ...]:
    """Left out before the limit: fifty who cannot be reminded would stand before all who can, until their time is over."""
    return (
        Conversation.taken_over_at.is_(None),
        Contact.opted_out_at.is_(None),
        Contact.given_up_at.is_(None),
        Contact.unreachable_at.is_(None),
    )


def _asked(turn: Turn) -> Mapping[str, Any]:
    """What the turn told, as far as a reminder names it."""
    event = (turn.engine_message.get("metadata") or {}).get("update") or {}
    return {name: event[name] for name in ("reference", "service_code", "place") if name in event}


async def _give(
    session: AsyncSession,
    conversation_id: int,
    kind: Kind,
    update_id: int | None,
    about: Mapping[str, Any],
    now: datetime,
) -> int:
    """Have the dialogue remind the resident, unless they are here, somebody talks with them, or they want no texts."""
    conversation = await session.scalar(
        select(Conversation)
        .where(Conversation.id == conversation_id)
        .with_for_update(of=Conversation, skip_locked=True)
    )
    if conversation is None or conversation.taken_over_at is not None:
        return 0
    barrier = is_not_told(conversation.contact)
    # Who wants no updates has still begun this report.
    if barrier is not None and not (kind is Kind.REPORT and barrier.why is Barrier.DECLINED):
        return 0
    if await _is_here(session, conversation_id, now) or await _was_given(
        session, conversation, kind, update_id
    ):
        return 0
    session.add(Reminder(conversation_id=conversation_id, kind=kind, update_id=update_id, created_at=now))
    session.add(turn_of_event(conversation, {"remind": kind, **about}, at=now))
    await session.flush()
    await enqueue_turn(session, conversation_id)
    log.info("reminder.given", conversation_id=conversation_id, kind=kind)
    return 1


async def _is_here(session: AsyncSession, conversation_id: int, now: datetime) -> bool:
    """Whether something was said in the conversation just now: it is reminded when that is over."""
    said = select(Message.id).where(
        Message.conversation_id == conversation_id, Message.created_at > now - HERE_FOR
    )
    return await session.scalar(said.limit(1)) is not None


async def _was_given(
    session: AsyncSession, conversation: Conversation, kind: Kind, update_id: int | None
) -> bool:
    """Whether another worker was faster. The conversation is locked."""
    given = select(Reminder.id).where(Reminder.conversation_id == conversation.id, Reminder.kind == kind)
    if update_id is not None:
        given = given.where(Reminder.update_id == update_id)
    else:
        given = given.where(Reminder.created_at > conversation.last_message_at)
    return await session.scalar(given.limit(1)) is not None
