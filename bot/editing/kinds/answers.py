"""Answers to small questions: what the city says, who answers more, and where it is known from.

How residents put a question is what the understanding was trained with: it stays in the pack.
"""

from __future__ import annotations

from bot.city.catalogue import LANGUAGES
from bot.city.current import ServedCity
from bot.city.edits import Path
from bot.city.questions import LONGEST_ANSWER, QUESTIONS_FILE
from bot.editing.fields import Field, FieldKind
from bot.editing.kind import Entry, Kind, Said, each_below

LONGEST_NAME = 80


def fields(_: Entry, __: ServedCity) -> tuple[Field, ...]:
    return (
        *(Field(f"answer.{language}", FieldKind.TEXT, LONGEST_ANSWER) for language in LANGUAGES),
        *(Field(f"office.{language}", most=LONGEST_NAME) for language in LANGUAGES),
        Field("phone", most=LONGEST_NAME, needed=False),
        Field("source"),
        Field("checked", FieldKind.DAY),
    )


def title(entry: Entry, path: Path, language: str) -> str:
    return str(entry["about"].get(language, path[-1]))


def said(entry: Entry, language: str) -> tuple[Said, ...]:
    return (Said(str(entry["answer"].get(language, ""))),)


KIND = Kind("answers", QUESTIONS_FILE, fields, each_below("questions"), title, said=said)
