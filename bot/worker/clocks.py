"""The clocks of a worker: each goes by itself, so that one that fails or takes long holds up no other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog

from bot.db.session import transaction
from bot.failures import reason_of
from bot.keeping.clocks import EVERY_MINUTE, Clock, failed, ran
from bot.logs import log_unexpected
from bot.worker.watch import DATABASE_GONE

log = structlog.get_logger(__name__)

# What a clock does, given the time (aware). False: it was not its turn, and nothing is kept of the run.
Work = Callable[[datetime], Awaitable[object]]


async def keep_time(clock: Clock, work: Work) -> None:
    """Run a clock every minute, for ever; what it fails with is kept, and the next minute is another try."""
    while True:
        await run_once(clock, work)
        await asyncio.sleep(EVERY_MINUTE.total_seconds())


async def run_once(clock: Clock, work: Work, now: datetime | None = None) -> None:
    """One run, kept with its end. Raises only when the database is gone, where nothing could be kept."""
    began = now or datetime.now(UTC)
    try:
        done = await work(began)
    except DATABASE_GONE:
        raise
    except Exception as error:
        log_unexpected(log, "clock.failed", error, clock=clock)
        async with transaction() as session:
            await failed(session, clock, began, datetime.now(UTC), reason_of(error))
        return
    if done is not False:
        async with transaction() as session:
            await ran(session, clock, began, datetime.now(UTC))
