"""Where a person answers: the office that residents are sent to, its telephone and hours."""

from __future__ import annotations

from bot.city.catalogue import LANGUAGES
from bot.city.current import ServedCity
from bot.city.edits import Path
from bot.city.facts import CITY_FILE
from bot.editing.fields import Field
from bot.editing.kind import Entry, Kind, Said, alone_at

LONGEST = 80  # characters: it stands inside sentences


def fields(_: Entry, __: ServedCity) -> tuple[Field, ...]:
    worded = ("office", "phone", "hours")
    return (
        *(Field(f"{name}.{language}", most=LONGEST) for name in worded for language in LANGUAGES),
        Field("url"),
    )


def title(entry: Entry, _: Path, language: str) -> str:
    return str(entry["office"].get(language, ""))


def said(entry: Entry, language: str) -> tuple[Said, ...]:
    parts = (entry[name] for name in ("office", "phone", "hours"))
    return (Said(", ".join(part if isinstance(part, str) else part.get(language, "") for part in parts)),)


KIND = Kind("help", CITY_FILE, fields, alone_at("human_help"), title, said=said, is_one_form=True)
