"""The resident's answer to a resolving update: fixed, not fixed (which reopens), a rating, a comment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.cases.audit import record
from bot.cases.lookup import UnknownRequestError, find_joined, follows
from bot.cases.moves import RESIDENT, Move, move
from bot.cases.outward import changed
from bot.cases.reopening import open_again
from bot.cases.status import FINISHED, Resolution, Status
from bot.db.tables import Feedback, ServiceRequest, Update


class Verdict(StrEnum):
    FIXED = "fixed"
    NOT_FIXED = "not_fixed"


async def record_feedback(
    session: AsyncSession,
    conversation_id: int,
    reference: str,
    verdict: Verdict | None = None,
    rating: int | None = None,
    comment: str | None = None,
    idempotency_key: str | None = None,
    at: datetime | None = None,
) -> Status:
    """Keep one answer and give the request's status after it. "Not fixed" reopens a finished request; "fixed" takes that back.

    `idempotency_key`: of the turn, so that a turn processed twice counts once. `at`: when it was said, aware; None: now.
    Raises `UnknownRequestError` also when the resident does not follow the request in any conversation of theirs, so that nobody
    learns of another's; `ValueError` for a rating outside 1 to 5.
    """
    if rating is not None and not 1 <= rating <= 5:
        raise ValueError("A rating is 1 to 5.")
    request = await _followed_request(session, conversation_id, reference)
    at = at or datetime.now(UTC)
    key = idempotency_key or f"{request.reference}:{conversation_id}:{at.isoformat()}"
    fresh = await session.scalar(
        insert(Feedback)
        .values(
            request_id=request.id,
            conversation_id=conversation_id,
            idempotency_key=key,
            verdict=verdict,
            rating=rating,
            comment=comment,
            created_at=at,
        )
        .on_conflict_do_nothing()
        .returning(Feedback.id)
    )
    if fresh is not None:
        await changed(session, request.id)
        record(session, "resident", "request.feedback", "request", request.reference, verdict=verdict)
        if verdict is Verdict.NOT_FIXED and request.status in FINISHED:
            await open_again(session, request, at)
        if verdict is Verdict.FIXED and request.status == Status.OPEN:
            await _close_again(session, request, at)
    return Status(request.status)


def is_last_word(said: str) -> ColumnElement[bool]:
    """The condition for answers that count where residents' answers are counted: not those that their resident took back, or gave
    once more, before the work ended again. `said`: the column of `Feedback` that is counted, "verdict" or "rating"."""
    later, ended = aliased(Feedback), aliased(Update)
    end_between = exists().where(
        ended.request_id == Feedback.request_id,
        ended.to_status.in_([str(one) for one in FINISHED]),
        ended.author != RESIDENT,
        ended.created_at > Feedback.created_at,
        ended.created_at <= later.created_at,
    )
    said_again = exists().where(
        later.request_id == Feedback.request_id,
        later.conversation_id == Feedback.conversation_id,
        later.id > Feedback.id,
        getattr(later, said).is_not(None),
        ~end_between.correlate(Feedback, later),
    )
    return and_(getattr(Feedback, said).is_not(None), ~said_again.correlate(Feedback))


def is_not_fixed() -> ColumnElement[bool]:
    """The condition for requests that go on because their resident said that the work is not done."""
    # What opened it for want of an answer, which came (`ANSWERED`), is none: migration 0066.
    return and_(ServiceRequest.status.not_in([str(one) for one in FINISHED]), ServiceRequest.not_fixed)


async def found_not_fixed(session: AsyncSession, request_ids: Sequence[int]) -> set[int]:
    """Those of the requests that are open because their resident said that the work is not done."""
    query = select(ServiceRequest.id).where(ServiceRequest.id.in_(request_ids), is_not_fixed())
    return set(await session.scalars(query))


async def _followed_request(session: AsyncSession, conversation_id: int, reference: str) -> ServiceRequest:
    request = await find_joined(session, reference, lock=True)  # two answers at once must not reopen twice
    if not await follows(session, conversation_id, request.id):
        raise UnknownRequestError(f"There is no request {reference!r}.")
    return request


async def _close_again(session: AsyncSession, request: ServiceRequest, at: datetime) -> None:
    """Take a reopening back, while nobody of the city has changed anything since."""
    entries = await session.scalars(
        select(Update).where(Update.request_id == request.id).order_by(Update.id.desc())
    )
    newest, *before = entries.all()
    # Notes may stand between an end and its reopening.
    end = next((entry for entry in before if entry.resolution is not None), None)
    if end is None or newest.author != RESIDENT or newest.from_status not in FINISHED:
        return
    ended = Resolution(str(end.resolution))
    # Work that is done is resolved again, even where it was closed for good: only from there it may be.
    stood = Status.RESOLVED if ended is Resolution.FIXED else Status(newest.from_status)
    back = Move(stood, RESIDENT, ended, end.referred_to, end.public_text, pictures=True)  # they have seen it
    await move(session, request, back, at)
