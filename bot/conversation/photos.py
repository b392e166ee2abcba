"""Bringing the files of a message in: fetched from the provider, checked and kept, or refused with a reason."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.photos import keep_photo
from bot.channels.messages import Channel, MediaError, MediaProblem, MediaRef
from bot.channels.provider import Provider
from bot.db.jobs import TaskName, enqueue
from bot.db.session import transaction
from bot.db.tables import Media
from bot.photos.intake import PhotoRefused, take_in
from bot.photos.store import PhotoStore

log = structlog.get_logger(__name__)

# Why a file never became a photo, as the dialogue gets it in `photos_refused`.
_PROBLEMS = {
    MediaProblem.TOO_LARGE: "too_large",
    MediaProblem.GONE: "gone",
    MediaProblem.FORBIDDEN_HOST: "broken",
}
# A provider that cannot give a file now may give it in a moment; the resident waits no longer than that.
_WAITS = (0.3, 1.0, 3.0)


async def bring_in(provider: Provider, store: PhotoStore, media: Media) -> None:
    """Fetch one waiting file and record what became of it. Never raises for a bad file or a slow provider."""
    reference = MediaRef(
        media.provider_ref or "", media.content_type, media.file_name, media.size, media.compressed
    )
    try:
        content = await _fetch(provider, reference)
        photo = await asyncio.to_thread(take_in, content)
        await asyncio.to_thread(store.put, photo)
    except MediaError as error:
        await _refuse(media.id, _PROBLEMS.get(error.problem, "unavailable"))
        return
    except PhotoRefused as refusal:
        await _refuse(media.id, str(refusal.reason))
        return
    async with transaction() as session:
        row = await session.get_one(Media, media.id)
        kept = await keep_photo(session, photo)
        await asyncio.to_thread(store.put, photo)  # see keep_photo
        row.photo_id, row.state = kept.id, "kept"
        await _forget_at_provider(session, provider, media)
    log.info("photo.kept", media_id=media.id, photo_id=kept.id)


async def _fetch(provider: Provider, reference: MediaRef) -> bytes:
    for wait in _WAITS:
        try:
            return (await provider.fetch(reference)).content
        except MediaError as error:
            if not error.retryable:
                raise
            await asyncio.sleep(min(error.retry_after or wait, _WAITS[-1]))
    return (await provider.fetch(reference)).content


async def _refuse(media_id: int, reason: str) -> None:
    async with transaction() as session:
        row = await session.get_one(Media, media_id)
        row.state, row.refusal = "refused", reason
    log.info("photo.refused", media_id=media_id, reason=reason)


async def _forget_at_provider(session: AsyncSession, provider: Provider, media: Media) -> None:
    """Twilio keeps media until they are deleted; ours is the copy that counts from now on."""
    if provider.channel is Channel.SMS and media.provider_ref:
        await enqueue(
            session,
            TaskName.DELETE_PROVIDER_MEDIA,
            channel=str(provider.channel),
            provider_ref=media.provider_ref,
        )
