"""Leaving another system alone as a whole, when it is away, has had enough, or does not let us in."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import SyncSystem
from bot.failures import FailureKind
from bot.sync.failures import PostponedError, SyncError

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0  # seconds; doubled with each failure in a row
LONGEST_ASKED_FOR = 3600.0  # a system that wants to be left alone for longer is asked again after this


async def state_of(session: AsyncSession, name: str, *, lock: bool = False) -> SyncSystem:
    """The system's row, made where it is not there."""
    found = await session.get(SyncSystem, name, with_for_update=lock, populate_existing=True)
    if found is not None:
        return found
    await session.execute(insert(SyncSystem).values(name=name).on_conflict_do_nothing())
    return await session.get_one(SyncSystem, name, with_for_update=lock, populate_existing=True)


async def check_not_paused(session: AsyncSession, name: str, now: datetime) -> None:
    """Raise `PostponedError` while the system is left alone."""
    state = await state_of(session, name)
    if state.paused_until is not None and state.paused_until > now:
        left = (state.paused_until - now).total_seconds()
        # Not all at the same moment.
        raise PostponedError(
            "paused",
            left + random.uniform(0.1, 2),  # noqa: S311
            FailureKind(state.failure or FailureKind.TRANSIENT),
        )


async def pause(session: AsyncSession, name: str, error: SyncError, now: datetime) -> float:
    """Leave it alone after a failure that would meet all requests alike; gives the seconds."""
    state = await state_of(session, name, lock=True)
    # Several that failed at once are one failure.
    if state.paused_until is not None and state.paused_until > now:
        return (state.paused_until - now).total_seconds()
    seconds: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(state.failures, 16))
    if error.wait is not None:
        seconds = min(max(error.wait, 1.0), LONGEST_ASKED_FOR)
    state.failures += 1
    state.failure, state.problem = error.failure, str(error)
    state.paused_until = now + timedelta(seconds=seconds)
    level = log.error if error.failure is FailureKind.MISCONFIGURED else log.warning
    level("sync.paused", system=name, error=type(error).__name__, seconds=round(seconds))
    return seconds


async def unpause(session: AsyncSession, name: str) -> None:
    """It answers."""
    state = await state_of(session, name)
    if state.failures:
        state.failures, state.failure, state.problem, state.paused_until = 0, None, "", None
