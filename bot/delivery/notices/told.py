"""Who was told of updates, who is told later, and who is not and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import Notice


async def told_of(session: AsyncSession, update_ids: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    """Update id → how many residents are "told", "waiting: quiet", "suppressed: carrier" and so on."""
    rows = await session.execute(
        select(Notice.update_id, Notice.state, Notice.why, func.count())
        .where(Notice.update_id.in_(update_ids))
        .group_by(Notice.update_id, Notice.state, Notice.why)
        .order_by(Notice.update_id, Notice.state, Notice.why)
    )
    told: dict[int, dict[str, int]] = {}
    for update_id, state, why, count in rows:
        told.setdefault(update_id, {})[f"{state}: {why}" if why else state] = count
    return told
