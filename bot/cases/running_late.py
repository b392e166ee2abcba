"""What runs late, by department: for a look at it elsewhere than in the list of the console."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.promises import Promised, Standing, is_due_soon, is_overdue, is_running
from bot.city.location import LocationKind, Point
from bot.db.tables import ServiceRequest

# Requests named of each standing in a department; the rest is a number, and stands in the console.
MOST_NAMED = 15


@dataclass(frozen=True, slots=True)
class LateRequest:
    """One request, without a word of its resident. Its place is as records keep it: tell it by `bot.city.blocks`."""

    reference: str
    service_code: str
    address: str
    point: Point | None
    location_kind: LocationKind | None
    due_on: date
    standing: Standing


@dataclass(frozen=True, slots=True)
class LateDepartment:
    """What runs late in one department."""

    name: str  # "": of no department
    promised: Promised  # how many in all
    requests: Sequence[LateRequest]  # overdue ones first, the longest overdue before others


async def late_departments(
    session: AsyncSession, now: datetime, department: str | None = None, most: int = MOST_NAMED
) -> list[LateDepartment]:
    """Departments in which something is overdue or due soon, by name; of one alone where it is given. `now` is aware."""
    standing = case((is_overdue(now), Standing.OVERDUE), (is_due_soon(now), Standing.SOON))
    within = func.coalesce(ServiceRequest.department, "")
    alike = (within, standing)
    longest_first = (ServiceRequest.due_on, ServiceRequest.id)
    found = (
        select(
            ServiceRequest.id,
            within.label("within"),
            standing.label("standing"),
            func.row_number().over(partition_by=alike, order_by=longest_first).label("place"),
            func.count().over(partition_by=alike).label("alike"),
        )
        .where(is_running(), standing.is_not(None))
        .subquery()
    )
    query = (
        select(ServiceRequest, found.c.within, found.c.standing, found.c.alike)
        .join(found, found.c.id == ServiceRequest.id)
        .where(found.c.place <= most)
        .order_by(found.c.within, found.c.standing != Standing.OVERDUE, found.c.place)
    )
    if department is not None:
        query = query.where(found.c.within == department)
    rows = [
        (within, Standing(standing), count, row)
        for row, within, standing, count in await session.execute(query)
    ]
    departments = []
    for name, group in groupby(rows, key=lambda row: row[0]):
        members = list(group)
        counts = {standing: count for _, standing, count, _ in members}
        promised = Promised(counts.get(Standing.SOON, 0), counts.get(Standing.OVERDUE, 0))
        departments.append(
            LateDepartment(name, promised, [_late(row, standing) for _, standing, _, row in members])
        )
    return departments


def _late(row: ServiceRequest, standing: Standing) -> LateRequest:
    assert row.due_on is not None  # noqa: S101 - what is promised nothing runs not late
    point = Point(row.lat, row.lon) if row.lat is not None and row.lon is not None else None
    kind = LocationKind(row.location_kind) if row.location_kind else None
    return LateRequest(row.reference, row.service_code, row.address, point, kind, row.due_on, standing)
