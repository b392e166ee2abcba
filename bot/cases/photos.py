"""The record of a kept photo: one row for each picture that came in, its bytes being in the photo store."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import Photo
from bot.photos.intake import TakenPhoto


async def keep_photo(session: AsyncSession, kept: TakenPhoto) -> Photo:
    """Record a photo whose bytes the store already has. The same picture twice is two rows, one file."""
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
