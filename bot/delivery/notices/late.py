"""Asking once more whether it is night, where what was due by day is taken up late: a worker, an engine or a provider was away.

A turn that nobody has taken up becomes its notices again, which are told in the morning with whatever else waits then. One
that was taken up has been said as far as the dialogue knows: its messages wait, and nothing else of the conversation does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import BindParameter, bindparam, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.city.current import city
from bot.conversation.states import OutboundState
from bot.db.jobs import enqueue_notices
from bot.db.tables import Conversation, Message, Notice, Turn
from bot.delivery.notices.give import NoticeState, last_said_in
from bot.delivery.notices.hours import Waits, morning_after_all, quiet_hours
from bot.settings import settings

log = structlog.get_logger(__name__)

_BEGUN = (OutboundState.SENDING, OutboundState.SENT, OutboundState.DELIVERED, OutboundState.READ)


# Asked of every turn and every delivery by night, so made once.
_OF: BindParameter[int] = bindparam("conversation")
_CONVERSATION = select(Conversation.id).where(Conversation.id == _OF).with_for_update(of=Conversation)
_NOT_TAKEN_UP = select(Turn.id).where(
    Turn.conversation_id == _OF,
    Turn.update_id.is_not(None),
    Turn.finished_at.is_(None),
    Turn.posted_at.is_(None),
)
_of_turn = aliased(Message)
_NOT_BEGUN = (
    select(Turn.id)
    .join(Message, Message.turn_id == Turn.id)
    .where(
        Message.conversation_id == _OF,
        Message.direction == "out",
        Message.state == OutboundState.QUEUED,
        Turn.engine_message["metadata"].has_key("update"),
        ~exists().where(_of_turn.turn_id == Turn.id, _of_turn.direction == "out", _of_turn.state.in_(_BEGUN)),
    )
    .distinct()
)


@dataclass(frozen=True, slots=True)
class Held:
    """Turns whose messages are not sent before the morning."""

    turn_ids: frozenset[int]
    until: datetime


async def put_off_turns(session: AsyncSession, conversation_id: int, now: datetime) -> int:
    """Make notices again of the updates that were to be told and that no engine was asked for, where it is night by now.

    Gives how many turns it was. They keep their order, and what is urgent takes the others along, as when they were made turns.
    `now` is aware.
    """
    if not _is_night(now):
        return 0
    await session.execute(_CONVERSATION, {"conversation": conversation_id})
    turns = list(await session.scalars(_NOT_TAKEN_UP, {"conversation": conversation_id}))
    morning = await _morning(session, conversation_id, turns, now) if turns else None
    if morning is None:
        return 0
    for notice in await _notices_of(session, turns):
        notice.state, notice.why, notice.turn_id = NoticeState.WAITING, Waits.QUIET, None
        if notice.due_at <= now:
            notice.due_at = morning
    await session.flush()
    await session.execute(delete(Turn).where(Turn.id.in_(turns)))
    await enqueue_notices(session, conversation_id, morning)
    log.info("notices.put_off", conversation_id=conversation_id, turns=len(turns))
    return len(turns)


async def held_for_morning(session: AsyncSession, conversation_id: int, now: datetime) -> Held | None:
    """What the city began to say and has not sent a word of, where it is night by now. `now` is aware."""
    if not _is_night(now):
        return None
    turns = list(await session.scalars(_NOT_BEGUN, {"conversation": conversation_id}))
    morning = await _morning(session, conversation_id, turns, now) if turns else None
    return Held(frozenset(turns), morning) if morning is not None else None


def _is_night(now: datetime) -> bool:
    quiet = quiet_hours(settings().quiet_hours)
    return quiet is not None and quiet.end_after(now, city().time_zone) is not None


async def _morning(
    session: AsyncSession, conversation_id: int, turns: Sequence[int], now: datetime
) -> datetime | None:
    """The morning for which these turns must wait; None where one of them is urgent, or the resident is here."""
    notices = await _notices_of(session, turns)
    if any(
        notice.event.get("urgent") for notice in notices
    ):  # also what an urgent one took along before its time
        return None
    due = [(notice.due_at, notice.why) for notice in notices if notice.due_at <= now]
    last_said = await last_said_in(session, conversation_id)
    return morning_after_all(now, quiet_hours(settings().quiet_hours), city().time_zone, last_said, due)


async def _notices_of(session: AsyncSession, turns: Sequence[int]) -> list[Notice]:
    rows = await session.scalars(select(Notice).where(Notice.turn_id.in_(turns)).order_by(Notice.id))
    return list(rows)
