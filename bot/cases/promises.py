"""By when a request is usually done: promised when it is filed, kept in view, and put right once when it is missed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.lookup import lock_request
from bot.cases.moves import SYSTEM, Move, move
from bot.cases.status import Status
from bot.city.catalogue import Service
from bot.city.current import calendar, catalogue
from bot.db.tables import ServiceRequest, Update

# While a request waits for its resident or for something else, no day runs against the city.
RUNNING = (Status.OPEN, Status.IN_PROGRESS)


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


def with_figures() -> list[str]:
    """The codes of the services of which is known how long they take: others are promised no day."""
    return [code for code, service in catalogue().services.items() if service.median_days is not None]


def is_overdue(today: date) -> ColumnElement[bool]:
    """The condition for requests that missed their day. `today`: in the city."""
    return and_(ServiceRequest.status.in_([str(one) for one in RUNNING]), ServiceRequest.due_on < today)


def missed_its_day(request: ServiceRequest, now: datetime) -> bool:
    """Whether the day of a request is over, while it is in our hands. `now` is aware."""
    today = now.astimezone(calendar().time_zone).date()
    return request.status in RUNNING and request.due_on is not None and request.due_on < today


async def promise_later(session: AsyncSession, request: ServiceRequest, now: datetime) -> Update | None:
    """Give a request that missed its day a new one, once in its life; None where there is nothing to say (any more)."""
    await lock_request(session, request)
    today = now.astimezone(calendar().time_zone).date()
    running = request.status in RUNNING and request.merged_into_id is None
    if not running or request.due_on is None or request.due_on >= today or request.late_told_at is not None:
        return None
    later = next_promise(catalogue().services.get(request.service_code), request.created_at, now)
    if later is None:
        return None
    request.late_told_at = now
    return await move(session, request, Move(Status(request.status), SYSTEM, due_on=later))
