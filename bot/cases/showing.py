"""What staff choose to show the public of a request: a resident's photo, a summary in their own words, its line on the city's page.

Nothing of a resident is shown until somebody of the city has looked at it. Each act is in the audit trail, which never holds
the words themselves.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.lookup import find_request, lock_request
from bot.db.tables import RequestPhoto, ServiceRequest
from bot.text.personal import without_personal

MAX_SUMMARY = 280  # characters: two or three sentences, which a phone shows without scrolling


class UnknownPhotoError(LookupError):
    """No resident sent this photo for this request."""


class SummaryTooLongError(ValueError):
    """A summary has more than `MAX_SUMMARY` characters."""


class PersonalSummaryError(ValueError):
    """A summary holds a telephone number or an e-mail address."""


async def show_photo(
    session: AsyncSession, reference: str, photo_id: int, author: str, *, shown: bool
) -> None:
    """Put a resident's photo on the public page of its request, or take it off. Safe to repeat.

    Raises `UnknownRequestError` or `UnknownPhotoError`. Photos of the work are always shown.
    """
    request = await find_request(session, reference)
    photo = await session.scalar(
        select(RequestPhoto)
        .where(
            RequestPhoto.request_id == request.id,
            RequestPhoto.photo_id == photo_id,
            RequestPhoto.kind == "report",
        )
        .with_for_update()
    )
    if photo is None:
        raise UnknownPhotoError(f"There is no photo {photo_id} of a resident in {request.reference}.")
    if photo.cleared == shown:
        return
    photo.cleared = shown
    action = "request.photo_shown" if shown else "request.photo_hidden"
    record(session, author, action, "request", request.reference, photo_id=photo_id)


async def write_summary(session: AsyncSession, reference: str, summary: str, author: str) -> None:
    """Say on the public page of a request what it is about; "" takes the words away. Safe to repeat.

    Raises `UnknownRequestError`, `SummaryTooLongError`, and `PersonalSummaryError`: what a resident wrote is a good
    beginning for these words, and the number they may have left is no part of them.
    """
    summary = summary.strip()
    if len(summary) > MAX_SUMMARY:
        raise SummaryTooLongError(f"A summary may have {MAX_SUMMARY} characters at most.")
    if without_personal(summary) != summary:
        raise PersonalSummaryError("A summary holds no telephone number and no e-mail address.")
    request = await _locked(session, reference)
    if request.public_summary == summary:
        return
    request.public_summary = summary
    action = "request.summary_written" if summary else "request.summary_removed"
    record(session, author, action, "request", request.reference, characters=len(summary))


async def list_on_city_page(
    session: AsyncSession, reference: str, author: str, now: datetime, *, listed: bool
) -> None:
    """Show a request among those of the city's page, or no longer. Safe to repeat. Raises `UnknownRequestError`."""
    request = await _locked(session, reference)
    if (request.listed_at is not None) == listed:
        return
    request.listed_at = now if listed else None
    action = "request.listed" if listed else "request.unlisted"
    record(session, author, action, "request", request.reference)


async def take_back(session: AsyncSession, conversation_id: int) -> None:
    """Show nothing any more that came from this resident: their photos in every request, the summaries of their own."""
    own = ServiceRequest.conversation_id == conversation_id
    sent = RequestPhoto.conversation_id == conversation_id
    # Photos of the first months do not say who sent them; the request does.
    unsigned = RequestPhoto.conversation_id.is_(None) & RequestPhoto.request_id.in_(
        select(ServiceRequest.id).where(own)
    )
    for statement in (
        update(RequestPhoto).where(RequestPhoto.kind == "report", sent | unsigned).values(cleared=False),
        update(ServiceRequest).where(own).values(public_summary=""),
    ):
        await session.execute(statement)


async def _locked(session: AsyncSession, reference: str) -> ServiceRequest:
    """The request, its row ours until the commit."""
    request = await find_request(session, reference)
    await lock_request(session, request)
    await session.refresh(request, attribute_names=["public_summary", "listed_at"])
    return request
