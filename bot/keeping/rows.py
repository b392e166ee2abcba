"""Rows that are only of use for a while: receipts, the audit trail, events set aside, throttles of logins, finished jobs.

All are deleted from the oldest on, along the primary key or an index, so that a batch costs what it deletes.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import Audit, LoginThrottle, ReceiptRow, SetAside
from bot.keeping.presence import table_exists


async def forget_receipts(session: AsyncSession, before: datetime, limit: int) -> int:
    oldest = select(ReceiptRow.id).where(ReceiptRow.received_at < before).order_by(ReceiptRow.id).limit(limit)
    gone = await session.scalars(delete(ReceiptRow).where(ReceiptRow.id.in_(oldest)).returning(ReceiptRow.id))
    return len(gone.all())


async def forget_audit(session: AsyncSession, before: datetime, limit: int) -> int:
    oldest = select(Audit.id).where(Audit.at < before).order_by(Audit.id).limit(limit)
    gone = await session.scalars(delete(Audit).where(Audit.id.in_(oldest)).returning(Audit.id))
    return len(gone.all())


async def forget_set_aside(session: AsyncSession, before: datetime, limit: int) -> int:
    oldest = select(SetAside.id).where(SetAside.received_at < before).order_by(SetAside.id).limit(limit)
    gone = await session.scalars(delete(SetAside).where(SetAside.id.in_(oldest)).returning(SetAside.id))
    return len(gone.all())


async def forget_throttles(session: AsyncSession, before: datetime, limit: int) -> int:
    oldest = select(LoginThrottle.bucket).where(LoginThrottle.last_at < before).limit(limit)
    gone = await session.scalars(
        delete(LoginThrottle).where(LoginThrottle.bucket.in_(oldest)).returning(LoginThrottle.bucket)
    )
    return len(gone.all())


_JOBS = text(
    """
    DELETE FROM procrastinate_jobs WHERE id IN (
        SELECT id FROM procrastinate_jobs AS job
        WHERE status::text IN ('succeeded', 'failed', 'cancelled', 'aborted') AND NOT EXISTS (
            SELECT FROM procrastinate_events WHERE job_id = job.id AND at >= :before
        )
        ORDER BY id LIMIT :limit
    )
    """
)


async def forget_jobs(session: AsyncSession, before: datetime, limit: int) -> int:
    """Finished jobs, of which nothing happened since `before`; what waits or runs is never touched."""
    if not await table_exists(session, "procrastinate_jobs"):
        return 0
    result = await session.execute(_JOBS, {"before": before, "limit": limit})
    return int(getattr(result, "rowcount", 0))
