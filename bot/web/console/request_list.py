"""The list of requests: one page of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, distinct, func, literal, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.cases.added import found_added
from bot.cases.assignment import Holder, holders
from bot.cases.correcting import described
from bot.cases.feedback import found_not_fixed
from bot.cases.list_order import Part, Position, is_behind, parts_of, position_of
from bot.cases.needs_doing import Why, whys
from bot.cases.people import person_of
from bot.cases.promises import Standing, standings
from bot.cases.roles import Permission
from bot.cases.searching import Sought, sought
from bot.cases.sight import requests_in_sight
from bot.cases.staff import StaffMember
from bot.cases.status import ACTIVE, Status
from bot.db.tables import Conversation, ServiceRequest, Subscriber
from bot.web.console.hits import Hit, hits
from bot.web.console.request_filter import ALL, NEEDS, UNFINISHED, RequestFilter, is_in

PAGE = 50
_ALL = true()  # everybody's
MOST_COUNTED = 10_000
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
    urgent: bool  # its resident says that it cannot wait, and it has not ended
    not_fixed: bool  # open again, because its resident says so
    standing: Standing | None  # of what was promised
    due_on: date | None
    holder: Holder
    added: bool  # a resident added something since staff changed it last
    whys: tuple[Why, ...]  # it needs somebody now
    hit: Hit | None  # where it stands what is searched for


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
    asked: Asked,
    *,
    before: int | None = None,
    down_to: int | None = None,
    stood: str = "",
) -> RequestPage:
    """A page of what follows the row `before`, or everything down to the row `down_to`; both are ids.

    `stood`: where that row stood when it was shown.
    """
    size = PAGE if down_to is None else REFRESHED
    row_id = before or down_to
    position = await position_of(session, wanted.order, asked.now, row_id, stood) if row_id else None
    rows: list[Any] = []
    for part in parts_of(wanted.order, asked.now):
        if position is not None and before is not None and part.is_passed(position):
            continue
        query = _narrowed(wanted, asked, part)
        if position is not None:
            behind = is_behind(wanted.order, asked.now, position)
            query = query.where(behind if before is not None else ~behind)
        rows += (await session.execute(query.limit(size + 1 - len(rows)))).all()
        if len(rows) > size:
            break
    shown = rows[:size]
    marked = await _marked(session, [row[0] for row in shown], asked)
    last = Position(shown[-1][0].id, tuple(shown[-1][1:])) if shown else None
    return RequestPage(marked, len(rows) > size, last)


def _narrowed(wanted: RequestFilter, asked: Asked, part: Part) -> Select[Any]:
    """The rows of one part of the list in their order, with what they are sorted by."""
    # By their names, so that the database works each of them out once.
    named = [key.label(f"sorted_by_{number}") for number, key in enumerate(part.keys)]
    conditions = (*is_in(wanted.scope, asked.now), *wanted.conditions(asked.username, asked.now, asked.found))
    query = select(ServiceRequest, *named).where(asked.sight, *conditions, *part.conditions)
    by = () if part.is_constant else named
    return query.options(selectinload(ServiceRequest.photos)).order_by(*by, ServiceRequest.id.desc())


@dataclass(frozen=True, slots=True)
class Asked:
    """Who looks at the list, when (aware), what their words mean, and what they may see."""

    username: str
    now: datetime
    found: Sought | None = None
    sight: ColumnElement[bool] = _ALL


async def asked_by(session: AsyncSession, wanted: RequestFilter, staff: StaffMember) -> Asked:
    """The same, the words looked up."""
    reads_conversations = staff.may(Permission.CONVERSATIONS)
    found = await sought(session, wanted.q, conversations=reads_conversations) if wanted.q else None
    return Asked(staff.username, datetime.now(UTC), found, requests_in_sight(staff))


async def _marked(session: AsyncSession, found: list[ServiceRequest], asked: Asked) -> list[RequestRow]:
    """The rows with all that is asked of a page at once."""
    ids = [request.id for request in found]
    marks = _Marks(
        await _followers(session, ids),
        await whys(session, ids, asked.now),
        await found_not_fixed(session, ids),
        await found_added(session, ids),
        await standings(session, ids, asked.now),
        await holders(session, found),
        await hits(session, found, asked.found) if asked.found is not None else {},
    )
    return [_row(request, marks) for request in found]


@dataclass(frozen=True, slots=True)
class _Marks:
    """What is asked of all rows of a page at once."""

    followers: Mapping[int, int]
    whys: Mapping[int, tuple[Why, ...]]
    not_fixed: Collection[int]
    added: Collection[int]
    standings: Mapping[int, Standing]
    holders: Mapping[int, Holder]
    hits: Mapping[int, Hit]


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
        request.urgent_at is not None and request.status in ACTIVE,
        request.id in marks.not_fixed,
        marks.standings.get(request.id),
        request.due_on,
        marks.holders[request.id],
        request.id in marks.added,
        marks.whys.get(request.id, ()),
        marks.hits.get(request.id),
    )


async def count_scopes(session: AsyncSession, wanted: RequestFilter, asked: Asked) -> dict[str, int]:
    """How many requests of the filter that are in sight there are in each status, and as "needs", "unfinished" and "all".

    Nothing is counted further than `MOST_COUNTED`, which stands for more than that.
    """
    conditions = (asked.sight, *wanted.conditions(asked.username, asked.now, asked.found))

    def count(scope: str) -> Any:
        some = (
            select(literal(1)).select_from(ServiceRequest).where(*is_in(scope, asked.now), *conditions)
        ).limit(MOST_COUNTED)
        return select(func.count()).select_from(some.subquery()).scalar_subquery().label(scope)

    row = (await session.execute(select(*(count(scope) for scope in (NEEDS, *Status))))).one()
    counts: dict[str, int] = dict(row._mapping)
    for scope, statuses in ((UNFINISHED, ACTIVE), (ALL, frozenset(Status))):
        counts[scope] = min(MOST_COUNTED, sum(counts[status] for status in statuses))
    return counts
