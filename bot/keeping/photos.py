"""Photos nobody refers to: their rows, and their files in the store.

A file is named by its content, so it may belong to several rows, and to one that is being written in this moment. Whoever
records a photo and whoever deletes a file both hold the lock of its name (`lock_photo`), and the one who records puts
the file again under it: whichever comes first, a row never stands without its file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.cases.photos import lock_photo
from bot.cases.status import FINISHED
from bot.db.jobs import Queue, TaskName, enqueue
from bot.db.session import transaction
from bot.db.tables import Media, Message, Photo, RequestPhoto, ServiceRequest, Turn, Update
from bot.photos.store import PhotoStore

log = structlog.get_logger(__name__)

SETTLED = timedelta(days=1)  # a younger photo may be on its way into a request

_Covered = aliased(Photo)
_REFERRED_TO = (
    exists().where(Media.photo_id == Photo.id)
    | exists().where(RequestPhoto.photo_id == Photo.id)
    | exists().where(_Covered.covered_by_id == Photo.id)
)


async def delete_orphans(session: AsyncSession, photo_ids: Sequence[int]) -> tuple[str, ...]:
    """Delete those of the photos that nothing refers to, whatever their age; gives the SHA-256 of each.

    Their files follow in a job of this transaction.
    """
    gone = (
        await session.execute(
            delete(Photo)
            .where(Photo.id.in_(photo_ids), ~_REFERRED_TO)
            .returning(Photo.sha256, Photo.covered_by_id)
            .execution_options(synchronize_session=False)
        )
    ).all()
    names = tuple(sorted({row.sha256 for row in gone}))
    # What was made of them goes with them.
    covered = [row.covered_by_id for row in gone if row.covered_by_id is not None]
    if covered:
        names = tuple(sorted({*names, *await delete_orphans(session, covered)}))
    if names:
        await enqueue(session, TaskName.DELETE_PHOTO_FILES, Queue.MEDIA, sha256=list(names))
    return names


async def forget_orphans(session: AsyncSession, before: datetime, limit: int) -> int:
    """Delete photos older than `before` that nothing refers to, at most `limit`."""
    ids = await session.scalars(
        select(Photo.id).where(Photo.created_at < before, ~_REFERRED_TO).order_by(Photo.id).limit(limit)
    )
    found = list(ids)
    await delete_orphans(session, found)
    return len(found)


async def forget_request_photos(session: AsyncSession, before: datetime, limit: int) -> int:
    """Take the photos off requests that were finished before `before`, at most `limit`; orphans go the next time."""
    rows = (
        await session.execute(
            select(RequestPhoto.id, RequestPhoto.photo_id, RequestPhoto.request_id)
            .join(ServiceRequest, ServiceRequest.id == RequestPhoto.request_id)
            .where(
                ServiceRequest.updated_at < before,
                ServiceRequest.status.in_([str(status) for status in FINISHED]),
            )
            .order_by(RequestPhoto.id)
            .limit(limit)
        )
    ).all()
    await session.execute(delete(RequestPhoto).where(RequestPhoto.id.in_([row.id for row in rows])))
    # The message it came with shows it, too, as long as no other request has it.
    still_used = exists().where(RequestPhoto.photo_id == Media.photo_id)
    await session.execute(
        update(Media)
        .where(Media.photo_id.in_([row.photo_id for row in rows]), ~still_used)
        .where(Media.message_id.in_(select(Message.id).where(Message.created_at < before)))
        .values(photo_id=None)
        .execution_options(synchronize_session=False)
    )
    # So does the picture of before and after in a push of the request, which itself stands in no request.
    pushes = (
        select(Message.id)
        .join(Turn, Turn.id == Message.turn_id)
        .join(Update, Update.id == Turn.update_id)
        .where(Update.request_id.in_([row.request_id for row in rows]), Message.direction == "out")
    )
    await session.execute(
        update(Media)
        .where(Media.message_id.in_(pushes), ~still_used)
        .values(photo_id=None)
        .execution_options(synchronize_session=False)
    )
    return len(rows)


async def delete_files(store: PhotoStore, names: Iterable[str]) -> int:
    """Delete the files of photos of which there is no row any more; gives their number. Safe to repeat."""
    count = 0
    for sha256 in names:
        async with transaction() as session:
            await lock_photo(session, sha256)
            if await session.scalar(select(exists().where(Photo.sha256 == sha256))):
                continue  # the same picture came again
            await asyncio.to_thread(store.delete, sha256)
            count += 1
    if count:
        log.info("photos.files_deleted", files=count)
    return count


async def delete_stray_files(store: PhotoStore, now: datetime | None = None) -> int:
    """Delete files older than a day without a row: of a process that died between the file and the row."""
    old = (now or datetime.now(UTC)) - SETTLED
    count = 0
    for shard in await asyncio.to_thread(store.shards):
        names = await asyncio.to_thread(store.names, shard)
        async with transaction() as session:
            known = set(await session.scalars(select(Photo.sha256).where(Photo.sha256.in_(names))))
        strays = [name for name in names if name not in known]
        if strays:
            settled = await asyncio.to_thread(store.older_than, strays, old)
            count += await delete_files(store, settled)
        await asyncio.to_thread(store.delete_fragments, shard, old)
    return count
