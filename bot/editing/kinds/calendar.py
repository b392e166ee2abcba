"""The days on which the city works, and from when on a day counts as over."""

from __future__ import annotations

from bot.city.calendar import CALENDAR_FILE
from bot.city.current import ServedCity
from bot.city.edits import Path
from bot.city.holiday_rules import WEEKDAYS
from bot.editing.fields import Field, FieldKind
from bot.editing.kind import Entry, Kind, alone_at


def fields(_: Entry, __: ServedCity) -> tuple[Field, ...]:
    return (
        Field("weekdays", FieldKind.WEEKDAYS),
        Field("closes", FieldKind.TIME, needed=False),
        *(
            Field(f"observed.{day}", FieldKind.ONE_OF, needed=False, options=WEEKDAYS)
            for day in ("saturday", "sunday")
        ),
    )


def title(_: Entry, __: Path, ___: str) -> str:
    return ""


KIND = Kind("calendar", CALENDAR_FILE, fields, alone_at(), title, is_one_form=True)
