"""How a day is said in a text to a resident (`texts/calendar.yml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from bot.city.catalogue import LANGUAGES
from bot.city.entries import Entries, Entry

# Days from today within which "Friday, Jan 8" can be of one year only in a reader's mind, whatever the year's end.
CLEAR_WITHOUT_YEAR = 120

_TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True)
class _Words:
    today: str
    tomorrow: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    date: str
    date_of_year: str


def said(day: date, language: str, today: date) -> str:
    """A day as residents read it: "today", "Tuesday, Dec 8"; an unknown language reads English.

    It tells the year only if it is neither this one nor within `CLEAR_WITHOUT_YEAR` days. Accents are as written; the
    channel drops them where that saves an SMS part (docs/voice.md).
    """
    known = _words()
    words = known.get(language, known[LANGUAGES[0]])
    away = (day - today).days
    if away in (0, 1):
        return words.tomorrow if away else words.today
    clear = day.year == today.year or abs(away) <= CLEAR_WITHOUT_YEAR
    return (words.date if clear else words.date_of_year).format(
        weekday=words.weekdays[day.weekday()], month=words.months[day.month - 1], day=day.day, year=day.year
    )


@lru_cache(maxsize=1)
def _words() -> Mapping[str, _Words]:
    entries = Entries(_TEXTS / "calendar.yml")
    found = {
        language: _in_language(child)
        for language in LANGUAGES
        if (child := entries.root.child(language)) is not None
    }
    entries.done()
    return found


def _in_language(entry: Entry) -> _Words:
    return _Words(
        entry.text("today"),
        entry.text("tomorrow"),
        entry.texts("weekdays"),
        entry.texts("months"),
        entry.text("date"),
        entry.text("date_of_year"),
    )
