"""The list of requests: one page of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, distinct, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.cases.added import found_added
from bot.cases.assignment import Holder, holders
from bot.cases.correcting import described
from bot.cases.feedback import found_not_fixed
from bot.cases.list_order import Position, is_behind, keys, position_of
from bot.cases.people import person_of
from bot.cases.promises import Standing, standings
from bot.cases.status import ACTIVE, Status
from bot.db.tables import Conversation, ServiceRequest, Subscriber
from bot.web.console.request_filter import UNFINISHED, RequestFilter

PAGE = 50
_ALL = true()  # everybody's
REFRESHED = 300  # rows a page that refreshes itself holds at most; older ones are a page further


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One line of the list."""

    id: int
    reference: str
    status: Status
    service_code: str
    description: str  # as staff read it
    address: str
    neighborhood: str | None
    channel: str
    created_at: datetime
    photo_id: int | None  # of the first photo of the report
    photo_count: int
    followers: int  # residents who follow it, who filed it included
    not_fixed: bool  # open again, because its resident says so
    standing: Standing | None  # of what was promised
    due_on: date | None
    holder: Holder
    added: bool  # a resident added something since staff changed it last


@dataclass(frozen=True, slots=True)
class RequestPage:
    rows: list[RequestRow]
    more: bool  # others stand behind it
    last: Position | None = None  # where its last row stands

    @property
    def oldest(self) -> int:
        """The last row's id: where the next page begins, and down to where a refresh reaches."""
        return self.rows[-1].id if self.rows else 0

    @property
    def stood(self) -> str:
        """Where that row stands in the list, as an address carries it."""
        return str(self.last or "")

    @property
    def newest(self) -> int:
        """The highest id: what comes with a higher one is new."""
        return max((row.id for row in self.rows), default=0)


async def load_page(
    session: AsyncSession,
    wanted: RequestFilter,
    username: str,
    *,
    sight: ColumnElement[bool] = _ALL,
    before: int | None = None,
    down_to: int | None = None,
    stood: str = "",
) -> RequestPage:
    """A page of what follows the row `before`, or everything down to the row `down_to`; both are ids.

    `stood`: where that row stood when it was shown. `username`: of who looks at it; `sight`: what they may see.
    """
    now = datetime.now(UTC)
    size = PAGE if down_to is None else REFRESHED
    order, sorted_by = wanted.order, keys(wanted.order, now)
    # By their names, so that the database works each of them out once.
    named = [key.label(f"sorted_by_{number}") for number, key in enumerate(sorted_by)]
    query = wanted.applied_to(select(ServiceRequest, *named).where(sight), username, now)
    query = query.options(selectinload(ServiceRequest.photos)).limit(size + 1)
    query = query.order_by(*named, ServiceRequest.id.desc())
    row_id = before or down_to
    position = await position_of(session, order, now, row_id, stood) if row_id else None
    if position is not None:
        behind = is_behind(order, now, position)
        query = query.where(behind if before is not None else ~behind)
    rows = (await session.execute(query)).all()
    found = [row[0] for row in rows]
    ids = [request.id for request in found]
    marks = _Marks(
        await _followers(session, ids),
        await found_not_fixed(session, ids),
        await found_added(session, ids),
        await standings(session, ids, now),
        await holders(session, found),
    )
    shown = rows[:size]
    last = Position(shown[-1][0].id, tuple(shown[-1][1:])) if shown else None
    return RequestPage([_row(row[0], marks) for row in shown], len(rows) > size, last)


@dataclass(frozen=True, slots=True)
class _Marks:
    """What is asked of all rows of a page at once."""

    followers: Mapping[int, int]
    not_fixed: Collection[int]
    added: Collection[int]
    standings: Mapping[int, Standing]
    holders: Mapping[int, Holder]


async def _followers(session: AsyncSession, request_ids: list[int]) -> dict[int, int]:
    """How many residents follow each, in one question; whoever does so in two conversations is one."""
    rows = await session.execute(
        select(Subscriber.request_id, func.count(distinct(person_of())))
        .join(Conversation, Conversation.id == Subscriber.conversation_id)
        .where(Subscriber.request_id.in_(request_ids))
        .group_by(Subscriber.request_id)
    )
    return {row[0]: row[1] for row in rows}


def _row(request: ServiceRequest, marks: _Marks) -> RequestRow:
    reported = [photo.photo_id for photo in request.photos if photo.kind == "report"]
    return RequestRow(
        request.id,
        request.reference,
        Status(request.status),
        request.service_code,
        described(request),
        request.address,
        request.neighborhood,
        request.channel,
        request.created_at,
        reported[0] if reported else None,
        len(reported),
        marks.followers.get(request.id, 0),
        request.id in marks.not_fixed,
        marks.standings.get(request.id),
        request.due_on,
        marks.holders[request.id],
        request.id in marks.added,
    )


async def count_by_status(session: AsyncSession, sight: ColumnElement[bool] = _ALL) -> Counter[str]:
    """How many requests in sight there are in each status, and as "unfinished"."""
    rows = await session.execute(
        select(ServiceRequest.status, func.count()).where(sight).group_by(ServiceRequest.status)
    )
    counts: Counter[str] = Counter()
    for status, count in rows:
        counts[status] = count
        counts[UNFINISHED] += count if status in ACTIVE else 0
    return counts
