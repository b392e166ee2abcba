"""In which order the list of requests stands, and where in it a row stood when the page was made.

A page goes on where the one before ended. What a row is sorted by changes meanwhile, so the address carries the place where it stood, not
the row alone: a last row that moves up would take all others off a page that refreshes itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, literal, not_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.needs_doing import Need, need, pressing_day
from bot.cases.promises import is_running, runs_out
from bot.cases.status import FINISHED
from bot.db.tables import ServiceRequest

_BETWEEN = "~"


class Order(StrEnum):
    """By what the list is sorted."""

    NEED = ""  # what needs doing first, then the newest
    NUMBER = "number"  # the newest first
    PROMISE = "promise"  # the day promised, the nearest first


@dataclass(frozen=True, slots=True)
class Position:
    """Where a row stood: its id, and what it was sorted by before that."""

    row_id: int
    values: tuple[int | date, ...]

    def __str__(self) -> str:
        """As an address carries it, beside the id."""
        return _BETWEEN.join(str(value) for value in self.values)


def keys(order: Order, now: datetime) -> tuple[ColumnElement[Any], ...]:
    """What the list is sorted by before the number, rising. `now` is aware."""
    if order is Order.NEED:
        return need(now), pressing_day(now)
    return (func.coalesce(runs_out(), literal(date.max)),) if order is Order.PROMISE else ()


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the list that the database can read in its order without sorting all rows there are."""

    conditions: tuple[ColumnElement[bool], ...]
    keys: tuple[ColumnElement[Any], ...]
    is_last: bool = True
    is_constant: bool = False  # its keys are the same for all of its rows, and the last there are
    ends_with: int | date | None = None  # the first key of the part behind it

    def is_passed(self, position: Position) -> bool:
        """Whether all of it stands before a place in the list."""
        return not self.is_last and position.values[:1] == (self.ends_with,)


def parts_of(order: Order, now: datetime) -> tuple[Part, ...]:
    """The list in stretches, one behind the other. `now` is aware.

    What somebody has to look at first is sorted; the many behind it, which are alike in that, stand by their number alone.
    """
    if order is Order.NUMBER:
        return (Part((), ()),)
    end: int | date
    if order is Order.PROMISE:
        last: tuple[ColumnElement[Any], ...] = (literal(date.max),)
        running, rest, end = is_running(), not_(is_running()), date.max
    else:
        last = (literal(int(Need.ENDED)), literal(date.max))
        over = ServiceRequest.status.in_(sorted(FINISHED))
        running, rest, end = ServiceRequest.status.not_in(sorted(FINISHED)), over, int(Need.ENDED)
    first = Part((running,), keys(order, now), is_last=False, ends_with=end)
    return (first, Part((rest,), last, is_constant=True))


async def position_of(
    session: AsyncSession, order: Order, now: datetime, row_id: int, stood: str = ""
) -> Position | None:
    """Where a row stood, as an address carries it; where it stands now, where that is not told. None for no such row."""
    values = _read(order, stood)
    if values is None:
        query = select(ServiceRequest.id, *keys(order, now)).where(ServiceRequest.id == row_id)
        row = (await session.execute(query)).one_or_none()
        values = tuple(row[1:]) if row is not None else None
    return Position(row_id, values) if values is not None else None


def is_behind(order: Order, now: datetime, position: Position) -> ColumnElement[bool]:
    """The condition for rows that stand behind a place in the list. `now` is aware."""
    sorted_by = keys(order, now)
    if not sorted_by:
        return ServiceRequest.id < position.row_id
    there = tuple_(*(literal(value) for value in position.values), literal(-position.row_id))
    return tuple_(*sorted_by, -ServiceRequest.id) > there


def _read(order: Order, stood: str) -> tuple[int | date, ...] | None:
    """The values of an address; None where they are none of this order."""
    parts: Sequence[str] = stood.split(_BETWEEN) if stood else ()
    try:
        if order is Order.NEED:
            rank, day = parts
            return int(rank) % 10, date.fromisoformat(day)  # whatever was typed is a small number
        if order is Order.PROMISE:
            (day,) = parts
            return (date.fromisoformat(day),)
    except ValueError:
        return None
    return ()
