"""The record of a kept photo: one row for each picture that came in, its bytes being in the photo store."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import Photo
from bot.photos.intake import TakenPhoto


async def keep_photo(session: AsyncSession, kept: TakenPhoto) -> Photo:
    """Record a photo whose bytes the store already has. The same picture twice is two rows, one file.

    The file may be about to be deleted as nobody's (`bot.keeping.photos`): put it into the store once more before the
    transaction ends, which costs nothing where it is still there.
    """
    await lock_photo(session, kept.sha256)
    row = Photo(
        sha256=kept.sha256,
        width=kept.width,
        height=kept.height,
        size=kept.size,
        lat=kept.lat,
        lon=kept.lon,
        taken_at=kept.taken_at,
    )
    session.add(row)
    await session.flush()
    return row


async def lock_photo(session: AsyncSession, sha256: str) -> None:
    """Until the end of the transaction nobody else records a photo of this name, or deletes its file."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('photo:' || :name, 0))"), {"name": sha256}
    )
