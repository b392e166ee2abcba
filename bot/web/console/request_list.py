"""The list of requests: what it is narrowed to, one page of it, and how to notice that it changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.cases.added import found_added
from bot.cases.feedback import found_not_fixed
from bot.cases.promises import missed_its_day
from bot.cases.status import ACTIVE, Status
from bot.city.current import catalogue
from bot.db.tables import Audit, ServiceRequest, Subscriber

PAGE = 50
REFRESHED = 300  # rows a page that refreshes itself holds at most; older ones are a page further
UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """What the list shows. `status` is a status, "unfinished" or "" for all."""

    status: str = ""
    service: str = ""
    search: str = ""

    @classmethod
    def read(cls, status: str, service: str, search: str) -> RequestFilter:
        """From an address: what does not exist is left out, so that old bookmarks still work."""
        known = {UNFINISHED, *Status}
        return cls(
            status if status in known else "",
            service if service in catalogue().services else "",
            search.replace("\x00", "").strip()[:80],
        )

    def query_string(self, **more: object) -> str:
        """As the address carries it, empty parts left out."""
        parts = {"status": self.status, "service": self.service, "q": self.search, **more}
        return urlencode({name: value for name, value in parts.items() if value not in ("", None)})

    def applied_to(self, query: Select[ServiceRequest]) -> Select[ServiceRequest]:
        if self.status == UNFINISHED:
            query = query.where(ServiceRequest.status.in_(sorted(ACTIVE)))
        elif self.status:
            query = query.where(ServiceRequest.status == self.status)
        if self.service:
            query = query.where(ServiceRequest.service_code == self.service)
        if self.search:
            # A reference as it was read out, with or without its dash, or a part of the place.
            words = f"%{_literal(self.search)}%"
            code = f"%{_literal(''.join(self.search.split()).replace('-', ''))}%"
            query = query.where(
                or_(
                    func.replace(ServiceRequest.reference, "-", "").ilike(code),
                    ServiceRequest.address.ilike(words),
                )
            )
        return query


def _literal(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One line of the list."""

    id: int
    reference: str
    status: Status
    service_code: str
    description: str
    address: str
    neighborhood: str | None
    channel: str
    created_at: datetime
    photo_id: int | None  # of the first photo of the report
    photo_count: int
    followers: int  # residents who follow it, who filed it included
    not_fixed: bool  # open again, because its resident says so
    overdue: bool
    added: bool  # a resident added something since staff changed it last


@dataclass(frozen=True, slots=True)
class RequestPage:
    rows: list[RequestRow]
    more: bool  # older ones exist

    @property
    def oldest(self) -> int:
        """The last row's id: where the next page begins, and down to where a refresh reaches."""
        return self.rows[-1].id if self.rows else 0


async def load_page(
    session: AsyncSession, wanted: RequestFilter, *, before: int | None = None, down_to: int | None = None
) -> RequestPage:
    """Newest first: a page older than `before`, or everything down to the id `down_to`."""
    size = PAGE if down_to is None else REFRESHED
    query = (
        wanted.applied_to(select(ServiceRequest))
        .options(selectinload(ServiceRequest.photos))
        .order_by(ServiceRequest.id.desc())
        .limit(size + 1)
    )
    if before is not None:
        query = query.where(ServiceRequest.id < before)
    if down_to is not None:
        query = query.where(ServiceRequest.id >= down_to)
    found = list(await session.scalars(query))
    followers = await _followers(session, [request.id for request in found])
    not_fixed = await found_not_fixed(session, [request.id for request in found])
    added = await found_added(session, [request.id for request in found])
    rows = [
        _row(request, followers.get(request.id, 0), request.id in not_fixed, request.id in added)
        for request in found[:size]
    ]
    return RequestPage(rows, len(found) > size)


async def _followers(session: AsyncSession, request_ids: list[int]) -> dict[int, int]:
    """How many residents follow each, in one question."""
    rows = await session.execute(
        select(Subscriber.request_id, func.count())
        .where(Subscriber.request_id.in_(request_ids))
        .group_by(Subscriber.request_id)
    )
    return {row[0]: row[1] for row in rows}


def _row(request: ServiceRequest, followers: int, not_fixed: bool, added: bool) -> RequestRow:
    reported = [photo.photo_id for photo in request.photos if photo.kind == "report"]
    return RequestRow(
        request.id,
        request.reference,
        Status(request.status),
        request.service_code,
        request.description,
        request.address,
        request.neighborhood,
        request.channel,
        request.created_at,
        reported[0] if reported else None,
        len(reported),
        followers,
        not_fixed,
        missed_its_day(request, datetime.now(UTC)),
        added,
    )


async def count_by_status(session: AsyncSession) -> Counter[str]:
    """How many requests there are in each status, and as "unfinished"."""
    rows = await session.execute(select(ServiceRequest.status, func.count()).group_by(ServiceRequest.status))
    counts: Counter[str] = Counter()
    for status, count in rows:
        counts[status] = count
        counts[UNFINISHED] += count if status in ACTIVE else 0
    return counts


async def list_version(session: AsyncSession) -> str:
    """Changes whenever a request may have: one look at the end of the audit trail's index.

    The minute is part of it, so that ages move on, and so that a row that committed out of order is
    seen a minute later at the latest.
    """
    newest = await session.scalar(select(func.max(Audit.id)))
    return f"{newest or 0}-{datetime.now(UTC):%H%M}"
