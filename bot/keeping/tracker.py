"""Events of the engine's finished sessions. From the last `session_started` on the engine needs them all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.keeping.presence import table_exists

# The newest session of a sender is found through the index that bot/engine/tracker_store.py makes for itself.
_DELETE = text(
    """
    DELETE FROM events WHERE id IN (
        SELECT events.id FROM events
        JOIN LATERAL (
            SELECT max(id) AS id FROM events AS started
            WHERE started.sender_id = events.sender_id AND started.type_name = 'session_started'
        ) AS newest ON events.id < newest.id
        WHERE events.timestamp < :before ORDER BY events.id LIMIT :limit
    )
    """
)


async def forget_sessions(session: AsyncSession, before: datetime, limit: int) -> int:
    """Delete at most `limit` events older than `before` of sessions that are over; gives their number."""
    if not await table_exists(session, "events"):
        return 0
    result = await session.execute(_DELETE, {"before": before.timestamp(), "limit": limit})
    return int(getattr(result, "rowcount", 0))
