"""Days in words: reading "last Tuesday" or "ayer" as a date, and telling a date as people say it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from bot.conversation.intake.reading import LANGUAGES
from bot.conversation.texts import day_words
from bot.text.fold import fold, fold_in_place
from bot.text.numbers import number_in

_NUMERIC = re.compile(r"\b(\d{1,2})[/-](\d{1,2})(?:[/-](\d{2,4}))?\b")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
LONGEST_AGO = 6  # days for which the name of the weekday is clear


LONGEST_WHEN = 80  # characters
# When something happens, and no more: "every morning", "6:40 am", "mon to sat", "todos los martes".
_WHEN = re.compile(
    r"^(?:(?:at|around|about|on|from|since|usually|always|only|and|every|each|all|most|early|late|the|to|till|until|a|de|desde|como|casi|siempre|todos?|todas?|los|las|el|la|cada|en|por|"
    r"mornings?|afternoons?|evenings?|nights?|nites?|noon|midnight|days?|weekdays?|weekends?|weeks?|daily|mananas?|tardes?|noches?|dias?|semanas?|"
    r"(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(?:days?)?|wednesdays?|saturdays?|tuesdays?|thursdays?|lunes|martes|miercoles|jueves|viernes|sabados?|domingos?|"
    r"[0-9]{1,2}(?: ?[0-9]{2})?|[0-9]{3,4}(?= ?[ap]m)|am|pm|[0-9]{1,4}(?:am|pm)|y|o|or|t|m|f) ?)+$"
)
_NAMES_A_TIME = re.compile(
    r"[ap]m\b|\b(?:morning|afternoon|evening|night|nite|noon|midnight|day|weekday|weekend|daily|manana|tarde|noche|dia|mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun|lunes|"
    r"martes|miercoles|jueves|viernes|sabado|domingo)(?:s|days?)?\b"
)


def tells_when(text: str) -> bool:
    """Whether words say when something happens, and nothing else. Reads any text, never raises."""
    words = fold(text)[:LONGEST_WHEN]
    return _WHEN.fullmatch(words) is not None and _NAMES_A_TIME.search(words) is not None


def read_day(words: str, today: date, *, ahead: bool = False) -> date | None:
    """The day that `words` name in either language, or None. A weekday is the last one, with `ahead` the next one."""
    folded = fold_in_place(words)
    if match := _ISO.search(folded):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMERIC.search(folded):
        return _numeric(match, today, ahead=ahead)
    for language in LANGUAGES:
        if found := _in_words(folded, day_words(language), today, ahead=ahead):
            return found
    return None


def _in_words(folded: str, said: Mapping[str, Any], today: date, *, ahead: bool) -> date | None:
    """The day in one language: so many days ago, a date, a weekday, or "yesterday"."""
    for pattern in said["ago"]:
        if match := re.search(rf"\b{pattern}\b", folded):
            return _ago(match[1], match[2], today)
    if found := _month_day(folded, said, today, ahead=ahead):
        return found
    for weekday, forms in enumerate(said["weekday_forms"]):
        if re.search(rf"\b(?:{'|'.join(fold_in_place(form) for form in forms)})s?\b", folded):
            away = (weekday - today.weekday()) % 7 if ahead else -((today.weekday() - weekday) % 7)
            return today + timedelta(days=away)
    for hours in said["hours"]:
        folded = folded.replace(fold_in_place(hours), " ")
    for name, days in said["relative"].items():
        if re.search(rf"\b{fold_in_place(name)}\b", folded):
            return today + timedelta(days=days)
    return None


def _ago(number: str, unit: str, today: date) -> date:
    """So many days or weeks before today; the patterns allow three digits, which no calendar is too short for."""
    count = number_in(number)  # None: "a week ago"
    days = 7 if unit[0] in "ws" else 1  # weeks, semanas
    return today - timedelta(days=days * (1 if count is None else count))


def tell_day(day: date, today: date, language: str) -> str:
    """ "today", "yesterday", "Tuesday", else "Nov 3"; lower and upper case as inside a sentence."""
    said = day_words(language)
    ago = (today - day).days
    if ago in (0, 1):
        return str(said["today"] if ago == 0 else said["yesterday"])
    if 1 < ago <= LONGEST_AGO:
        return str(said["weekdays"][day.weekday()])
    return str(said["date"]).format(day=day.day, month=said["months"][day.month - 1])


def _numeric(match: re.Match[str], today: date, *, ahead: bool) -> date | None:
    month, day = int(match[1]), int(match[2])
    if month > 12:  # 24/11, as much of the world writes it
        month, day = day, month
    year = int(match[3]) if match[3] else None
    if year is not None:
        return _date(year + 2000 if year < 100 else year, month, day)
    return _nearest(month, day, today, ahead=ahead)


def _month_day(folded: str, said: Mapping[str, Any], today: date, *, ahead: bool) -> date | None:
    named = zip(said["months"], said["whole_months"], strict=True)
    for month, (short, whole) in enumerate(named, start=1):
        name = f"(?:{fold_in_place(whole)}|{fold_in_place(short)}t?)"  # "sept" is common
        match = re.search(
            rf"\b{name}\.? (\d{{1,2}})(?:st|nd|rd|th)?\b|\b(\d{{1,2}})(?:st|nd|rd|th)? (?:de |of )?{name}\b",
            folded,
        )
        if match:
            return _nearest(month, int(match[1] or match[2]), today, ahead=ahead)
    return None


def _nearest(month: int, day: int, today: date, *, ahead: bool) -> date | None:
    """That day of the year nearest to today on the side that is meant."""
    for year in (today.year, today.year + (1 if ahead else -1)):
        found = _date(year, month, day)
        if found and ((found >= today) if ahead else (found <= today)):
            return found
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
