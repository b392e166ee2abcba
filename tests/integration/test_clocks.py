"""What runs by itself is seen to run: last run, next run, failures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.cli.checks import CHECKS, Outcome
from bot.db.session import transaction
from bot.db.tables import ClockRow, Installation
from bot.keeping.clocks import Clock, Reading, read_clocks
from bot.settings import settings
from bot.worker.clocks import run_once
from bot.worker.nightly import clocks
from bot.worker.services import open_services

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

# Ten in the morning of the city.
NOW = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)


async def reading(clock: Clock, now: datetime = NOW) -> Reading:
    async with transaction() as session:
        return next(one for one in await read_clocks(session, now) if one.clock is clock)


async def well(now: datetime) -> None:
    assert now.tzinfo


async def broken(now: datetime) -> None:
    raise KeyError("private words")


async def not_its_turn(now: datetime) -> bool:
    return False


async def test_a_clock_tells_when_it_ran_and_when_it_runs_next() -> None:
    assert (await reading(Clock.PROMISES)).last_run is None
    await run_once(Clock.PROMISES, well, NOW)
    found = await reading(Clock.PROMISES)
    assert (found.last_run, found.next_run) == (NOW, NOW + timedelta(minutes=1))
    assert found.well
    assert (await reading(Clock.PROMISES, NOW + timedelta(minutes=7))).late


async def test_what_fails_is_counted_without_a_word_of_it_until_it_goes_well_again() -> None:
    for _ in range(2):
        await run_once(Clock.ENDINGS, broken, NOW)
    found = await reading(Clock.ENDINGS)
    assert (found.failures, found.well) == (2, False)
    assert found.reason.startswith("KeyError")
    assert "private" not in found.reason
    await run_once(Clock.ENDINGS, well, NOW + timedelta(minutes=1))
    found = await reading(Clock.ENDINGS)
    assert (found.failures, found.failed_at is not None, found.well) == (0, True, True)


async def test_a_night_that_is_not_due_is_no_run() -> None:
    await run_once(Clock.NIGHT, not_its_turn, NOW)
    assert (await reading(Clock.NIGHT)).last_run is None


@pytest.mark.parametrize(
    ("swept", "due"),
    [
        # Three in the night: twenty hours later it is eleven at night, and the next night begins at two.
        (datetime(2026, 11, 30, 11, 0, tzinfo=UTC), datetime(2026, 12, 1, 10, 0, tzinfo=UTC)),
        # In the daytime, since the machine was off: the coming night is too near, and 48 hours are the end of it.
        (datetime(2026, 11, 30, 18, 30, tzinfo=UTC), datetime(2026, 12, 2, 10, 0, tzinfo=UTC)),
    ],
)
async def test_the_next_night_is_told_as_it_is_claimed(swept: datetime, due: datetime) -> None:
    async with transaction() as session:
        session.add(Installation(id=1, swept_at=swept))
    assert (await reading(Clock.NIGHT)).next_run == due


async def test_every_clock_has_its_work() -> None:
    async with open_services(settings()) as services:
        assert {*clocks(services), Clock.RECOVERY} == set(Clock)


async def test_doctor_names_a_clock_that_fails_or_stands_still() -> None:
    finding = await CHECKS["clocks"](settings())
    assert (finding.outcome, len(finding.detail)) == (Outcome.NOTE, len(Clock))
    await run_once(Clock.PROMISES, well)
    finding = await CHECKS["clocks"](settings())
    assert finding.outcome is Outcome.WELL
    await run_once(Clock.ENDINGS, broken)
    finding = await CHECKS["clocks"](settings())
    assert finding.outcome is Outcome.FAILED
    assert "endings: ran" in finding.message
    assert "failed 1 in a row: KeyError" in finding.message
    async with transaction() as session:
        (await session.get_one(ClockRow, "promises")).began_at = datetime.now(UTC) - timedelta(hours=1)
    finding = await CHECKS["clocks"](settings())
    assert "LATE" in finding.message
    assert "Is a worker running?" in finding.message
