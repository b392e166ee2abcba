"""Departments: what residents read of them, and the mailbox of one that works from its mail."""

from __future__ import annotations

from bot.city.catalogue import LANGUAGES
from bot.city.current import ServedCity
from bot.city.edits import Path
from bot.city.facts import CITY_FILE
from bot.editing.fields import Field, FieldKind
from bot.editing.kind import Entry, Kind, each_below

LONGEST_NAME = 80


def fields(_: Entry, __: ServedCity) -> tuple[Field, ...]:
    return (
        *(Field(language, most=LONGEST_NAME, needed=False) for language in LANGUAGES),
        Field("mailbox", FieldKind.MAILBOX, most=120, needed=False),
    )


def new(city: ServedCity) -> tuple[Field, ...]:
    return (Field("name", most=LONGEST_NAME), *fields({}, city))


def place_of_new(entry: Entry, _: str) -> Path:
    return ("departments", str(entry["name"]))


def title(_: Entry, path: Path, __: str) -> str:
    return path[-1]


KIND = Kind(
    "departments", CITY_FILE, fields, each_below("departments"), title, new=new, place_of_new=place_of_new
)
