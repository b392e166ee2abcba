"""A chart is its table: what is drawn beside it, and the file that can be taken along, are made of the same cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import yaml

from bot.web.language import say, spoken
from bot.web.spreadsheet import as_words

DEFINITIONS = Path(__file__).with_name("definitions.yml")


class Drawn(StrEnum):
    """How a chart is drawn where a browser can."""

    BARS = "bars"  # a bar for each row
    LINE = "line"  # rows are times, in their order
    COLUMNS = "columns"  # the same with upright bars: rows are steps of one scale
    TABLE = "table"  # not at all
    HOURS = "hours"  # a week of hours, as coloured cells


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure: what is read, and the bare number. None: there is nothing to tell."""

    shown: str
    value: float | None = None
    warns: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """`name`: of its definition. `columns`: heads, that of the labels first. `series`: the columns of `cells` that are drawn."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    drawn: Drawn = Drawn.TABLE
    series: tuple[int, ...] = (0,)
    total: Row | None = None

    @property
    def title(self) -> str:
        return defined(self.name, "title")

    @property
    def means(self) -> str:
        return defined(self.name, "means")

    @property
    def source(self) -> str:
        return defined(self.name, "source")

    @property
    def is_empty(self) -> bool:
        """Whether no row tells of anything."""
        return not any(cell.value for row in self.rows for cell in row.cells)


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure at the head of a page, and what it was in the period before."""

    name: str
    shown: str
    before: str

    @property
    def title(self) -> str:
        return defined(self.name, "title")

    @property
    def means(self) -> str:
        return defined(self.name, "means")


@lru_cache(maxsize=1)
def definitions() -> Mapping[str, Mapping[str, str]]:
    """What each figure is called, what it means, and of which tables it is counted."""
    loaded: Mapping[str, Mapping[str, str]] = yaml.safe_load(DEFINITIONS.read_text(encoding="utf-8"))
    return loaded


def defined(name: str, part: str) -> str:
    """Title, meaning or source of a figure, in the language that is spoken; of sources, which name tables, there is one."""
    entry = definitions()[name]
    return str(entry.get(f"{part}_{spoken()}", entry[part]))


def number(value: float | None) -> Cell:
    return Cell("" if value is None else f"{value:,.0f}", value)


def share(part: int, whole: int, *, low: float = 0) -> Cell:
    """A part of a whole, in percent; of a small whole it is said of how few. Below `low` (0 to 1) it warns."""
    if not whole:
        return Cell("", None)
    percent, all_of_them = f"{100 * part / whole:.0f} %", f"{whole:,}"
    counted = (str(part), str(whole)) if whole < FEW else (percent, all_of_them)
    shown = say("%(part)s of %(whole)s", part=counted[0], whole=counted[1])
    return Cell(shown, round(100 * part / whole, 1), part / whole < low and whole >= FEW)


FEW = 10  # of fewer no percentage is told: one more or less would be ten of them


def as_csv(chart: Chart) -> str:
    """The table of a chart as a file for spreadsheets: bare numbers where there are any, and nothing that they would run."""
    lines = io.StringIO()
    write = csv.writer(lines, lineterminator="\r\n").writerow
    write(chart.columns)
    for row in (*chart.rows, *((chart.total,) if chart.total else ())):
        write([as_words(row.label), *map(_plain, row.cells)])
    return lines.getvalue()


def _plain(cell: Cell) -> str:
    return (
        as_words(cell.shown)
        if cell.value is None
        else f"{cell.value:g}"
        if cell.value % 1
        else f"{cell.value:.0f}"
    )


def by_size(rows: Sequence[Row], column: int = 0) -> tuple[Row, ...]:
    """The rows, those with the largest figure first."""
    return tuple(sorted(rows, key=lambda row: (-(row.cells[column].value or 0), row.label)))
