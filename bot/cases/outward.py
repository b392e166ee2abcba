"""Saying that a request changed, to the other system in which the city works it, too.

Whoever changes a request says so here, in the transaction that changes it; `bot.sync` finds out what is different.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.jobs import enqueue_exchange
from bot.db.tables import SyncLink
from bot.settings import settings


async def changed(session: AsyncSession, request_id: int) -> None:
    """A request is to be compared with its record in the other system, where the city has one; nothing otherwise."""
    system = settings().sync
    if system == "none":
        return
    row = (SyncLink.system == system) & (SyncLink.request_id == request_id)
    waits = await session.scalar(select(SyncLink.pending_since).where(row).with_for_update())
    # Another value each time: an exchange that is under way tells by it that there is news. The database's clock, since this
    # is no history: only how long it waits is told by it.
    link = insert(SyncLink).values(system=system, request_id=request_id, pending_since=func.clock_timestamp())
    await session.execute(
        link.on_conflict_do_update(
            index_elements=["system", "request_id"], set_={"pending_since": link.excluded.pending_since}
        )
    )
    # What waits has a job already, however often it changes meanwhile.
    if waits is None:
        await enqueue_exchange(session, request_id)
