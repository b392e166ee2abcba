"""A resident takes a request back, or does not want to hear of one any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.following import count_followers
from bot.cases.lookup import UnknownRequestError, find_joined
from bot.cases.moves import RESIDENT, Move, move
from bot.cases.people import conversations_of, of_one_person
from bot.cases.status import Resolution, Status
from bot.db.tables import ServiceRequest, Subscriber

# Nobody is on the way yet.
_NOT_BEGUN = frozenset({Status.OPEN, Status.WAITING, Status.ON_HOLD})


class Withdrawn(StrEnum):
    """What became of the wish to take a request back."""

    TAKEN_BACK = "taken_back"
    OTHERS_FOLLOW = "others_follow"  # it stays for them; who took it back is not told of it any more
    FOR_STAFF = "for_staff"  # somebody is at it, or it has ended otherwise: people decide


async def withdraw_request(
    session: AsyncSession, conversation_id: int, reference: str, words: str, at: datetime | None = None
) -> Withdrawn:
    """Take back a request that nobody else follows and nobody works on; the words say why, for staff. `at`: when they said so, aware; None: now.

    Safe to repeat. Raises `UnknownRequestError` also for a request that they do not follow.
    """
    request = await find_joined(session, reference, lock=True)
    subscribers = await _subscribers(session, request, conversation_id)
    theirs = request.conversation_id in await of_one_person(session, conversation_id)
    if theirs and request.resolution == Resolution.WITHDRAWN:
        return Withdrawn.TAKEN_BACK
    if Status(request.status) not in _NOT_BEGUN:
        return Withdrawn.FOR_STAFF
    if not theirs or await count_followers(session, request.id) > 1:
        _mute(session, request, subscribers, at)
        return Withdrawn.OTHERS_FOLLOW
    step = Move(Status.CLOSED, RESIDENT, Resolution.WITHDRAWN, internal_note=words)
    await move(session, request, step, at)
    return Withdrawn.TAKEN_BACK


async def mute_request(
    session: AsyncSession, conversation_id: int, reference: str, at: datetime | None = None
) -> str:
    """Tell its resident nothing of this request any more, in none of their conversations; gives its reference.

    `at`: as in `withdraw_request`. Raises as `withdraw_request` does.
    """
    request = await find_joined(session, reference, lock=True)
    _mute(session, request, await _subscribers(session, request, conversation_id), at)
    return request.reference


async def unmute_requests(session: AsyncSession, conversation_id: int) -> None:
    """Tell a resident of all that they follow again, in any conversation of theirs: they asked for texts."""
    muted = select(Subscriber).where(
        Subscriber.conversation_id.in_(conversations_of(conversation_id)), Subscriber.muted_at.is_not(None)
    )
    for subscriber in await session.scalars(muted):
        subscriber.muted_at = None


def _mute(
    session: AsyncSession, request: ServiceRequest, subscribers: Sequence[Subscriber], at: datetime | None
) -> None:
    heard = [one for one in subscribers if one.muted_at is None]
    for subscriber in heard:
        subscriber.muted_at = at or datetime.now(UTC)
    if heard:
        record(session, RESIDENT, "request.muted", "request", request.reference)


async def _subscribers(
    session: AsyncSession, request: ServiceRequest, conversation_id: int
) -> Sequence[Subscriber]:
    """Their following of a request: once for each of their conversations in which they do."""
    theirs = Subscriber.conversation_id.in_(conversations_of(conversation_id))
    found = await session.scalars(select(Subscriber).where(Subscriber.request_id == request.id, theirs))
    if not (subscribers := found.all()):
        raise UnknownRequestError(f"There is no request {request.reference!r}.")
    return subscribers
