"""When residents are told: properties over all hours, both changes of the clocks included."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.notices.hours import (
    HERE_FOR,
    SETTLES_IN,
    QuietHours,
    Waits,
    morning_after_all,
    quiet_hours,
    told_at,
)

ZONE = ZoneInfo("America/Los_Angeles")
NIGHT = QuietHours(time(21), time(8))
# Two years, with both changes of the clocks twice.
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(MOMENTS)
def test_nobody_is_told_at_night(now: datetime) -> None:
    at, _ = told_at(now, NIGHT, ZONE, None, urgent=False)
    assert time(8) <= at.astimezone(ZONE).time() < time(21)
    assert now < at <= now + timedelta(hours=12, minutes=1)  # the night of autumn has an hour more


@given(MOMENTS, MOMENTS)
def test_who_is_told_later_is_not_told_earlier(one: datetime, other: datetime) -> None:
    first, second = sorted((one, other))
    told = [told_at(now, NIGHT, ZONE, None, urgent=False)[0] for now in (first, second)]
    assert told[0] <= told[1]


@given(MOMENTS, st.timedeltas(timedelta(0), HERE_FOR))
def test_who_is_here_is_told_at_once_also_at_night(now: datetime, ago: timedelta) -> None:
    at, waits = told_at(now, NIGHT, ZONE, now - ago, urgent=False)
    assert at - now < timedelta(seconds=5)
    assert waits is Waits.SETTLING


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=2)), st.booleans())
def test_what_is_told_late_is_not_told_at_night_either(
    given: datetime, late: timedelta, urgent: bool
) -> None:
    due = told_at(given, NIGHT, ZONE, None, urgent=urgent)
    now = due[0] + late
    morning = morning_after_all(now, NIGHT, ZONE, None, [due])
    assert morning == (None if urgent else NIGHT.end_after(now, ZONE))


@given(MOMENTS, st.timedeltas(timedelta(0), HERE_FOR))
def test_who_is_here_need_not_wait_for_the_morning(now: datetime, ago: timedelta) -> None:
    due = told_at(now, NIGHT, ZONE, now - ago, urgent=False)
    assert morning_after_all(due[0], NIGHT, ZONE, None, [due]) is None
    assert morning_after_all(now, NIGHT, ZONE, now - ago, [(now - timedelta(hours=9), None)]) is None


@given(MOMENTS)
def test_what_is_urgent_waits_only_for_another_move(now: datetime) -> None:
    assert told_at(now, NIGHT, ZONE, None, urgent=True) == (now + SETTLES_IN, Waits.URGENT)


@pytest.mark.parametrize(
    ("local", "told"),
    [
        ("2026-11-29 20:58", "2026-11-29 20:59"),
        ("2026-11-29 20:59", "2026-11-30 08:00"),  # it would settle after nine
        ("2026-11-30 03:00", "2026-11-30 08:00"),
        ("2026-11-30 07:59", "2026-11-30 08:00"),
        ("2026-03-07 23:00", "2026-03-08 08:00"),  # a night without an hour
        ("2026-10-31 23:00", "2026-11-01 08:00"),  # a night with one more
    ],
)
def test_the_morning_is_the_citys(local: str, told: str) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=ZONE)
    at, _ = told_at(now.astimezone(UTC), NIGHT, ZONE, None, urgent=False)
    assert f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}" == told


def test_hours_of_the_day_can_be_quiet_too() -> None:
    siesta = QuietHours(time(13), time(15))
    noon = datetime(2026, 11, 30, 13, 30, tzinfo=ZONE)
    assert siesta.end_after(noon, ZONE) == datetime(2026, 11, 30, 15, tzinfo=ZONE)
    assert siesta.end_after(noon + timedelta(hours=2), ZONE) is None


def test_a_setting_is_read() -> None:
    assert quiet_hours("21:00-08:00") == NIGHT
    assert quiet_hours("none") is None
