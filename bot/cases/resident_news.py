"""What residents told of requests that go on: it is not fixed, or there is more to it than staff have answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.added import is_added_to
from bot.cases.feedback import is_not_fixed
from bot.cases.status import ACTIVE
from bot.db.tables import ServiceRequest


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
