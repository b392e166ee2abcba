"""How many days things are kept before the nightly sweep forgets them; 0 is for ever."""

from __future__ import annotations

from bot.city.current import ServedCity
from bot.city.edits import SETTINGS, Path
from bot.editing.fields import MOST_NUMBER, Field, FieldKind
from bot.editing.kind import Entry, Kind, alone_at
from bot.settings import CHANGEABLE


def fields(_: Entry, __: ServedCity) -> tuple[Field, ...]:
    kept = (name for name in CHANGEABLE if name.startswith("keep_"))
    return tuple(Field(name, FieldKind.NUMBER, MOST_NUMBER) for name in kept)


def title(_: Entry, __: Path, ___: str) -> str:
    return ""


KIND = Kind("keeping", SETTINGS, fields, alone_at("keeping"), title, is_one_form=True)
