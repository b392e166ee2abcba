"""Keeping the photos of a form: each by itself, so that one bad file loses neither the others nor what was typed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from sqlalchemy import exists, or_, select
from starlette.datastructures import UploadFile

from bot.cases.photos import keep_photo
from bot.cases.sight import photos_in_sight
from bot.cases.staff import StaffMember
from bot.city.current import city
from bot.db.session import transaction
from bot.db.tables import Media, Photo, RequestPhoto
from bot.failures import reason_of
from bot.photos.apart import DecodingStalledError, take_in_apart
from bot.photos.decode import MAX_BYTES
from bot.photos.intake import PhotoRefused
from bot.photos.store import PhotoStoreAwayError
from bot.web.media import current_store

log = structlog.get_logger(__name__)

# Uploads wait on the disk, not in memory: so many files at a time are read from there.
_in_hand = asyncio.Semaphore(2)
# Why a file was not kept though nothing is wrong with it, beside the refusals of `bot.photos`.
NOT_NOW = "not_now"


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that could not be kept, by the name it has on the device it came from."""

    name: str
    reason: str


async def known_photos(ids: tuple[int, ...], staff: StaffMember) -> tuple[int, ...]:
    """Those of the photos that a form may name: what was uploaded with it a moment ago, and what this person may see anyway."""
    if not ids:
        return ()
    used = exists().where(RequestPhoto.photo_id == Photo.id) | exists().where(Media.photo_id == Photo.id)
    query = select(Photo.id).where(Photo.id.in_(ids), or_(~used, photos_in_sight(staff)))
    async with transaction() as session:
        known = set(await session.scalars(query))
    return tuple(photo_id for photo_id in dict.fromkeys(ids) if photo_id in known)


async def keep_files(files: Iterable[UploadFile]) -> tuple[tuple[int, ...], tuple[RefusedFile, ...]]:
    """Keep each file that is a photo; ids in order, and those that are none with the reason."""
    kept, refused = [], []
    for file in files:
        try:
            async with _in_hand:
                content = await file.read(MAX_BYTES + 1)
                photo = await take_in_apart(content, local_zone=city().time_zone)
                await asyncio.to_thread(current_store().put, photo)
        except PhotoRefused as refusal:
            refused.append(RefusedFile(file.filename or "", str(refusal.reason)))
            continue
        except (DecodingStalledError, PhotoStoreAwayError) as error:
            log.error("photo.not_kept", reason=reason_of(error))
            refused.append(RefusedFile(file.filename or "", NOT_NOW))
            continue
        async with transaction() as session:
            kept.append((await keep_photo(session, photo)).id)
            await asyncio.to_thread(current_store().put, photo)  # see keep_photo
    return tuple(kept), tuple(refused)
