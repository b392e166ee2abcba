"""The nightly sweep: everything whose time is over, in small transactions, once a night however many workers there are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.city.current import city
from bot.db.session import transaction
from bot.db.tables import Installation
from bot.keeping.erasing import erase_contact, recently_erased
from bot.keeping.goodbyes import forget_late_goodbyes
from bot.keeping.numbers import forget_numbers
from bot.keeping.photos import SETTLED, delete_stray_files, forget_orphans, forget_request_photos
from bot.keeping.reporters import forget_repeats, forget_reporters
from bot.keeping.request_words import forget_request_words
from bot.keeping.rows import (
    forget_audit,
    forget_batches,
    forget_changes,
    forget_jobs,
    forget_link_codes,
    forget_mailbox_mails,
    forget_receipts,
    forget_sent_forms,
    forget_set_aside,
    forget_staff_mails,
    forget_throttles,
)
from bot.keeping.texts import forget_texts
from bot.keeping.tracker import forget_sessions
from bot.photos.store import PhotoStore
from bot.settings import Settings

log = structlog.get_logger(__name__)

Forget = Callable[[AsyncSession, datetime, int], Awaitable[int]]

NIGHT = range(2, 5)  # hours of the city's clock
AT_LEAST_APART = timedelta(hours=20)
NO_LATER_THAN = timedelta(hours=48)  # a machine that is off at night sweeps in the daytime
MOST_BATCHES = 2_000  # of one thing a night; what is left is for the next
BREATH = 0.05  # seconds between two batches, for whoever waits for the database
SECOND_PASS = timedelta(
    days=2
)  # so long an erased contact is looked after: what was under way is over by then


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing that is kept for a while. `days` 0: for ever."""

    name: str
    days: float
    forget: Forget
    batch: int = 500  # rows; conversations are larger


def everything_kept(config: Settings) -> tuple[Kept, ...]:
    """In the order in which it is swept: what refers to photos before the photos."""
    return (
        Kept("goodbyes", 1, forget_late_goodbyes, batch=20),
        Kept("texts", config.keep_texts_days, forget_texts, batch=20),
        Kept("numbers", config.keep_numbers_days, forget_numbers, batch=20),
        Kept("request words", config.keep_request_words_days, forget_request_words, batch=100),
        Kept("request photos", config.keep_photos_days, forget_request_photos, batch=100),
        Kept("photos of nobody", SETTLED / timedelta(days=1), forget_orphans, batch=100),
        Kept("reporters", config.keep_numbers_days, forget_reporters, batch=100),
        Kept("repeats", 2, forget_repeats),
        Kept("tracker", config.keep_tracker_days, forget_sessions),
        Kept("receipts", config.keep_receipts_days, forget_receipts),
        Kept("audit", config.keep_audit_days, forget_audit),
        Kept("set aside", config.keep_set_aside_days, forget_set_aside),
        Kept("throttles", 2, forget_throttles),
        Kept("changes", 2, forget_changes),
        Kept("link codes", 1, forget_link_codes),
        Kept("staff mails", 30, forget_staff_mails),
        Kept("batches", 30, forget_batches),
        Kept("sent forms", 90, forget_sent_forms),
        Kept("mailbox mails", 90, forget_mailbox_mails),
        Kept("jobs", config.keep_jobs_days, forget_jobs),
    )


async def claim_night(now: datetime) -> bool:
    """Whether the sweep is due, and ours: one statement decides between all workers of all machines."""
    async with transaction() as session:
        await session.execute(insert(Installation).values(id=1).on_conflict_do_nothing())
        apart = AT_LEAST_APART if now.astimezone(city().time_zone).hour in NIGHT else NO_LATER_THAN
        claimed = await session.scalar(
            update(Installation)
            .where(
                or_(
                    Installation.swept_at < now - apart,
                    # A new installation has nothing to sweep: its first night counts.
                    Installation.swept_at.is_(None) & (Installation.created_at < now - apart),
                )
            )
            .values(swept_at=now)
            .returning(Installation.id)
        )
    return claimed is not None


async def next_night(session: AsyncSession) -> datetime | None:
    """When the sweep is due next, as aware UTC, also where that is over; None before the first worker."""
    row = await session.get(Installation, 1)
    if row is None:
        return None
    last = row.swept_at or row.created_at
    due, latest = last + AT_LEAST_APART, last + NO_LATER_THAN
    while due < latest and due.astimezone(city().time_zone).hour not in NIGHT:
        due = (due + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    return min(due, latest)


async def sweep(config: Settings, store: PhotoStore, now: datetime | None = None) -> dict[str, int]:
    """Forget everything whose time is over; gives how many of each. Safe to repeat, and beside itself."""
    now = now or datetime.now(UTC)
    counts: dict[str, int] = {"second passes": await _second_pass(now)}
    for kept in everything_kept(config):
        if kept.days:
            counts[kept.name] = await _forget(kept, now - timedelta(days=kept.days))
    counts["photo files of nobody"] = await delete_stray_files(store, now)
    log.info("keeping.swept", **{name.replace(" ", "_"): count for name, count in counts.items() if count})
    return counts


async def _forget(kept: Kept, before: datetime) -> int:
    total = 0
    for _ in range(MOST_BATCHES):
        async with transaction() as session:
            count = await kept.forget(session, before, kept.batch)
        total += count
        if count < kept.batch:
            break
        await asyncio.sleep(BREATH)
    return total


async def _second_pass(now: datetime) -> int:
    """Once more over who was erased lately: a turn or a file that was under way may have brought something after it."""
    async with transaction() as session:
        ids = await recently_erased(session, now - SECOND_PASS)
    for contact_id in ids:
        async with transaction() as session:
            await erase_contact(session, contact_id, actor="system", now=now)
    return len(ids)
