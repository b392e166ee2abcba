"""By when a request is usually done: promised when it is filed, kept in view, and put right once when it is missed.

Whether a promise runs late is said in SQL and nowhere else, so that a tag, a filter and a clock cannot disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BindParameter, ColumnElement, Date, and_, bindparam, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.lookup import find_joined, lock_request
from bot.cases.moves import SYSTEM, Move, move
from bot.cases.status import FINISHED, Status
from bot.city.catalogue import Service
from bot.city.current import calendar, catalogue
from bot.db.tables import ServiceRequest, Update

# While a request waits for its resident or for something else, no day runs against the city.
RUNNING = (Status.OPEN, Status.IN_PROGRESS)
# A promise is at risk in the last fifth of its days: two of ten, and always on the day itself.
LAST_PART = 5


class Standing(StrEnum):
    """Where a promise stands that is neither kept nor far away."""

    SOON = "soon"  # at risk
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Promised:
    """How many requests are at risk, and how many missed their day."""

    soon: int = 0
    overdue: int = 0


def first_promise(service: Service, filed_at: datetime) -> date | None:
    """The day by which such a request is usually done: its usual days, counted as working days. `filed_at` is aware."""
    if service.median_days is None:
        return None
    return calendar().due_by(filed_at, max(1, service.median_days))


def next_promise(service: Service | None, filed_at: datetime, now: datetime) -> date | None:
    """A later day for a request that missed its first: by which four of five are done, else the usual time from now."""
    if service is None or service.median_days is None:
        return None
    if service.p80_days is not None:
        later = calendar().due_by(filed_at, service.p80_days)
        if later > calendar().due_by(now, 1):
            return later
    return calendar().due_by(now, max(1, service.median_days))


def promise_anew(request: ServiceRequest, now: datetime) -> date | None:
    """The usual day for a request, counted from now (aware); None where no figures are known."""
    service = catalogue().services.get(request.service_code)
    return first_promise(service, now) if service is not None else None


def with_figures() -> list[str]:
    """The codes of the services of which is known how long they take: others are promised no day."""
    return [code for code, service in catalogue().services.items() if service.median_days is not None]


def is_running() -> ColumnElement[bool]:
    """The condition for requests whose promise runs, as the index `ix_service_requests_due` has it: with literals, since
    a plan that is made once for all parameters could not use it."""
    statuses = [str(status) for status in RUNNING]
    running: BindParameter[list[str]] = bindparam(
        "running", statuses, expanding=True, literal_execute=True, unique=True
    )
    return and_(ServiceRequest.status.in_(running), ServiceRequest.due_on.is_not(None))


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """The condition for requests that missed their day. `now` is aware."""
    return and_(is_running(), ServiceRequest.due_on < day_of(now))


def is_due_soon(now: datetime) -> ColumnElement[bool]:
    """The condition for requests whose day is near, in days of the calendar, and not over. `now` is aware."""
    today = cast(day_of(now), Date)
    filed_on = cast(func.timezone(str(calendar().time_zone), ServiceRequest.created_at), Date)
    left, whole = ServiceRequest.due_on - today, ServiceRequest.due_on - filed_on
    return and_(is_running(), ServiceRequest.due_on >= today, left * LAST_PART <= whole)


def runs_out() -> ColumnElement[date | None]:
    """What to sort by, so that what is promised first comes first, and what is not promised last (NULL)."""
    return case((is_running(), ServiceRequest.due_on))


async def standings(session: AsyncSession, ids: Collection[int], now: datetime) -> Mapping[int, Standing]:
    """Request id → how its promise stands, in one question; those that are well are not in it. `now` is aware."""
    standing = case((is_overdue(now), Standing.OVERDUE), (is_due_soon(now), Standing.SOON))
    rows = await session.execute(
        select(ServiceRequest.id, standing).where(ServiceRequest.id.in_(ids), standing.is_not(None))
    )
    return {request_id: Standing(found) for request_id, found in rows}


async def count_promised(session: AsyncSession, now: datetime, department: str | None = None) -> Promised:
    """How many requests are at risk and overdue, of all or of one department. `now` is aware."""
    counts = (func.count().filter(is_due_soon(now)), func.count().filter(is_overdue(now)))
    query = select(*counts).select_from(ServiceRequest).where(is_running())
    if department is not None:
        query = query.where(ServiceRequest.department == department)
    return Promised(*(await session.execute(query)).one())


def day_of(now: datetime) -> date:
    """The day it is in the city. `now` is aware."""
    return now.astimezone(calendar().time_zone).date()


async def day_to_tell(session: AsyncSession, reference: str, now: datetime) -> date | None:
    """By when a request is promised, for who begins to follow it; None where no day runs, or it is over. `now` is aware.

    Raises `UnknownRequestError`.
    """
    request = await find_joined(session, reference)
    if request.status not in RUNNING or request.due_on is None or request.due_on < day_of(now):
        return None
    return request.due_on


async def promise_of_another(
    session: AsyncSession, request: ServiceRequest, service: Service, now: datetime
) -> date | None:
    """The day for a request, whose row is locked, that turns out to be one of `service`; None where it keeps what it has.

    That is the usual day of the right service. A day that staff chose stays, and so does the one that was told when the
    first was missed: a promise is put right once. What has ended is promised nothing, and where no figures are known
    nothing better is. `now` is aware.
    """
    by_hand = select(Update.id).where(
        Update.request_id == request.id, Update.due_on.is_not(None), Update.corrected.is_(None)
    )
    ended = Status(request.status) in FINISHED
    if ended or request.late_told_at is not None or await session.scalar(by_hand.limit(1)) is not None:
        return None
    day = first_promise(service, request.created_at)
    if day is not None and day < day_of(now):
        day = next_promise(service, request.created_at, now)
    return day if day != request.due_on else None


async def promise_later(session: AsyncSession, request: ServiceRequest, now: datetime) -> Update | None:
    """Give a request that missed its day a new one, once in its life; None where there is nothing to say (any more)."""
    await lock_request(session, request)
    if request.merged_into_id is not None or request.late_told_at is not None:
        return None
    standing = (await standings(session, [request.id], now)).get(request.id)
    if standing is not Standing.OVERDUE:
        return None
    later = next_promise(catalogue().services.get(request.service_code), request.created_at, now)
    if later is None:
        return None
    request.late_told_at = now
    return await move(session, request, Move(Status(request.status), SYSTEM, due_on=later), now)
