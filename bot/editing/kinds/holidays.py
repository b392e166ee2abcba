"""Holidays: the days on which nothing is promised, each with where it is known from."""

from __future__ import annotations

from bot.city.calendar import CALENDAR_FILE
from bot.city.catalogue import LANGUAGES
from bot.city.current import ServedCity
from bot.city.edits import Path
from bot.editing.codes import code_of
from bot.editing.fields import Field, FieldKind
from bot.editing.kind import Entry, Kind, each_below

LONGEST_NAME = 60


def fields(_: Entry, __: ServedCity) -> tuple[Field, ...]:
    return (
        *(Field(f"name.{language}", most=LONGEST_NAME) for language in LANGUAGES),
        Field("rule", FieldKind.RULE, most=LONGEST_NAME),
        Field("source"),
        Field("checked", FieldKind.DAY),
    )


def new(city: ServedCity) -> tuple[Field, ...]:
    return fields({}, city)


def place_of_new(entry: Entry, _: str) -> Path:
    return ("holidays", code_of(entry["name"]["en"]))


def title(entry: Entry, path: Path, language: str) -> str:
    return str(entry["name"].get(language, path[-1]))


KIND = Kind(
    "holidays",
    CALENDAR_FILE,
    fields,
    each_below("holidays"),
    title,
    new=new,
    place_of_new=place_of_new,
    may_go=True,
)
