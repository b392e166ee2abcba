"""Finding requests again: for a resident's "my requests", for staff, for the command line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.cases.people import conversations_of, of_one_person
from bot.cases.references import parse_reference
from bot.cases.status import FINISHED, Resolution, Status
from bot.city.current import city
from bot.db.tables import RequestPhoto, ServiceRequest, Subscriber, Update


class UnknownRequestError(LookupError):
    """There is no request with this reference."""


@dataclass(frozen=True, slots=True)
class RequestSummary:
    """A request as its own resident may see it."""

    id: int
    reference: str
    service_code: str
    status: Status
    location_name: str
    created_at: datetime
    updated_at: datetime
    last_public_text: str  # "" when nothing was said yet
    reopened: bool = False  # its end was taken back
    told: str = ""  # their own words of it, oldest first; "" for a request of somebody else
    due_on: date | None = None  # while somebody is, or will be, at it
    resolution: Resolution | None = None  # how it ended
    ended_at: datetime | None = None  # aware UTC
    theirs: bool = False  # they filed it
    department: str = ""  # that has it; "" for the service's own


async def recent_requests(
    session: AsyncSession,
    conversation_id: int,
    limit: int = 3,
    *,
    reference: str | None = None,
    before: str | None = None,
    statuses: frozenset[Status] = frozenset(),
) -> list[RequestSummary]:
    """The newest requests that whoever talks here follows, newest first; narrowed to one, older ones, or some statuses.

    Those of all their conversations. A request that was joined with another is told by that other one alone, also when it is named itself.
    """
    query = (
        select(ServiceRequest)
        .where(is_followed_by(conversation_id), ServiceRequest.merged_into_id.is_(None))
        .options(selectinload(ServiceRequest.updates), selectinload(ServiceRequest.additions))
        .order_by(ServiceRequest.id.desc())
        .limit(limit)
    )
    if reference is not None:
        try:
            named = await find_joined(session, reference)
        except UnknownRequestError:
            return []
        query = query.where(ServiceRequest.id == named.id)
    if before is not None:
        last = select(ServiceRequest.id).where(ServiceRequest.reference == before).scalar_subquery()
        query = query.where(ServiceRequest.id < last)
    if statuses:
        query = query.where(ServiceRequest.status.in_(sorted(statuses)))
    rows = (await session.scalars(query)).all()
    theirs = await of_one_person(session, conversation_id) if rows else frozenset()
    return [_summary(row, theirs) for row in rows]


def is_followed_by(conversation_id: int) -> ColumnElement[bool]:
    """Whether a request is followed in this conversation, or in another one of the same person."""
    return exists().where(
        Subscriber.request_id == ServiceRequest.id,
        Subscriber.conversation_id.in_(conversations_of(conversation_id)),
    )


async def follows(session: AsyncSession, conversation_id: int, request_id: int) -> bool:
    """Whether whoever talks in this conversation follows a request, in this one or in another one of theirs."""
    theirs = Subscriber.conversation_id.in_(conversations_of(conversation_id))
    found = select(Subscriber.id).where(Subscriber.request_id == request_id, theirs).limit(1)
    return await session.scalar(found) is not None


def _summary(row: ServiceRequest, theirs: Collection[int]) -> RequestSummary:
    """`theirs`: the ids of all conversations of whom it is told to."""
    said = ""
    for update in row.standing_updates:
        # What was said of an end that was taken back is true no more, and a question that was answered is none.
        reopens = update.from_status in FINISHED and update.to_status == Status.OPEN
        answered = update.from_status == Status.WAITING != update.to_status
        said = update.public_text or ("" if reopens or answered else said)
    return RequestSummary(
        row.id,
        row.reference,
        row.service_code,
        Status(row.status),
        row.address,
        row.created_at,
        row.updated_at,
        said,
        reopened=row.status == Status.OPEN and was_reopened(row.standing_updates),
        told=_told_by(row, theirs),
        resolution=Resolution(row.resolution) if row.resolution else None,
        due_on=row.due_on if row.status in (Status.OPEN, Status.IN_PROGRESS) else None,
        ended_at=row.ended_at,
        theirs=row.conversation_id in theirs,
        department=row.department or "",
    )


def _told_by(row: ServiceRequest, theirs: Collection[int]) -> str:
    """All that who filed a request told of it, oldest first, a line each; "" for anybody else."""
    if row.conversation_id not in theirs:
        return ""
    more = (one.words for one in row.additions if one.conversation_id in theirs)
    return "\n".join(words for words in (row.description, *more) if words)


def was_reopened(updates: Sequence[Update]) -> bool:
    """Whether an end of a request was taken back, of its history in order. That a join was is no end of its work."""
    joined = False
    for update in updates:
        if update.from_status in FINISHED and update.to_status == Status.OPEN and not joined:
            return True
        if update.resolution is not None:
            joined = update.resolution == Resolution.DUPLICATE
    return False


async def photos_sent(session: AsyncSession, conversation_id: int, reference: str) -> int:
    """How many photos of a request came from whoever talks here, in all their conversations."""
    count = await session.scalar(
        select(func.count())
        .select_from(RequestPhoto)
        .join(ServiceRequest, ServiceRequest.id == RequestPhoto.request_id)
        .where(
            ServiceRequest.reference == reference,
            RequestPhoto.kind == "report",
            RequestPhoto.conversation_id.in_(conversations_of(conversation_id)),
        )
    )
    return int(count or 0)


async def find_request(session: AsyncSession, reference: str) -> ServiceRequest:
    """The request with photos and updates loaded. Raises `UnknownRequestError`."""
    proper = parse_reference(reference, city().reference_prefix)
    row = await session.scalar(
        select(ServiceRequest)
        .where(ServiceRequest.reference == (proper or reference))
        .options(
            selectinload(ServiceRequest.photos).selectinload(RequestPhoto.photo),
            selectinload(ServiceRequest.updates).selectinload(Update.photos),
            selectinload(ServiceRequest.feedback),
            selectinload(ServiceRequest.additions),
        )
    )
    if row is None:
        raise UnknownRequestError(f"There is no request {reference!r}.")
    return row


async def reference_of(session: AsyncSession, request_id: int | None) -> str | None:
    """The reference of a request by its id; None for none."""
    if request_id is None:
        return None
    return await session.scalar(select(ServiceRequest.reference).where(ServiceRequest.id == request_id))


async def references_of(session: AsyncSession, request_ids: Collection[int]) -> list[str]:
    """Those of several, oldest request first."""
    named = select(ServiceRequest.reference).where(ServiceRequest.id.in_(request_ids))
    return list(await session.scalars(named.order_by(ServiceRequest.id)))


MOST_JOINS = 20  # of joins one after the other that are followed


async def find_joined(session: AsyncSession, reference: str, *, lock: bool = False) -> ServiceRequest:
    """The request a reference stands for by now: of one that was joined, the one it was joined with.

    Loaded as by `find_request`. With `lock` its row is ours until the commit, so that nobody joins or changes
    it meanwhile. Raises `UnknownRequestError`.
    """
    request = await find_request(session, reference)
    for _ in range(MOST_JOINS):
        if request.merged_into_id is None and lock:
            await lock_request(session, request)
        if request.merged_into_id is None:
            break
        target = await session.get_one(ServiceRequest, request.merged_into_id)
        request = await find_request(session, target.reference)
    return request


_CHANGING = (
    *(
        "status",
        "resolution",
        "ended_at",
        "updated_at",
        "due_on",
        "late_told_at",
        "urgent_at",
        "merged_into_id",
        "description",
        "answers",
    ),
    *("department", "crew", "assignee_id"),
    *(
        "service_code",
        "staff_description",
        "place_text",
        "address",
        "lat",
        "lon",
        "location_kind",
        "on_border",
    ),
    *("neighborhood", "zip_code"),
)


async def lock_request(session: AsyncSession, request: ServiceRequest) -> None:
    """Make the row ours until the commit, and read again what others may have changed until now."""
    await session.flush()  # what was changed here stays
    await session.refresh(request, with_for_update=True, attribute_names=_CHANGING)


async def list_requests(
    session: AsyncSession,
    *,
    statuses: frozenset[Status] = frozenset(),
    service_code: str | None = None,
    conditions: Collection[ColumnElement[bool]] = (),
    sorted_by: Collection[ColumnElement[Any]] = (),
    limit: int = 100,
) -> list[ServiceRequest]:
    """Requests, photos loaded; `conditions` narrow it further. By `sorted_by` (`bot.cases.list_order`), rising, then the newest first."""
    query = (
        select(ServiceRequest)
        .options(selectinload(ServiceRequest.photos).selectinload(RequestPhoto.photo))
        .where(*conditions)
        .order_by(*sorted_by, ServiceRequest.id.desc())
        .limit(limit)
    )
    if statuses:
        query = query.where(ServiceRequest.status.in_(sorted(statuses)))
    if service_code:
        query = query.where(ServiceRequest.service_code == service_code)
    return list(await session.scalars(query))
