"""A page of insight: a few figures at its head, then charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.insight.reading import Reader
from bot.web.console.insight.asked import Choice
from bot.web.console.insight.chart import Cell, Chart, Tile
from bot.web.language import say
from bot.web.templating import department_name, service_name


@dataclass(frozen=True, slots=True)
class Page:
    tiles: tuple[Tile, ...]
    charts: tuple[Chart, ...]


@dataclass(frozen=True, slots=True)
class Both:
    """The same sums of the period and of the one before."""

    now: Mapping[str, int]
    before: Mapping[str, int]


async def totals(read: Reader, choice: Choice, names: tuple[str, ...]) -> Both:
    """Sums over all that is asked for."""
    return Both(await read.total(choice.period, names), await read.total(choice.period.before, names))


def tile(name: str, now: Cell, before: Cell) -> Tile:
    return Tile(name, now.shown or say("none"), before.shown or say("none"))


def named(column: str, value: str) -> str:
    """A value of a column as staff read it."""
    if column == "service_code":
        return service_name(value)
    if column == "department" and value:
        return department_name(value)
    return value or (say("No neighborhood") if column == "neighborhood" else say("No department"))
