"""A new request about one that ended too long ago to be opened again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.filing import FiledRequest, NewRequest, file_request
from bot.cases.lookup import UnknownRequestError, find_joined, follows
from bot.cases.moves import RESIDENT, Move, move
from bot.cases.places import location_of
from bot.cases.reopening import is_unanswered
from bot.cases.status import Status
from bot.db.tables import ServiceRequest


async def follow_ups_of(session: AsyncSession, request_id: int) -> tuple[str, ...]:
    """References of the requests that were filed about one that had ended, oldest first."""
    found = await session.scalars(
        select(ServiceRequest.reference)
        .where(ServiceRequest.follow_up_of_id == request_id)
        .order_by(ServiceRequest.id)
    )
    return tuple(found)


async def file_follow_up(
    session: AsyncSession,
    conversation_id: int,
    reference: str,
    words: str,
    photo_ids: tuple[int, ...],
    language: str,
    at: datetime,
    idempotency_key: str,
) -> FiledRequest:
    """File what a resident says of a request that ended long ago, for the same service and place, and link the two.

    Safe to repeat with the same key. Raises `UnknownRequestError` also for a request that they do not follow.
    """
    before = await find_joined(session, reference, lock=True)
    if not await follows(session, conversation_id, before.id):
        raise UnknownRequestError(f"There is no request {reference!r}.")
    new = NewRequest(
        conversation_id=conversation_id,
        idempotency_key=idempotency_key,
        service_code=before.service_code,
        description=words,
        place_text=before.place_text,
        location=location_of(before),
        photo_ids=photo_ids,
        language=language,
        at=at,
    )
    filed = await file_request(session, new)
    if filed.created:
        row = await session.get_one(ServiceRequest, filed.id)
        row.follow_up_of_id = before.id
        why = "The resident answered after all" if is_unanswered(before) else "Not fixed, says a resident"
        note = Move(Status(before.status), RESIDENT, internal_note=f"{why}: {filed.reference}.")
        await move(session, before, note, at)
    return filed
