"""When residents are told: quiet hours, and how long their answers are waited for."""

from __future__ import annotations

from bot.city.current import ServedCity
from bot.city.edits import SETTINGS, Path
from bot.editing.fields import Field, FieldKind
from bot.editing.kind import Entry, Kind, alone_at

LONGEST_WAIT = 365  # days


def fields(_: Entry, __: ServedCity) -> tuple[Field, ...]:
    return (
        Field("quiet_hours", FieldKind.HOURS),
        Field("answer_days", FieldKind.NUMBER, LONGEST_WAIT),
        Field("reopen_days", FieldKind.NUMBER, LONGEST_WAIT),
    )


def title(_: Entry, __: Path, ___: str) -> str:
    return ""


KIND = Kind("telling", SETTINGS, fields, alone_at("telling"), title, is_one_form=True)
