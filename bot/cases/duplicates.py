"""Open requests that may be about the same matter as a new one: near enough, of the same service, not too old."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.people import of_one_person
from bot.cases.status import Status
from bot.city.catalogue import Service
from bot.city.location import Point

_METRES_PER_DEGREE = 111_320.0  # of latitude; of longitude times the cosine of the latitude
MOST = 5  # candidates looked at
MOST_NEIGHBORS = 12  # more hide the streets


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """An open request near a point, without anything of whom it belongs to."""

    reference: str
    service_code: str
    status: Status
    address: str
    created_at: datetime  # aware UTC
    metres: float
    own: bool  # they follow it already, in this conversation or another one of theirs


# The box is what the index answers; the circle is cut out of what it holds. The predicate is that of the index, word for
# word and without parameters: PostgreSQL uses a partial index of a prepared statement only so.
_NEAR = text(
    f"""
    SELECT r.reference, r.service_code, r.status, r.address, r.created_at,
           {_METRES_PER_DEGREE} * sqrt(power(r.lat - :lat, 2) + power((r.lon - :lon) * :shrink, 2)) AS metres,
           EXISTS (
               SELECT 1 FROM subscribers s WHERE s.request_id = r.id AND s.conversation_id = ANY(:conversations)
           )
    FROM service_requests r
    WHERE r.status IN ('open', 'in_progress', 'waiting', 'on_hold') AND r.lat IS NOT NULL
      AND point(r.lon, r.lat) <@ box(point(:west, :south), point(:east, :north))
      AND r.service_code = :service_code
      AND r.created_at >= coalesce(CAST(:since AS timestamptz), '-infinity')
    ORDER BY metres, r.id
    LIMIT {MOST}
    """  # noqa: S608 - two constants of this module
)


# What else lies near, whatever it is: the same index answers it.
_NEIGHBORS = text(
    f"""
    SELECT r.reference, r.service_code, r.status, r.address, r.lat, r.lon,
           {_METRES_PER_DEGREE} * sqrt(power(r.lat - :lat, 2) + power((r.lon - :lon) * :shrink, 2)) AS metres
    FROM service_requests r
    WHERE r.status IN ('open', 'in_progress', 'waiting', 'on_hold') AND r.lat IS NOT NULL
      AND point(r.lon, r.lat) <@ box(point(:west, :south), point(:east, :north))
      AND r.id <> :but
    ORDER BY metres, r.id
    LIMIT {MOST_NEIGHBORS}
    """  # noqa: S608 - two constants of this module
)


@dataclass(frozen=True, slots=True)
class Neighbor:
    """An unfinished request near another one, of any service."""

    reference: str
    service_code: str
    status: Status
    address: str
    point: Point
    metres: float


def _around(point: Point, radius: float) -> dict[str, float]:
    """A point and the box that holds all within `radius` metres of it, as the queries ask for them."""
    shrink = math.cos(math.radians(point.lat))
    north = radius / _METRES_PER_DEGREE
    east = north / shrink
    return {
        "lat": point.lat,
        "lon": point.lon,
        "shrink": shrink,
        "west": point.lon - east,
        "east": point.lon + east,
        "south": point.lat - north,
        "north": point.lat + north,
    }


async def neighbors_of(session: AsyncSession, request_id: int, point: Point, radius: float) -> list[Neighbor]:
    """Unfinished requests within `radius` metres of a point, nearest first; at most `MOST_NEIGHBORS`, and not the one itself."""
    rows = await session.execute(
        _NEIGHBORS,
        {
            **_around(point, radius),
            "but": request_id,
        },
    )
    found = [Neighbor(row[0], row[1], Status(row[2]), row[3], Point(row[4], row[5]), row[6]) for row in rows]
    return [one for one in found if one.metres <= radius]


async def nearest_open_duplicates(
    session: AsyncSession, service: Service, point: Point, conversation_id: int, now: datetime
) -> list[OpenRequest]:
    """Open requests of `service` within its radius of `point`, nearest first; at most `MOST`.

    For things that move (`duplicate_hours`) only those filed within that many hours before `now`.
    """
    radius = service.duplicate_radius_m
    if radius <= 0:
        return []
    hours = service.duplicate_hours
    rows = await session.execute(
        _NEAR,
        {
            **_around(point, radius),
            "service_code": service.code,
            "since": now - timedelta(hours=hours) if hours else None,
            "conversations": sorted(await of_one_person(session, conversation_id)),
        },
    )
    found = [OpenRequest(row[0], row[1], Status(row[2]), *row[3:]) for row in rows]
    return [request for request in found if request.metres <= radius]
