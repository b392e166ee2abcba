"""A finished request that its resident opens again: it was not fixed, or they answer when it was closed for want of an answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.lookup import find_joined, follows
from bot.cases.moves import RESIDENT, Move, move
from bot.cases.promises import day_of, promise_anew
from bot.cases.status import Resolution, Status
from bot.db.tables import ServiceRequest, Update

# The note at what goes on because its resident answered. It tells this from work that was not done.
ANSWERED = "The resident answered."


async def open_again(session: AsyncSession, request: ServiceRequest, at: datetime, note: str = "") -> Update:
    """Open a finished request, whose row is locked, for its resident, who said so at `at` (aware).

    Its first day was for work that has ended: it gets another one, as if it were filed now, which may be missed and put
    right once like that. Where no figures are known, a day that is over is none any more.
    """
    request.late_told_at = None
    day = promise_anew(request, at)
    if day is None and request.due_on is not None and request.due_on < day_of(at):
        request.due_on = None
    return await move(session, request, Move(Status.OPEN, RESIDENT, internal_note=note, due_on=day), at)


def is_unanswered(request: ServiceRequest) -> bool:
    """Whether it was closed because its resident did not answer: whatever they send opens it, as they were told."""
    return request.status == Status.CLOSED and request.resolution == Resolution.NO_ANSWER


async def unanswered_too_long(
    session: AsyncSession, conversation_id: int, reference: str, at: datetime, within: timedelta
) -> bool:
    """Whether a request that they follow was closed for want of an answer longer than `within` before `at` (aware).

    Raises `UnknownRequestError` for a reference that is none.
    """
    request = await find_joined(session, reference)
    if not is_unanswered(request) or not await follows(session, conversation_id, request.id):
        return False
    return request.ended_at is not None and at - request.ended_at > within
