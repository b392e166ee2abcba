"""What residents told of requests that go on: it is not fixed, or there is more to it than staff have answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.added import is_added_to, unanswered_since
from bot.cases.feedback import is_not_fixed
from bot.cases.status import ACTIVE, FINISHED, Status
from bot.city.location import LocationKind, Point
from bot.db.tables import ServiceRequest, Update


class News(StrEnum):
    NOT_FIXED = "not_fixed"  # open again, since its resident says that the work is not done
    ADDED = "added"  # a resident added something since staff changed it last


@dataclass(frozen=True, slots=True)
class NewsCount:
    """How many requests there is such news of."""

    not_fixed: int = 0
    added: int = 0


def has_news(news: News) -> ColumnElement[bool]:
    """The condition for requests that go on and of which there is such news."""
    told = is_not_fixed() if news is News.NOT_FIXED else is_added_to()
    return and_(ServiceRequest.status.in_(sorted(ACTIVE)), told)


async def count_news(session: AsyncSession, department: str | None = None) -> NewsCount:
    """How many requests there is news of, of all or of one department."""
    counts = (func.count().filter(has_news(News.NOT_FIXED)), func.count().filter(has_news(News.ADDED)))
    query = select(*counts).select_from(ServiceRequest).where(ServiceRequest.status.in_(sorted(ACTIVE)))
    if department is not None:
        query = query.where(ServiceRequest.department == department)
    return NewsCount(*(await session.execute(query)).one())


@dataclass(frozen=True, slots=True)
class ToldRequest:
    """One request of which there is news, without a word of its resident. Its place is as records keep it: tell it by `bot.city.blocks`."""

    reference: str
    service_code: str
    address: str
    point: Point | None
    location_kind: LocationKind | None
    since: datetime  # when it was opened again, or the first word came that nobody has answered; aware UTC


async def told_requests(
    session: AsyncSession, news: News, department: str | None, person_id: int, most: int | None = None
) -> Sequence[ToldRequest]:
    """What residents say is not fixed and nobody has begun with again, or what they added to; the oldest such word first.

    That of a department, and what the person with that id has; all where the department is None. `most`: how many at most.
    """
    since = _opened_at() if news is News.NOT_FIXED else unanswered_since()
    query = select(ServiceRequest, since).where(has_news(news)).order_by(since, ServiceRequest.id).limit(most)
    if news is News.NOT_FIXED:
        query = query.where(ServiceRequest.status == Status.OPEN)
    if department is not None:
        theirs = or_(ServiceRequest.department == department, ServiceRequest.assignee_id == person_id)
        query = query.where(theirs)
    return [told_as(row, at) for row, at in await session.execute(query)]


def _opened_at() -> ScalarSelect[datetime]:
    """When a request was opened again last."""
    opened = select(func.max(Update.created_at)).where(
        Update.request_id == ServiceRequest.id,
        Update.from_status.in_(sorted(FINISHED)),
        Update.to_status == Status.OPEN,
        Update.undoes_id.is_(None),
    )
    return opened.correlate(ServiceRequest).scalar_subquery()


def told_as(row: ServiceRequest, since: datetime) -> ToldRequest:
    """A request without a word of its resident."""
    point = Point(row.lat, row.lon) if row.lat is not None and row.lon is not None else None
    kind = LocationKind(row.location_kind) if row.location_kind else None
    return ToldRequest(row.reference, row.service_code, row.address, point, kind, since)
