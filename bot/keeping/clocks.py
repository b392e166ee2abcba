"""What runs by itself again and again: how often it is due, when it ran last, and whether it failed.

The work itself is in `bot.worker.clocks`. Several workers may run the same clock; its row tells of whoever ran it last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import ClockRow
from bot.keeping.sweep import next_night

EVERY_MINUTE = timedelta(minutes=1)
LATE_AFTER = timedelta(minutes=5)  # of what runs every minute: a worker that restarts takes less
NIGHT_LATE_AFTER = timedelta(hours=3)


class Clock(StrEnum):
    """Each as `cityline doctor` and the console name it."""

    TAKEOVERS = "takeovers"  # those that staff forgot go back to the bot
    PROMISES = "promises"  # who follows a request that missed its day is told another
    ENDINGS = "endings"  # what has waited long enough ends
    REMINDERS = "reminders"  # what was not answered is asked once more
    RECEIPTS = "receipts"  # what no receipt came for is looked up
    NUMBERS = "numbers"  # whose number was given up gets no more texts
    MAIL = "mail"  # staff who chose it are told what runs late, and the figures of the week
    MAILBOXES = "mailboxes"  # departments with a mailbox are mailed what is new for them
    FIGURES = "figures"  # what managers ask is counted of the days that are over
    FACTS = "facts"  # conversations are looked at for those who review them
    TEACHING = "teaching"  # trainings that somebody asked for begin
    RECOVERY = "recovery"  # work without a job is found again
    NIGHT = "night"  # the sweep: everything whose time is over is forgotten


@dataclass(frozen=True, slots=True)
class Reading:
    """How a clock stands."""

    clock: Clock
    last_run: datetime | None  # when it began; None: never
    next_run: datetime | None  # None: not known before it ran once
    failures: int  # in a row; 0: the last run went well
    failed_at: datetime | None  # the last one that did not
    reason: str  # of that; nothing private
    late: bool  # it should have run since

    @property
    def well(self) -> bool:
        return not self.failures and not self.late


async def ran(session: AsyncSession, clock: Clock, began: datetime, now: datetime) -> None:
    """Keep that a run which began then went well. Times are aware."""
    await _keep(session, clock, {"began_at": began, "ended_at": now, "failures": 0})


async def failed(session: AsyncSession, clock: Clock, began: datetime, now: datetime, reason: str) -> None:
    """Keep that a run failed. `reason`: as `bot.failures.reason_of` gives it."""
    values = {"began_at": began, "ended_at": now, "failed_at": now, "reason": reason}
    await _keep(session, clock, {**values, "failures": 1}, {"failures": ClockRow.failures + 1})


async def _keep(
    session: AsyncSession,
    clock: Clock,
    values: Mapping[str, object],
    changed: Mapping[str, object] | None = None,
) -> None:
    statement = insert(ClockRow).values(name=clock, **values)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={**values, **(changed or {})})
    )


async def read_clocks(session: AsyncSession, now: datetime) -> list[Reading]:
    """All clocks, in their order. `now` is aware."""
    rows = {row.name: row for row in await session.scalars(select(ClockRow))}
    night = await next_night(session)
    return [_reading(clock, rows.get(clock), night, now) for clock in Clock]


def _reading(clock: Clock, row: ClockRow | None, night: datetime | None, now: datetime) -> Reading:
    last_run = row.began_at if row else None
    if clock is Clock.NIGHT:
        next_run, patience = night, NIGHT_LATE_AFTER
    else:
        next_run, patience = (last_run + EVERY_MINUTE if last_run else None), LATE_AFTER
    return Reading(
        clock,
        last_run,
        next_run,
        row.failures if row else 0,
        row.failed_at if row else None,
        (row.reason or "") if row else "",
        late=next_run is not None and now - next_run > patience,
    )
