"""The resident's own photo beside the city's of the finished work, as one picture for the push that tells of it."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.photos import keep_photo, lock_photo
from bot.db.tables import Photo, RequestPhoto
from bot.failures import reason_of
from bot.photos.before_after import before_after
from bot.photos.intake import PhotoRefused, TakenPhoto, taken_as_drawn
from bot.photos.store import PhotoMissingError, PhotoStore

log = structlog.get_logger(__name__)


async def before_after_photo(
    session: AsyncSession,
    store: PhotoStore,
    request_id: int,
    conversation_id: int,
    completion_photo_id: int,
    language: str,
) -> int | None:
    """Id of the kept picture of before and after; None where this conversation sent no photo for the request.

    None as well, with a warning in the log, where one of the photos is gone or cannot be read. "Before" is the first photo
    they sent: later ones may show the work, or what was said to be left of it. The same photos make the same file, with
    a row for each call, as every photo has; a row that no message refers to is swept after a day.

    Raises what the photo store raises when it is away; then nothing is recorded. Call it late in the transaction: it takes
    some tenths of a second, and the picture's lock is held from then to the end.
    """
    before = await _first_photo_sent(session, request_id, conversation_id)
    if before is None:
        return None
    after = await session.get(Photo, completion_photo_id)
    if after is None:
        _warn(request_id, "no such photo", before.id, completion_photo_id)
        return None
    try:
        picture = await asyncio.to_thread(
            _drawn, store, before.outside.sha256, after.outside.sha256, language
        )
    except (PhotoMissingError, PhotoRefused) as error:
        _warn(request_id, reason_of(error), before.id, after.id)
        return None
    await lock_photo(session, picture.sha256)
    await asyncio.to_thread(store.put, picture)  # under the lock: see keep_photo
    return (await keep_photo(session, picture)).id


async def _first_photo_sent(session: AsyncSession, request_id: int, conversation_id: int) -> Photo | None:
    return await session.scalar(
        select(Photo)
        .join(RequestPhoto, RequestPhoto.photo_id == Photo.id)
        .where(
            RequestPhoto.request_id == request_id,
            RequestPhoto.conversation_id == conversation_id,
            RequestPhoto.kind == "report",
        )
        .order_by(RequestPhoto.id)
        .limit(1)
    )


def _drawn(store: PhotoStore, before: str, after: str, language: str) -> TakenPhoto:
    return taken_as_drawn(before_after(store.get(before), store.get(after), language))


def _warn(request_id: int, reason: str, before: int, after: int) -> None:
    log.warning("before_after.left_out", request_id=request_id, before=before, after=after, reason=reason)
