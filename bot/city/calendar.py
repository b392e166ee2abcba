"""The days on which the city works: read from a pack's `calendar.yml`. Due dates of requests are counted in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.city.catalogue import LANGUAGES, Texts
from bot.city.edits import NO_EDITS, Edits
from bot.city.entries import Entries, Entry
from bot.city.holiday_rules import WEEKDAYS, FixedDay, Rule, read_rule

CALENDAR_FILE = "calendar.yml"

_KEYS = frozenset({"weekdays", "closes", "observed", "holidays"})
_HOLIDAY_KEYS = frozenset({"code", "name", "rule", "source", "checked"})
_MONDAY_TO_FRIDAY = frozenset(range(5))
_LONGEST_SHIFT = timedelta(days=3)  # to the nearest day of a given weekday
_DAY = timedelta(days=1)
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday of every year and where it is known from."""

    code: str
    names: Texts
    rule: Rule
    source: str  # the page or document that says so
    checked: date  # when somebody looked there


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The working days of a city. Weekdays are numbers, 0 for Monday."""

    time_zone: ZoneInfo
    weekdays: frozenset[int] = _MONDAY_TO_FRIDAY
    holidays: tuple[Holiday, ...] = ()
    observed: Mapping[int, int] | None = (
        None  # the weekday a holiday falls on, to that of the nearest day it is kept on
    )
    closes: time | None = None  # local time from which on a day counts as over; None: midnight

    def is_working(self, day: date) -> bool:
        """Whether the city works on this day: a working weekday on which no holiday falls or is kept."""
        return day.weekday() in self.weekdays and next(self._on(day), None) is None

    def due_by(self, start: datetime, working_days: int) -> date:
        """The local day on which that many working days after `start` have passed.

        A start on a day off or after hours counts from the next working day, so that 0 is the day on which work can
        begin. Always a working day, never before the local day of `start`. Raises ValueError for a start without a
        time zone and for days below 0.
        """
        if start.tzinfo is None:
            raise ValueError("start should have a time zone")
        if working_days < 0:
            raise ValueError("working_days should be 0 or more")
        local = start.astimezone(self.time_zone)
        after_hours = self.closes is not None and local.time() >= self.closes
        day = self._working_from(local.date() + _DAY if after_hours else local.date())
        for _ in range(working_days):
            day = self._working_from(day + _DAY)
        return day

    def holiday_on(self, day: date, language: str) -> str | None:
        """The name of the holiday that falls or is kept on this day, in English where a language has none; or None.

        Where one is kept on the day of another (New Year's Day on New Year's Eve), it is the other's day.
        """
        found = min(self._on(day), key=lambda found: found[1], default=None)
        if found is None:
            return None
        names = found[0].names
        return names.get(language, names[LANGUAGES[0]])

    def _working_from(self, day: date) -> date:
        while not self.is_working(day):
            day += _DAY
        return day

    def _on(self, day: date) -> Iterator[tuple[Holiday, bool]]:
        """The holidays of a day, and whether each is only kept on it."""
        # January 1 may be kept in December, and December 31 in January: both years are looked at near the turn.
        years = {(day - _LONGEST_SHIFT).year, (day + _LONGEST_SHIFT).year}
        for holiday in self.holidays:
            for year in years:
                falls = holiday.rule.in_year(year)
                if day == falls:
                    yield holiday, False
                elif day == self._kept(falls):
                    yield holiday, True

    def _kept(self, falls: date) -> date:
        """The day on which a holiday is kept that falls on this one."""
        weekday = (self.observed or {}).get(falls.weekday())
        if weekday is None:
            return falls
        ahead = (weekday - falls.weekday()) % 7
        return falls + timedelta(ahead if ahead <= _LONGEST_SHIFT.days else ahead - 7)


def load_calendar(pack: Path, time_zone: ZoneInfo, edits: Edits = NO_EDITS) -> WorkCalendar:
    """Read and check `calendar.yml`; without the file, Monday to Friday and no holidays.

    Raises `PackError` listing every mistake with file and key.
    """
    path = pack / CALENDAR_FILE
    if not path.exists():
        return WorkCalendar(time_zone)
    entries = Entries(path, edits)
    root = entries.root
    _no_other_keys(root, _KEYS)
    weekdays = _weekdays(root)
    calendar = WorkCalendar(time_zone, weekdays, _holidays(root), _observed(root, weekdays), _closes(root))
    entries.done()
    return calendar


def _no_other_keys(entry: Entry, known: frozenset[str]) -> None:
    """A misspelled key would be passed over in silence, and a due date be wrong for years."""
    if unknown := {str(key) for key in entry.values} - known:
        entry.problem("", f"has {', '.join(sorted(unknown))}; known are {', '.join(sorted(known))}")


def _weekdays(root: Entry) -> frozenset[int]:
    found = {_weekday(root, "weekdays", name) for name in root.texts("weekdays")}
    if not found:
        root.problem("weekdays", "should list at least one, as [monday, tuesday]")
    return frozenset(weekday for weekday in found if weekday is not None)


def _weekday(entry: Entry, key: str, name: object) -> int | None:
    if isinstance(name, str) and name.lower() in WEEKDAYS:
        return WEEKDAYS.index(name.lower())
    entry.problem(key, f"has {name!r}; the weekdays are {', '.join(WEEKDAYS)}")
    return None


def _observed(root: Entry, weekdays: frozenset[int]) -> Mapping[int, int]:
    """From days off to working days, or the holiday would be lost."""
    entry = root.child("observed")
    found: dict[int, int] = {}
    for name, kept in entry.values.items() if entry else ():
        falls, instead = _weekday(root, "observed", name), _weekday(root, f"observed.{name}", kept)
        if falls is None or instead is None:
            continue
        found[falls] = instead
        if falls in weekdays:
            root.problem(f"observed.{name}", "is a working weekday; only days off move to another day")
        if instead not in weekdays:
            root.problem(f"observed.{name}", f"moves to {kept}, which is no working weekday")
    return found


def _closes(root: Entry) -> time | None:
    value = root.values.get("closes")
    if value is None:
        return None
    # Without quotes YAML reads 17:00 as a number of minutes, 1020.
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        root.problem("closes", f'has {value!r}; it should be a time of day in quotes, as "17:00"')
        return None
    return time(int(found[1]), int(found[2]))


def _holidays(root: Entry) -> tuple[Holiday, ...]:
    found: dict[str, Holiday] = {}
    for entry in root.children("holidays"):
        _no_other_keys(entry, _HOLIDAY_KEYS)
        code = entry.text("code")
        if code in found:
            entry.problem("code", f"names {code} a second time")
        names = entry.in_languages("name", LANGUAGES)
        source = entry.text("source")
        checked = entry.day("checked")
        text = entry.text("rule")
        try:
            rule = read_rule(text, {other.code: other.rule for other in found.values()}) if text else None
        except ValueError as error:
            entry.problem("rule", str(error))
            rule = None
        # One whose rule is unreadable keeps its place, so that others that lean on it are not told as wrong too.
        found[code] = Holiday(code, names, rule or FixedDay(1, 1), source, checked)
    return tuple(found.values())
