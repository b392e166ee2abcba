"""Ready words: what staff begin a text to a resident with."""

from __future__ import annotations

from bot.city.catalogue import LANGUAGES
from bot.city.current import ServedCity
from bot.city.edits import Path
from bot.city.ready_words import MOST_WORDS, READY_WORDS_FILE, USES
from bot.editing.fields import Field, FieldKind
from bot.editing.kind import Entry, Kind, Said, each_below

LONGEST_NAME = 60


def fields(_: Entry, __: ServedCity) -> tuple[Field, ...]:
    return (
        Field("use", FieldKind.ONE_OF, options=USES),
        *(Field(f"text.{language}", FieldKind.TEXT, MOST_WORDS) for language in LANGUAGES),
    )


def new(city: ServedCity) -> tuple[Field, ...]:
    return (Field("name", most=LONGEST_NAME), *fields({}, city))


def place_of_new(entry: Entry, _: str) -> Path:
    return ("words", str(entry["name"]))


def title(_: Entry, path: Path, __: str) -> str:
    return path[-1]


def said(entry: Entry, language: str) -> tuple[Said, ...]:
    return (Said(str(entry["text"].get(language, ""))),)


KIND = Kind(
    "ready-words",
    READY_WORDS_FILE,
    fields,
    each_below("words"),
    title,
    new=new,
    place_of_new=place_of_new,
    may_go=True,
    said=said,
)
