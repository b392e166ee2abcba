"""Rows that are only of use for a while: receipts, the audit trail, events set aside, throttles of logins, one-time codes, mails to staff,
finished jobs.

All are deleted from the oldest on, along the primary key or an index, so that a batch costs what it deletes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.db.tables import (
    Audit,
    Batch,
    Change,
    Conversation,
    LinkCode,
    LinkTry,
    LoginThrottle,
    Look,
    MailboxMail,
    Person,
    ReceiptRow,
    SentForm,
    SetAside,
    StaffMail,
)
from bot.keeping.presence import table_exists


async def forget_receipts(session: AsyncSession, before: datetime, limit: int) -> int:
    return await _delete(session, ReceiptRow.id, ReceiptRow.received_at < before, limit)


async def forget_audit(session: AsyncSession, before: datetime, limit: int) -> int:
    """Old entries of the trail, and old looks. It leaves an entry of its own, which says how many went."""
    await _allow_forgetting(session, before)
    entries = await _delete(session, Audit.id, Audit.at < before, limit)
    return max(entries, await _delete(session, Look.id, Look.at < before, limit))


async def _allow_forgetting(session: AsyncSession, before: datetime) -> None:
    """The trigger that keeps the trail lets what is older go, in this transaction alone."""
    await session.execute(
        text("SELECT set_config('cityline.forget_before', :before, true)"), {"before": before.isoformat()}
    )


async def forget_set_aside(session: AsyncSession, before: datetime, limit: int) -> int:
    return await _delete(session, SetAside.id, SetAside.received_at < before, limit)


async def forget_throttles(session: AsyncSession, before: datetime, limit: int) -> int:
    return await _delete(session, LoginThrottle.bucket, LoginThrottle.last_at < before, limit)


async def forget_staff_mails(session: AsyncSession, before: datetime, limit: int) -> int:
    """Who of staff was mailed, and what became of it; nothing of so long ago is under way."""
    return await _delete(session, StaffMail.id, StaffMail.created_at < before, limit)


async def forget_batches(session: AsyncSession, before: datetime, limit: int) -> int:
    """What was changed in one go, with its steps: it was undone, or is told by now, and stands in the histories."""
    return await _delete(session, Batch.id, Batch.created_at < before, limit)


async def forget_sent_forms(session: AsyncSession, before: datetime, limit: int) -> int:
    """Which forms crews sent: no phone sends one again so late."""
    return await _delete(session, SentForm.key, SentForm.created_at < before, limit)


async def forget_mailbox_mails(session: AsyncSession, before: datetime, limit: int) -> int:
    """Which department was mailed what; a link of so long ago has ended. What still waits to go out stays."""
    old = (MailboxMail.created_at < before) & MailboxMail.ended_at.is_not(None)
    return await _delete(session, MailboxMail.id, old, limit)


async def forget_changes(session: AsyncSession, before: datetime, limit: int) -> int:
    """That something changed: the longest login is over by then, and whoever had a page open has to draw it anew."""
    return await _delete(session, Change.xact, Change.at < before, limit)


async def forget_link_codes(session: AsyncSession, before: datetime, limit: int) -> int:
    """One-time codes whose time is over, the tries that guessed wrong, and persons who have no conversation any more."""
    codes = await _delete(session, LinkCode.id, LinkCode.expires_at < before, limit)
    tries = await _delete(session, LinkTry.id, LinkTry.at < before, limit)
    nobody = (Person.created_at < before) & ~exists().where(Conversation.person_id == Person.id)
    return max(codes, tries, await _delete(session, Person.id, nobody, limit))


async def _delete(
    session: AsyncSession, key: InstrumentedAttribute[Any], is_old: ColumnElement[bool], limit: int
) -> int:
    """Delete at most `limit` rows that are old, those with the lowest keys first."""
    oldest = select(key).where(is_old).order_by(key).limit(limit)
    gone = await session.scalars(delete(key.class_).where(key.in_(oldest)).returning(key))
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
