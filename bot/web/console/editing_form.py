"""A form over one entry of the city: its rows as they are shown, with what was entered and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.city.current import served
from bot.city.edits import Path, entry_of, found_at
from bot.city.holiday_rules import WEEKDAYS
from bot.editing.fields import Fault, Field, FieldKind
from bot.editing.files import file_of
from bot.editing.kind import Entry, Kind
from bot.text.fold import fold
from bot.web.access import Posted
from bot.web.console.editing_words import base_of, fault_of, hint_of, label_of, option_of
from bot.web.language import say, spoken
from bot.web.templating import department_name, full_day, short_day


@dataclass(frozen=True, slots=True)
class Cell:
    """One input. `of_file`: what the city's file has, where that is something else."""

    field: Field
    entered: str
    of_file: str | None
    fault: str


@dataclass(frozen=True, slots=True)
class Row:
    """What belongs together: one text in every language, or one field alone."""

    base: str
    label: str
    hint: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry as a list shows it."""

    path: Path
    title: str
    detail: str
    entry: str  # its address


def rows_of(
    fields: Sequence[Field], entered: Mapping[str, str], of_file: Entry | None, faults: Mapping[str, Fault]
) -> list[Row]:
    """The rows of a form, in the order of its fields. `of_file`: None for an entry that is none of the file's."""
    rows: dict[str, list[Cell]] = {}
    for field in fields:
        words = entered.get(field.name, "")
        own = field.shown(field.value_in(of_file)) if of_file is not None else None
        fault = fault_of(field, faults[field.name]) if field.name in faults else ""
        rows.setdefault(base_of(field), []).append(Cell(field, words, own if own != words else None, fault))
    return [Row(base, label_of(base), hint_of(base), tuple(cells)) for base, cells in rows.items()]


def read_form(fields: Sequence[Field], post: Posted) -> dict[str, str]:
    """What was entered of each field. A box that is not ticked is not posted: it says that there was one."""
    entered: dict[str, str] = {}
    for field in fields:
        if field.kind is FieldKind.WEEKDAYS:
            entered[field.name] = " ".join(day for day in WEEKDAYS if post.text(f"{field.name}.{day}"))
        else:
            entered[field.name] = post.text(field.name)
    return entered


def entries_of(kind: Kind, wanted: str = "") -> list[Listed]:
    """The entries of a kind as they are in force: all, or those whose title or code has these words."""
    root = file_of(kind, served().pack, served().edits)
    found = []
    for path in kind.places(root):
        entry = found_at(root, path)
        title = kind.title(entry, path, spoken())
        if fold(wanted) in fold(f"{title} {path[-1:]}"):
            found.append(Listed(path, title, _detail(path, entry), entry_of(path)))
    return found


def _detail(path: Path, entry: Entry) -> str:
    """What tells entries of a list apart at a glance."""
    if "answer" in entry:
        return say("Looked at %(day)s", day=short_day(_as_day(entry["checked"])))
    if "rule" in entry:
        return full_day(_next_of(path[-1]))
    if "department" in entry:
        return department_name(entry["department"])
    if "use" in entry:
        return option_of(entry["use"])
    return str(entry.get("mailbox") or "")


def _as_day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _next_of(code: str) -> date:
    """The next day on which a holiday falls."""
    calendar = served().city.calendar
    today = datetime.now(calendar.time_zone).date()
    rule = next(holiday.rule for holiday in calendar.holidays if holiday.code == code)
    return min(day for year in (0, 1) if (day := rule.in_year(today.year + year)) >= today)
