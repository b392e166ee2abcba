"""The figures of a week: what was filed and done of each service, how long it took, and what residents say of it.

Nothing of it is about a person, and nothing is stored: it is counted when it is asked for, so that a request that was
opened again is no longer done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from statistics import mean, median
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.cases.feedback import Verdict, is_last_word
from bot.cases.promises import is_overdue
from bot.cases.status import Resolution
from bot.city.current import calendar, catalogue
from bot.city.working_days import WorkingDays
from bot.db.tables import Feedback, ServiceRequest

_WEEK = timedelta(days=7)


@dataclass(slots=True)
class Figures:
    """Of one service, or of all of them together."""

    filed: int = 0
    done: int = 0  # the work was done, and nobody has opened it again
    ended_otherwise: int = 0  # not ours, nothing found, joined with another, …
    days: list[int] = field(default_factory=list)  # working days that each of `done` took
    fixed: int = 0  # residents' answers
    not_fixed: int = 0
    ratings: list[int] = field(default_factory=list)
    overdue: int = 0  # at the moment

    @property
    def median_days(self) -> float | None:
        """Working days; None where nothing was done."""
        return median(self.days) if self.days else None

    @property
    def rating(self) -> float | None:
        """From 1 to 5; None where nobody gave one."""
        return round(mean(self.ratings), 1) if self.ratings else None

    @property
    def fixed_share(self) -> float | None:
        """Of the residents who answered, how many say that it is fixed: 0 to 1; None where nobody answered."""
        answers = self.fixed + self.not_fixed
        return round(self.fixed / answers, 2) if answers else None


@dataclass(frozen=True, slots=True)
class ServiceWeek:
    service_code: str
    figures: Figures
    usual_days: int | None  # working days; None: no figures are known


@dataclass(frozen=True, slots=True)
class Week:
    """From Monday to Sunday of the city. Services with nothing to tell are left out; most filed come first."""

    begins: date
    services: tuple[ServiceWeek, ...]
    all: Figures

    @property
    def ends(self) -> date:
        """Its Sunday."""
        return self.begins + _WEEK - timedelta(days=1)


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def last_whole_week(now: datetime) -> date:
    """The Monday of the week that ended last, in the city. `now` is aware."""
    return monday_of(now.astimezone(calendar().time_zone).date()) - _WEEK


async def load_week(session: AsyncSession, begins: date, now: datetime) -> Week:
    """The figures of the week that begins on that Monday; `now` is aware, and what is overdue is so then."""
    figures: dict[str, Figures] = defaultdict(Figures)
    start, end = _moment(begins), _moment(begins + _WEEK)
    for code, count in await _count(session, _within(ServiceRequest.created_at, start, end)):
        figures[code].filed = count
    for code, count in await _count(session, is_overdue(now)):
        figures[code].overdue = count
    await _ends(session, figures, start, end)
    await _feedback(session, figures, start, end)
    services = [ServiceWeek(code, each, _usual_days(code)) for code, each in figures.items()]
    services.sort(key=lambda one: (-one.figures.filed, -one.figures.done, one.service_code))
    return Week(begins, tuple(services), _together(figures))


def _moment(day: date) -> datetime:
    """When a day begins in the city, as aware UTC."""
    return datetime.combine(day, time(), calendar().time_zone).astimezone(UTC)


def _within(column: InstrumentedAttribute[Any], start: datetime, end: datetime) -> ColumnElement[bool]:
    return (column >= start) & (column < end)


async def _count(session: AsyncSession, condition: ColumnElement[bool]) -> list[tuple[str, int]]:
    rows = await session.execute(
        select(ServiceRequest.service_code, func.count())
        .where(condition)
        .group_by(ServiceRequest.service_code)
    )
    return [(code, count) for code, count in rows]


async def _ends(
    session: AsyncSession, figures: Mapping[str, Figures], start: datetime, end: datetime
) -> None:
    rows = await session.execute(
        select(
            ServiceRequest.service_code,
            ServiceRequest.resolution,
            ServiceRequest.created_at,
            ServiceRequest.ended_at,
        ).where(_within(ServiceRequest.ended_at, start, end))
    )
    working = WorkingDays(calendar())
    for code, resolution, created_at, ended_at in rows:
        each = figures[code]
        if resolution == Resolution.FIXED and ended_at is not None:
            each.done += 1
            each.days.append(working.taken(created_at, ended_at))
        else:
            each.ended_otherwise += 1


async def _feedback(
    session: AsyncSession, figures: Mapping[str, Figures], start: datetime, end: datetime
) -> None:
    rows = await session.execute(
        select(
            ServiceRequest.service_code,
            Feedback.verdict,
            Feedback.rating,
            is_last_word("verdict"),
            is_last_word("rating"),
        )
        .join(ServiceRequest, ServiceRequest.id == Feedback.request_id)
        .where(_within(Feedback.created_at, start, end))
    )
    for code, verdict, rating, judges, rates in rows:
        each = figures[code]
        each.fixed += judges and verdict == Verdict.FIXED
        each.not_fixed += judges and verdict == Verdict.NOT_FIXED
        each.ratings += [rating] if rates and rating is not None else []


def _usual_days(code: str) -> int | None:
    service = catalogue().services.get(code)
    return service.median_days if service else None


def _together(figures: Mapping[str, Figures]) -> Figures:
    total = Figures()
    for each in figures.values():
        total.filed += each.filed
        total.done += each.done
        total.ended_otherwise += each.ended_otherwise
        total.days += each.days
        total.fixed += each.fixed
        total.not_fixed += each.not_fixed
        total.ratings += each.ratings
        total.overdue += each.overdue
    return total
