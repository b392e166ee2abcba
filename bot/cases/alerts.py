"""Known outages and works in an area: who has reported there is told once, who reports there next before they send it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.status import ACTIVE
from bot.city.geometry import distance_between
from bot.city.location import Location, Point
from bot.db.tables import Alert, ServiceRequest

MOST_WORDS = 200  # characters in each language: with what stands before it two SMS segments
RADII = (100, 300, 1000)  # metres that staff choose from


class AlertError(ValueError):
    """An alert that cannot be given out; the message says why. `missing`: which field it is about."""

    def __init__(self, missing: str, message: str) -> None:
        super().__init__(message)
        self.missing = missing


class AlreadyGivenError(Exception):
    """The very same alert was given out already, and is not over; `alert_id` is its number."""

    def __init__(self, alert_id: int) -> None:
        super().__init__(self.__doc__)
        self.alert_id = alert_id


@dataclass(frozen=True, slots=True)
class NewAlert:
    """What staff want to tell. Without a `middle` it is the whole city's."""

    words: Mapping[str, str]  # language → text
    until: datetime  # aware
    author: str
    service_codes: tuple[str, ...] = ()  # of these services; all where none is named
    middle: Location | None = None
    radius: int | None = None  # metres
    urgent: bool = False  # told at night, too


def check(new: NewAlert, now: datetime) -> None:
    """Raises `AlertError` where something is missing."""
    check_words(new.words)
    if new.until <= now:
        raise AlertError("until", "This time is over.")
    if new.middle is not None and new.radius not in RADII:
        raise AlertError("radius", "Choose how far around it reaches.")


def check_words(words: Mapping[str, str]) -> None:
    """Raises `AlertError` where a language lacks them, or has too many."""
    for language in ("en", "es"):
        told = words.get(language, "").strip()
        if not told:
            raise AlertError(
                f"words_{language}", "Write it in both languages: each resident is told in theirs."
            )
        if len(told) > MOST_WORDS:
            raise AlertError(f"words_{language}", f"{MOST_WORDS} characters at most, so that it fits a text.")


async def add_alert(session: AsyncSession, new: NewAlert, now: datetime) -> Alert:
    """Write the alert down; nobody is told by this. Raises `AlertError`, and `AlreadyGivenError` for a second click."""
    check(new, now)
    # Two clicks come together as well: the second waits here until the first is written.
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('alerts', 0))"))
    same = next((one for one in await active_alerts(session, now) if _says(one, new)), None)
    if same is not None:
        raise AlreadyGivenError(same.id)
    middle = new.middle
    alert = Alert(
        words=_tidied(new.words),
        service_codes=list(new.service_codes),
        address=middle.name if middle else "",
        lat=middle.point.lat if middle else None,
        lon=middle.point.lon if middle else None,
        radius=new.radius if middle else None,
        until=new.until,
        urgent=new.urgent,
        author=new.author,
        created_at=now,
    )
    session.add(alert)
    await session.flush()
    record(session, new.author, "alert.given", "alert", str(alert.id), urgent=new.urgent)
    return alert


async def end_alert(session: AsyncSession, alert_id: int, author: str, now: datetime) -> Alert | None:
    """Who reports from now on is not told of it any more. None where there is nothing to end: no such alert, or a second click.

    One whose time ran out by itself can be ended: somebody may have written meanwhile what to tell of it.
    """
    alert = await session.get(Alert, alert_id, with_for_update=True)
    if alert is None or alert.ended_by is not None:
        return None
    alert.until = min(alert.until, now)
    alert.ended_by = author
    record(session, author, "alert.ended", "alert", str(alert.id))
    return alert


async def active_alerts(session: AsyncSession, now: datetime) -> list[Alert]:
    """Those that are not over, the newest first."""
    rows = await session.scalars(select(Alert).where(Alert.until > now).order_by(Alert.id.desc()))
    return list(rows)


async def alert_for(session: AsyncSession, service_code: str, point: Point, now: datetime) -> Alert | None:
    """The newest alert that a report of a service at a point is due to."""
    found = await active_alerts(session, now)
    return next((one for one in found if _covers(one, service_code, point)), None)


async def open_requests_under(session: AsyncSession, new: NewAlert) -> list[ServiceRequest]:
    """The open requests that the alert is about, oldest first."""
    query = select(ServiceRequest).where(
        ServiceRequest.status.in_(sorted(ACTIVE)), ServiceRequest.merged_into_id.is_(None)
    )
    if new.service_codes:
        query = query.where(ServiceRequest.service_code.in_(new.service_codes))
    if new.middle is None:
        rows = await session.scalars(query.order_by(ServiceRequest.id))
        return list(rows)
    rows = await session.scalars(query.where(ServiceRequest.lat.is_not(None)).order_by(ServiceRequest.id))
    middle, radius = new.middle.point, float(new.radius or 0)
    return [
        row
        for row in rows
        if row.lat is not None
        and row.lon is not None
        and distance_between(middle, Point(row.lat, row.lon)) <= radius
    ]


async def open_requests_of(session: AsyncSession, alert_id: int) -> list[ServiceRequest]:
    """The open requests that were told of the alert, or filed under it, oldest first."""
    rows = await session.scalars(
        select(ServiceRequest)
        .where(
            ServiceRequest.alert_id == alert_id,
            ServiceRequest.status.in_(sorted(ACTIVE)),
            ServiceRequest.merged_into_id.is_(None),
        )
        .order_by(ServiceRequest.id)
    )
    return list(rows)


def _tidied(words: Mapping[str, str]) -> dict[str, str]:
    return {language: told.strip() for language, told in words.items()}


def _says(alert: Alert, new: NewAlert) -> bool:
    """Whether an alert is the new one in all that residents could notice. Whether it is told at night is no other alert."""
    place = (new.middle.name, new.radius) if new.middle else ("", None)
    return (
        (alert.address, alert.radius) == place
        and alert.words == _tidied(new.words)
        and alert.until == new.until
        and sorted(alert.service_codes) == sorted(new.service_codes)
    )


def _covers(alert: Alert, service_code: str, point: Point) -> bool:
    if alert.service_codes and service_code not in alert.service_codes:
        return False
    if alert.lat is None or alert.lon is None:
        return True
    return distance_between(Point(alert.lat, alert.lon), point) <= (alert.radius or 0)
