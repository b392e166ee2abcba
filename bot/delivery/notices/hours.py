"""When a resident is told: not at night, not five times in a minute, at once where they are here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

# Who wrote so short a time ago has the phone in hand: what is new is told at once, also at night.
HERE_FOR = timedelta(minutes=15)
# Moves within this time are told together: a clerk who mends a slip is not heard twice.
SETTLES_IN = timedelta(seconds=60)
SETTLES_IN_WHERE_HERE = timedelta(seconds=1)


class Waits(StrEnum):
    """What a notice that is not told yet waits for."""

    SETTLING = "settling"  # another move may follow
    URGENT = "urgent"  # another move may follow, and no morning is waited for
    QUIET = "quiet"  # the morning


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end` of the city's clock, over midnight where `end` is earlier. Nobody is told then."""

    start: time
    end: time

    def end_after(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet hours that `moment` (aware) lies in are over, as aware UTC; None outside them."""
        local = moment.astimezone(zone)
        clock = local.time()
        over_midnight = self.end <= self.start
        inside = (
            (clock >= self.start or clock < self.end) if over_midnight else self.start <= clock < self.end
        )
        if not inside:
            return None
        day = local.date() + timedelta(days=1) if over_midnight and clock >= self.start else local.date()
        # Of an hour that a change of the clocks repeats or leaves out, `zoneinfo` takes the first, or the one after.
        return datetime.combine(day, self.end, zone).astimezone(UTC)


def quiet_hours(setting: str) -> QuietHours | None:
    """The quiet hours of "21:00-08:00", as `bot.settings` has checked it; None for "none"."""
    if setting == "none":
        return None
    start, end = (time.fromisoformat(clock) for clock in setting.split("-"))
    return QuietHours(start, end)


def told_at(
    now: datetime, quiet: QuietHours | None, zone: ZoneInfo, last_said: datetime | None, *, urgent: bool
) -> tuple[datetime, Waits]:
    """When a resident is told of what happens `now`, and what that waits for. `last_said`: when they wrote last."""
    if last_said is not None and now - last_said <= HERE_FOR:
        return now + SETTLES_IN_WHERE_HERE, Waits.URGENT if urgent else Waits.SETTLING
    settled = now + SETTLES_IN
    if urgent:
        return settled, Waits.URGENT
    morning = quiet.end_after(settled, zone) if quiet is not None else None
    return (morning, Waits.QUIET) if morning is not None else (settled, Waits.SETTLING)


def morning_after_all(
    now: datetime,
    quiet: QuietHours | None,
    zone: ZoneInfo,
    last_said: datetime | None,
    due: Sequence[tuple[datetime, str | None]],
) -> datetime | None:
    """The morning for which what was due at these times, for these reasons (`Waits`), must wait `now`: it was due in the
    daytime and could not be told then. None where it may be told.
    """
    morning = quiet.end_after(now, zone) if quiet is not None else None
    if quiet is None or morning is None:
        return None
    here = last_said is not None and now - last_said <= HERE_FOR
    # What was due at night was for somebody who was here, a moment ago.
    late = all(now - at > HERE_FOR or quiet.end_after(at, zone) is None for at, _ in due)
    urgent = any(why == Waits.URGENT for _, why in due)
    return morning if late and not here and not urgent else None
