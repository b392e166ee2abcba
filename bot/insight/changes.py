"""Days that are counted and change afterwards: what of old requests was changed, rated or answered since.

Found by the ids of the rows that say so. Rows are not seen in the order of their ids where transactions run side by side,
so what was seen at one look is settled at the next: whatever was under way then is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.city.current import calendar
from bot.insight.requests import FIRST_WORD_LOOKED_FOR

APART = timedelta(minutes=5)  # two looks; no transaction of ours takes as long

_NEWEST = text(
    "SELECT (SELECT coalesce(max(id), 0) FROM updates) AS updates, "
    "(SELECT coalesce(max(id), 0) FROM feedback) AS feedback, "
    "(SELECT coalesce(max(id), 0) FROM messages) AS messages"
)
_TOUCHED = text(f"""
WITH touched AS (
    SELECT request_id FROM updates WHERE id > :updates
    UNION SELECT request_id FROM feedback WHERE id > :feedback
    UNION SELECT r.id FROM messages m JOIN service_requests r ON r.conversation_id = m.conversation_id
        WHERE m.id > :messages AND m.direction = 'out' AND m.author LIKE 'staff:%'
            AND r.created_at > m.created_at - interval '{FIRST_WORD_LOOKED_FOR} days'
), at AS (
    SELECT r.created_at AS at FROM touched t JOIN service_requests r ON r.id = t.request_id
    UNION ALL SELECT r.ended_at FROM touched t JOIN service_requests r ON r.id = t.request_id
    UNION ALL SELECT u.created_at FROM touched t JOIN updates u ON u.request_id = t.request_id
    UNION ALL SELECT f.created_at FROM touched t JOIN feedback f ON f.request_id = t.request_id
)
SELECT DISTINCT (at AT TIME ZONE :zone)::date FROM at WHERE at IS NOT NULL
""")

Ids = Mapping[str, int]


async def newest_ids(session: AsyncSession) -> dict[str, int]:
    """The last row of each kind that tells of a change."""
    return dict((await session.execute(_NEWEST)).mappings().one())


async def changed_days(session: AsyncSession, since: Ids, through: date) -> set[date]:
    """The days up to `through` on which something of a request counts that was changed after those ids."""
    known = {name: since.get(name, 0) for name in ("updates", "feedback", "messages")}
    rows = await session.scalars(_TOUCHED, {**known, "zone": str(calendar().time_zone)})
    return {day for day in rows if day <= through}


def is_time(looked_at: datetime | None, now: datetime) -> bool:
    """Whether changes are looked for again. Times are aware."""
    return looked_at is None or now - looked_at >= APART
