"""Days of the city: stretches of them, and of which counted months and days a period is put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.city.current import calendar

ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """From `first` to `last`, both in it; none where `last` is before `first`."""

    first: date
    last: date

    def __len__(self) -> int:
        return max(0, (self.last - self.first).days + 1)

    @property
    def start(self) -> datetime:
        """When the first one begins, aware UTC."""
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        """When the last one is over, aware UTC."""
        return _midnight(self.last + ONE)

    @property
    def before(self) -> Days:
        """As many days, right before these."""
        return Days(self.first - ONE * len(self), self.first - ONE)

    def within(self, first: date, last: date) -> Days:
        """Those of them from `first` to `last`."""
        return Days(max(self.first, first), min(self.last, last))


@dataclass(frozen=True, slots=True)
class Cover:
    """What a period is read from: no day is in two of them."""

    months: Days  # whole months; their figures stand at the first day of each
    single: tuple[Days, ...]  # days that are counted
    live: Days  # days that are not counted yet


def cover(period: Days, through: date | None, *, months: bool = True) -> Cover:
    """How to read a period, when all days up to `through` are counted (None: no day is). Without `months` day by day."""
    counted = period.within(date.min, through) if through else Days(period.first, period.first - ONE)
    live = period.within(max(counted.last + ONE, period.first), period.last)
    first_month = counted.first if counted.first.day == 1 else next_month(counted.first)
    after_months = (counted.last + ONE).replace(day=1)
    whole = Days(first_month, after_months - ONE)
    if not months or not len(whole):
        nothing = Days(period.first, period.first - ONE)
        return Cover(nothing, (counted,) if len(counted) else (), live)
    edges = (Days(counted.first, first_month - ONE), Days(after_months, counted.last))
    return Cover(whole, tuple(edge for edge in edges if len(edge)), live)


def next_month(day: date) -> date:
    """The first day of the month after its own."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def whole_months(days: Iterable[date], through: date) -> list[date]:
    """The first days of the months in which the days are, of those that are over on `through`."""
    months = sorted({day.replace(day=1) for day in days})
    return [month for month in months if next_month(month) - ONE <= through]


def stretches(days: Iterable[date], most: int) -> Iterator[Days]:
    """Days in a row as one stretch, of at most so many."""
    found: Days | None = None
    for day in sorted(set(days)):
        if found and day == found.last + ONE and len(found) < most:
            found = Days(found.first, day)
        else:
            if found:
                yield found
            found = Days(day, day)
    if found:
        yield found


def today(now: datetime) -> date:
    """The day that it is in the city. `now` is aware."""
    return now.astimezone(calendar().time_zone).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), calendar().time_zone).astimezone(UTC)
