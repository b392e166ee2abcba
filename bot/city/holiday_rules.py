"""The rules by which a holiday falls on a day of every year, as a pack's `calendar.yml` writes them.

    january 1
    third monday of january
    last monday of may
    day after thanksgiving        # the code of a holiday further up in the list

Case does not matter; "the" and "in" may stand as in a sentence ("the third Monday in January").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
LAST = -1
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": LAST}  # a fifth is not in every month
NEIGHBORING = {"before": -1, "after": 1}  # days

_LEAP, _COMMON = 2028, 2027


@dataclass(frozen=True, slots=True)
class FixedDay:
    """The same date every year."""

    month: int
    day: int

    def in_year(self, year: int) -> date:
        return date(year, self.month, self.day)


@dataclass(frozen=True, slots=True)
class NthWeekday:
    """A weekday of a month, counted from its start (1 to 4), or its last one."""

    nth: int
    weekday: int  # 0 is Monday, as `date.weekday` counts
    month: int

    def in_year(self, year: int) -> date:
        if self.nth == LAST:
            end = date(year, 12, 31) if self.month == 12 else date(year, self.month + 1, 1) - timedelta(1)
            return end - timedelta((end.weekday() - self.weekday) % 7)
        first = date(year, self.month, 1)
        return first + timedelta((self.weekday - first.weekday()) % 7 + 7 * (self.nth - 1))


@dataclass(frozen=True, slots=True)
class NextTo:
    """So many days after another holiday (before it, if negative)."""

    other: Rule
    days: int

    def in_year(self, year: int) -> date:
        return self.other.in_year(year) + timedelta(self.days)


Rule = FixedDay | NthWeekday | NextTo


def read_rule(text: str, others: Mapping[str, Rule]) -> Rule:
    """The rule that a text says; `others` are the holidays it may refer to, by code.

    Raises ValueError whose message goes on after the text's key: "has 'monday june', which is no rule; …".
    """
    words = [word for word in re.split(r"[\s_]+", text.strip().lower()) if word != "the"]
    match words:
        case [month, number] if month in MONTHS and number.isdecimal():
            return _fixed_day(text, month, int(number))
        case [nth, weekday, "of" | "in", month] if (
            nth in ORDINALS and weekday in WEEKDAYS and month in MONTHS
        ):
            return NthWeekday(ORDINALS[nth], WEEKDAYS.index(weekday), MONTHS.index(month) + 1)
        case ["day", side, *code] if side in NEIGHBORING:
            name = "_".join(code)
            if name not in others:
                raise ValueError(
                    f"has {text!r}, but no holiday further up in the list has the code {name or '?'}"
                )
            return NextTo(others[name], NEIGHBORING[side])
    raise ValueError(
        f"has {text!r}, which is no rule; a rule looks like 'july 4', 'third monday of january', "
        "'last monday of may' or 'day after thanksgiving'"
    )


def _fixed_day(text: str, month: str, day: int) -> FixedDay:
    number = MONTHS.index(month) + 1
    try:
        date(_LEAP, number, day)
    except ValueError:
        raise ValueError(f"has {text!r}, a day that {month} does not have") from None
    try:
        date(_COMMON, number, day)
    except ValueError:
        raise ValueError(f"has {text!r}, which does not come every year") from None
    return FixedDay(number, day)
