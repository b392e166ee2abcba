"""Follow-up questions of a service: how they are put, when, and what can be chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.city.catalogue import LANGUAGES, SERVICES_FILE, SHORT_LIMIT
from bot.city.current import ServedCity
from bot.city.edits import Path, called
from bot.editing.codes import code_of
from bot.editing.fields import Field, FieldKind
from bot.editing.kind import Entry, Kind, Said

LONGEST_QUESTION = 160  # characters
KINDS_OF_NEW = (
    "text",
    "number",
    "date",
)  # what is chosen from a list needs words by which it is recognised: the pack


def places(root: Any) -> Iterator[Path]:
    for service, entry in (root.get("services") or {}).items():
        for question in entry.get("questions") or ():
            yield ("services", str(service), "questions", called(question))


def fields(entry: Entry, _: ServedCity) -> tuple[Field, ...]:
    choices = [called(choice) for choice in entry.get("choices") or ()]
    return (
        *(Field(f"ask.{language}", FieldKind.TEXT, LONGEST_QUESTION) for language in LANGUAGES),
        Field("required", FieldKind.FLAG),
        *(
            Field(f"choices.{code}.{language}", most=SHORT_LIMIT)
            for code in choices
            for language in LANGUAGES
        ),
    )


def new(_: ServedCity) -> tuple[Field, ...]:
    return (
        *(Field(f"ask.{language}", FieldKind.TEXT, LONGEST_QUESTION) for language in LANGUAGES),
        Field("kind", FieldKind.ONE_OF, options=KINDS_OF_NEW),
        Field("required", FieldKind.FLAG),
    )


def place_of_new(entry: Entry, at: str) -> Path:
    return ("services", at, "questions", code_of(entry["ask"]["en"]))


def title(entry: Entry, _: Path, language: str) -> str:
    return str(entry["ask"].get(language, ""))


def said(entry: Entry, language: str) -> tuple[Said, ...]:
    options = tuple(str(choice.get(language, "")) for choice in entry.get("choices") or ())
    return (Said(title(entry, (), language), options),)


KIND = Kind(
    "follow-ups",
    SERVICES_FILE,
    fields,
    places,
    title,
    new=new,
    place_of_new=place_of_new,
    may_go=True,
    said=said,
)
