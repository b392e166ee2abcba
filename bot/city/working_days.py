"""How many working days something took: the city's calendar, asked about many times at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.city.calendar import WorkCalendar

_DAY = timedelta(days=1)


class WorkingDays:
    """Counts working days between two moments. Looks at each day of the calendar once, however often it is asked."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self._calendar = calendar
        self._is_working: dict[date, bool] = {}

    def taken(self, start: datetime, end: datetime) -> int:
        """Working days from the day on which work could begin until `end`; 0 for that very day, and for before it.

        The inverse of `WorkCalendar.due_by`: what ends on `due_by(start, n)` took n days. What is done on a day off took as long
        as if it had been done on the working day before. Raises ValueError for a moment without a time zone.
        """
        if start.tzinfo is None or end.tzinfo is None:
            raise ValueError("start and end should have a time zone")
        day = self._begins(start)
        ended = end.astimezone(self._calendar.time_zone).date()
        taken = 0
        while day < ended:
            day += _DAY
            taken += self._works(day)
        return taken

    def _begins(self, start: datetime) -> date:
        """As `due_by(start, 0)`, which would look at the calendar each time."""
        local = start.astimezone(self._calendar.time_zone)
        closes = self._calendar.closes
        after_hours = closes is not None and local.time() >= closes
        day = local.date() + _DAY if after_hours else local.date()
        while not self._works(day):
            day += _DAY
        return day

    def _works(self, day: date) -> bool:
        if day not in self._is_working:
            self._is_working[day] = self._calendar.is_working(day)
        return self._is_working[day]
