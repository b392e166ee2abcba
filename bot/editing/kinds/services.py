"""Services: what they are called, who does them and how soon, and what residents are told."""

from __future__ import annotations

from bot.city.catalogue import LANGUAGES, SERVICES_FILE, SHORT_LIMIT
from bot.city.current import ServedCity
from bot.city.edits import Path
from bot.editing.fields import Field, FieldKind
from bot.editing.kind import Entry, Kind, Said, each_below

LONGEST_NAME = 60
LONGEST_SENTENCE = 160  # characters: one SMS
FARTHEST = 500  # metres within which two reports may be of one matter
LONGEST_WORK = 400  # working days


def fields(entry: Entry, city: ServedCity) -> tuple[Field, ...]:
    return (
        *_worded("names", LONGEST_NAME),
        *_worded("short", SHORT_LIMIT),
        *_worded("noun", LONGEST_NAME),
        *_worded("description", LONGEST_SENTENCE),
        Field("department", FieldKind.ONE_OF, options=city.city.departments),
        Field("usual_days.median", FieldKind.NUMBER, LONGEST_WORK, needed=False),
        Field("usual_days.p80", FieldKind.NUMBER, LONGEST_WORK, needed=False),
        Field("completion_photo", FieldKind.FLAG),
        *_worded("guidance", LONGEST_SENTENCE, needed=False),
        *_of_another_office(entry),
        Field("duplicates.radius_m", FieldKind.NUMBER, FARTHEST),
        Field("duplicates.hours", FieldKind.NUMBER, needed=False),
    )


def title(entry: Entry, path: Path, language: str) -> str:
    return str(entry["names"].get(language, path[-1]))


def said(entry: Entry, language: str) -> tuple[Said, ...]:
    told = [entry.get("guidance"), (entry.get("handover") or {}).get("text")]
    return tuple(Said(texts[language]) for texts in told if texts and texts.get(language))


def _of_another_office(entry: Entry) -> tuple[Field, ...]:
    """Whom else residents are sent to, where a service has such an office."""
    if not entry.get("handover"):
        return ()
    return (
        *_worded("handover.office", LONGEST_NAME),
        Field("handover.contact", most=LONGEST_NAME),
        *_worded("handover.text", LONGEST_SENTENCE),
    )


def _worded(name: str, most: int, *, needed: bool = True) -> tuple[Field, ...]:
    kind = FieldKind.TEXT if most >= LONGEST_SENTENCE else FieldKind.LINE
    return tuple(Field(f"{name}.{language}", kind, most, needed) for language in LANGUAGES)


KIND = Kind("services", SERVICES_FILE, fields, each_below("services"), title, said=said)
