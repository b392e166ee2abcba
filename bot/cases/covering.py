"""Turning and covering a photo of a request. What it shows as it came is kept; only staff see it."""

from __future__ import annotations

import asyncio

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.lookup import find_request
from bot.cases.photos import keep_photo
from bot.cases.showing import UnknownPhotoError
from bot.db.tables import Photo, RequestPhoto
from bot.photos.cover import Edit, edited
from bot.photos.store import PhotoStore


async def photo_of_request(
    session: AsyncSession, reference: str, photo_id: int, *, lock: bool = False
) -> Photo:
    """A photo of a request, also one of the work. Raises `UnknownRequestError` or `UnknownPhotoError`."""
    request = await find_request(session, reference)
    query = (
        select(Photo)
        .join(RequestPhoto, RequestPhoto.photo_id == Photo.id)
        .where(RequestPhoto.request_id == request.id, Photo.id == photo_id)
        .limit(1)
    )
    if lock:
        query = query.with_for_update(of=Photo).execution_options(populate_existing=True)
    photo = await session.scalar(query)
    if photo is None:
        raise UnknownPhotoError(f"There is no photo {photo_id} in {request.reference}.")
    return photo


async def edit_photo(
    session: AsyncSession, store: PhotoStore, reference: str, photo_id: int, edit: Edit, author: str
) -> None:
    """Show a photo covered and turned from now on, wherever anybody but staff sees it; an `edit` of nothing shows it as it came.

    The photo's row is ours: take it with `photo_of_request(…, lock=True)` before `edit` is made of it. Raises what that
    raises, `PhotoMissingError`, `PhotoRefused`, or what the store raises when it is away.
    """
    photo = await photo_of_request(session, reference, photo_id, lock=True)
    if edit == Edit.of(photo.edit):
        return
    if edit == Edit():
        photo.edit, photo.covered_by_id = None, None
    else:
        content = await asyncio.to_thread(store.get, photo.sha256)
        picture = await asyncio.to_thread(edited, content, edit)
        await asyncio.to_thread(store.put, picture)
        covered = await keep_photo(session, picture)
        await asyncio.to_thread(store.put, picture)  # see keep_photo
        photo.edit, photo.covered_by_id = edit.as_json(), covered.id
    await session.flush()
    await session.refresh(photo)
    action = "request.photo_covered" if photo.covered_by_id else "request.photo_uncovered"
    record(
        session,
        author,
        action,
        "request",
        (await find_request(session, reference)).reference,
        photo_id=photo_id,
        turn=edit.turn,
        boxes=len(edit.boxes),
    )
