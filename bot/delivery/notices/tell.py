"""Telling what waits, when its time has come: the notices of one request together, in one turn of the dialogue."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.city.current import city
from bot.conversation.consent import is_not_told
from bot.conversation.events import turn_of_event
from bot.db.jobs import Queue, enqueue_notices, enqueue_turn
from bot.db.session import transaction
from bot.db.tables import Conversation, Notice, Subscriber
from bot.delivery.notices.give import MUTED, NoticeState, last_said_in
from bot.delivery.notices.hours import Waits, morning_after_all, quiet_hours
from bot.delivery.notices.put_back import PUT_BACK, is_put_back
from bot.settings import settings

log = structlog.get_logger(__name__)

# The event of one update, with its pictures as this resident gets them.
Pictures = Callable[[AsyncSession, Conversation, dict[str, Any]], Awaitable[dict[str, Any]]]


async def tell(conversation_id: int, with_pictures: Pictures, *, now: datetime | None = None) -> int:
    """Make a turn of each request whose notices are due; gives how many. Safe to repeat.

    What staff put back before anybody heard of it is not told. Where one notice is due, all that wait before it, and those of the same request behind it, go with it: nobody hears
    of an end before its beginning, nor twice in a row of one request. What can still be undone is held, and everything
    behind it waits for it. `now` is aware.
    """
    now = now or datetime.now(UTC)
    events = await _with_their_pictures(conversation_id, with_pictures, now)
    async with transaction() as session:
        conversation = await session.scalar(
            select(Conversation).where(Conversation.id == conversation_id).with_for_update(of=Conversation)
        )
        if conversation is None:
            return 0
        waiting = await _without_muted(session, conversation_id, now)
        due = _due(waiting, now)
        if (held := _first_held(waiting, now)) is not None and held.held_until is not None:
            await enqueue_notices(session, conversation_id, held.held_until)
        if (barrier := is_not_told(conversation.contact)) is not None and barrier.keeps_updates:
            for notice in due:
                notice.state, notice.why = NoticeState.SUPPRESSED, barrier.why
            return 0
        if await _put_off(session, conversation_id, due, now):
            return 0
        turns = [notices for notices in _by_request(due) if not _put_back(notices)]
        if any(notice.why == Waits.URGENT for notice in due if notice.due_at <= now):
            for notice in due:  # what is urgent takes the others along, and they are asked by night, too
                notice.event = {**notice.event, "urgent": True}
        for notices in turns:
            told = [events.get(notice.id, notice.event) for notice in notices]
            await _told(session, conversation, notices, told)
        if turns:
            await enqueue_turn(session, conversation_id, queue=Queue.UPDATES)
        return len(turns)


async def _without_muted(session: AsyncSession, conversation_id: int, now: datetime) -> list[Notice]:
    """What waits and is still wanted. What is due of a request that was muted meanwhile is not told."""
    muted = set(
        await session.scalars(
            select(Subscriber.request_id).where(
                Subscriber.conversation_id == conversation_id, Subscriber.muted_at.is_not(None)
            )
        )
    )
    waiting = await _waiting(session, conversation_id)
    unwanted = [notice for notice in waiting if notice.event.get("request_id") in muted]
    for notice in unwanted:
        if notice.due_at <= now:
            notice.state, notice.why = NoticeState.SUPPRESSED, MUTED
    return [notice for notice in waiting if notice not in unwanted]


def _put_back(notices: Sequence[Notice]) -> bool:
    """Whether what they tell of was put back before anybody heard: then nothing is told."""
    if not is_put_back([notice.event for notice in notices]):
        return False
    for notice in notices:
        notice.state, notice.why = NoticeState.SUPPRESSED, PUT_BACK
    log.info("notices.put_back", conversation_id=notices[-1].conversation_id, notices=len(notices))
    return True


async def _put_off(session: AsyncSession, conversation_id: int, due: Sequence[Notice], now: datetime) -> bool:
    """Whether it is night by now, because nobody could tell it in time: then it waits for the morning."""
    over = [notice for notice in due if notice.due_at <= now]
    last_said = await last_said_in(session, conversation_id)
    waits = [(notice.due_at, notice.why) for notice in over]
    quiet = quiet_hours(settings().quiet_hours)
    morning = morning_after_all(now, quiet, city().time_zone, last_said, waits) if over else None
    if morning is None:
        return False
    for notice in over:
        notice.due_at, notice.why = morning, Waits.QUIET
    await session.flush()
    await enqueue_notices(session, conversation_id, morning)
    return True


async def _with_their_pictures(
    conversation_id: int, with_pictures: Pictures, now: datetime
) -> dict[int, dict[str, Any]]:
    """Notice id → its event with its pictures. They are drawn before the conversation is locked: a store may be slow.

    Of all that is due, not of each request's last alone: a word behind the end must not cost its picture.
    """
    async with transaction() as session:
        conversation = await session.get(Conversation, conversation_id)
        if conversation is None:
            return {}
        due = _due(await _waiting(session, conversation_id), now)
        return {one.id: await with_pictures(session, conversation, dict(one.event)) for one in due}


async def _waiting(session: AsyncSession, conversation_id: int) -> list[Notice]:
    query = (
        select(Notice)
        .where(Notice.conversation_id == conversation_id, Notice.state == NoticeState.WAITING)
        .order_by(Notice.id)
    )
    return list(await session.scalars(query))


def _first_held(waiting: Sequence[Notice], now: datetime) -> Notice | None:
    return next((one for one in waiting if one.held_until is not None and one.held_until > now), None)


def _due(waiting: Sequence[Notice], now: datetime) -> list[Notice]:
    if (held := _first_held(waiting, now)) is not None:
        waiting = waiting[: waiting.index(held)]
    last = max((place for place, notice in enumerate(waiting) if notice.due_at <= now), default=None)
    if last is None:
        return []
    due = list(waiting[: last + 1])
    told_of = {notice.event["reference"] for notice in due}
    return due + [notice for notice in waiting[last + 1 :] if notice.event["reference"] in told_of]


def _by_request(due: Sequence[Notice]) -> list[list[Notice]]:
    """The notices of each request, in order of their last: what was told last is what an answer is about."""
    by_reference: dict[str, list[Notice]] = {}
    for notice in due:
        by_reference.setdefault(str(notice.event["reference"]), []).append(notice)
    return sorted(by_reference.values(), key=lambda notices: notices[-1].id)


async def _told(
    session: AsyncSession,
    conversation: Conversation,
    notices: Sequence[Notice],
    events: Sequence[dict[str, Any]],
) -> None:
    *earlier, last = events
    event = {**last, "earlier": earlier}
    moved = next((one for one in reversed(events) if not one.get("note_only")), last)
    # While a person talks, the bot tells and asks nothing: it would not hear the answer.
    event["resolving"] = bool(moved.get("resolving")) and conversation.taken_over_at is None
    turn = turn_of_event(conversation, event, update_id=notices[-1].update_id)
    session.add(turn)
    await session.flush()
    for notice in notices:
        notice.state, notice.why, notice.turn_id = NoticeState.TOLD, None, turn.id
    log.info("notices.told", conversation_id=conversation.id, turn_id=turn.id, notices=len(notices))
