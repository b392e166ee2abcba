"""What everybody may know of the city's work: the requests that staff chose to show, and how long the work took lately.

A request is told by service, block and dates alone. Its own page is not linked: whoever has that link was given it, and a page
that lists the links would give everybody the place to the house.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median_high

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.status import Resolution, Status
from bot.city.calendar import WorkCalendar
from bot.city.location import LocationKind, Point
from bot.city.working_days import WorkingDays
from bot.db.tables import ServiceRequest

SHOWN = 12  # requests, the newest
LATELY = timedelta(days=90)
FEWEST = 5  # done requests; of fewer, somebody could tell which one is theirs, and a middle says nothing

Done = tuple[str, datetime, datetime]  # code of the service, when it was filed, when the work ended


@dataclass(frozen=True, slots=True)
class Listed:
    """A request that staff chose to show. Its place is as records keep it: tell it by `bot.city.blocks`."""

    service_code: str
    address: str
    point: Point | None
    location_kind: LocationKind | None
    status: Status
    resolution: Resolution | None
    received_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a service took lately."""

    service_code: str
    done: int
    days: int  # working days from filing to the end of the work; half of them took no longer


@dataclass(frozen=True, slots=True)
class Figures:
    """How long the work took in the time of `LATELY`. All is 0 and empty where fewer than `FEWEST` were done."""

    done: int
    days: int
    services: tuple[Pace, ...]  # the most frequent first


async def load_listed(session: AsyncSession) -> tuple[Listed, ...]:
    """The newest requests that staff chose to show. One that was joined with another is told by that other one alone."""
    rows = await session.scalars(
        select(ServiceRequest)
        .where(ServiceRequest.listed_at.is_not(None), ServiceRequest.merged_into_id.is_(None))
        .order_by(ServiceRequest.id.desc())
        .limit(SHOWN)
    )
    return tuple(map(_listed, rows))


async def load_done(session: AsyncSession, now: datetime) -> list[Done]:
    """Every request whose work was done lately, shown or not: a choice of them would flatter."""
    rows = await session.execute(
        select(ServiceRequest.service_code, ServiceRequest.created_at, ServiceRequest.ended_at).where(
            ServiceRequest.resolution == Resolution.FIXED, ServiceRequest.ended_at >= now - LATELY
        )
    )
    return [(code, filed, ended) for code, filed, ended in rows if ended is not None]


def figures_of(done: Iterable[Done], calendar: WorkCalendar) -> Figures:
    """The figures of what was done. Takes a second for a large city: not in the event loop.

    Between two middles the higher one is told, so as not to flatter.
    """
    working = WorkingDays(calendar)
    days: dict[str, list[int]] = defaultdict(list)
    for code, filed, ended in done:
        days[code].append(working.taken(filed, ended))
    taken = [count for counts in days.values() for count in counts]
    if len(taken) < FEWEST:
        return Figures(0, 0, ())
    paces = (
        Pace(code, len(counts), median_high(counts)) for code, counts in days.items() if len(counts) >= FEWEST
    )
    return Figures(
        len(taken),
        median_high(taken),
        tuple(sorted(paces, key=lambda pace: (-pace.done, pace.service_code))),
    )


def _listed(row: ServiceRequest) -> Listed:
    return Listed(
        service_code=row.service_code,
        address=row.address,
        point=Point(row.lat, row.lon) if row.lat is not None and row.lon is not None else None,
        location_kind=LocationKind(row.location_kind) if row.location_kind else None,
        status=Status(row.status),
        resolution=Resolution(row.resolution) if row.resolution else None,
        received_at=row.created_at,
        ended_at=row.ended_at,
    )
