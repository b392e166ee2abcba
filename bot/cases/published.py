"""Requests as other systems may read them: which ones, and what of each.

What may be known of one is decided in `bot.cases.public_view`. To that comes its place, which only the key that filed it is told to the
house: tell it to everybody else by `bot.city.blocks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, selectinload

from bot.cases.lookup import find_joined
from bot.cases.moves import RESIDENT
from bot.cases.public_view import PublicView, view_of
from bot.cases.status import FINISHED, Resolution, Status
from bot.cases.updates import is_public
from bot.city.location import LocationKind, Point
from bot.db.tables import Open311Report, RequestPhoto, ServiceRequest, Update
from bot.text.personal import without_personal

_FINISHED = sorted(FINISHED)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads."""

    key_id: int | None = None  # sees what it filed, whatever is shown to others
    everything: bool = False  # every request is shown, and not only what staff chose
    residents_words: bool = False  # where staff wrote no summary


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests are asked for. Times are aware; None and (): any."""

    references: tuple[str, ...] = ()  # these, and nothing else counts
    service_codes: tuple[str, ...] = ()
    since: datetime | None = None  # filed then or later
    until: datetime | None = None  # filed then or before
    updated_after: datetime | None = None
    finished: bool | None = None
    skip: int = 0  # so many of the newest
    limit: int = 1000


@dataclass(frozen=True, slots=True)
class PublicMove:
    """One entry of a history that everybody may read."""

    update_id: str  # as other systems know it
    request_id: int
    reference: (
        str  # of the request that is told of, also where the move is of the one that goes on as another
    )
    at: datetime
    status: Status
    resolution: Resolution | None
    text: str  # "" where it is the move alone
    photo_ids: tuple[int, ...]  # of the work
    exact: bool  # the reader filed it


@dataclass(frozen=True, slots=True)
class Published:
    """A request as a reader may know it."""

    id: int
    view: PublicView  # of the request it goes on as
    reference: str  # its own
    service_code: str
    words: str  # what it is about
    address: str  # to the house; "" for what happened nowhere
    point: Point | None
    kind: LocationKind | None
    neighborhood: str | None
    zip_code: str | None
    exact: bool  # the reader filed it, and knows the house
    updated_at: datetime
    moves: tuple[PublicMove, ...]  # oldest first


async def find_published(session: AsyncSession, wanted: Wanted, reader: Reader) -> list[Published]:
    """The requests that a reader may see of those wanted, the newest first."""
    on = aliased(ServiceRequest)  # what it goes on as, where it was joined
    own = _is_own(reader)
    changed = func.greatest(ServiceRequest.updated_at, ServiceRequest.listed_at, on.updated_at)
    query = (
        select(ServiceRequest, own, changed)
        .outerjoin(on, on.id == ServiceRequest.merged_into_id)
        .where(_may_see(reader, own))
        .options(
            selectinload(ServiceRequest.photos),
            selectinload(ServiceRequest.updates).selectinload(Update.photos),
        )
        .order_by(ServiceRequest.id.desc())
        .offset(wanted.skip)
        .limit(wanted.limit)
    )
    if wanted.references:
        query = query.where(ServiceRequest.reference.in_(wanted.references))
    else:
        status = func.coalesce(on.status, ServiceRequest.status)
        query = _narrowed(query, wanted, status, changed).where(
            # What goes on as another one is told by that one, but to who knows it by no other name.
            or_(ServiceRequest.merged_into_id.is_(None), own)
        )
    rows = (await session.execute(query)).all()
    return [
        await _published(session, row, exact=exact, changed=changed_at, reader=reader)
        for row, exact, changed_at in rows
    ]


async def find_moves(
    session: AsyncSession, since: datetime, until: datetime, reader: Reader, skip: int, limit: int
) -> list[PublicMove]:
    """What happened to the requests that a reader may see, within these times (aware), oldest first."""
    own = _is_own(reader)
    on = aliased(ServiceRequest)
    undoing = aliased(Update)
    query = (
        select(Update, ServiceRequest.id, ServiceRequest.reference, own)
        # A request that was joined goes on with the moves of the other one.
        .join(on, on.id == Update.request_id)
        .join(
            ServiceRequest,
            or_(ServiceRequest.id == on.id, ServiceRequest.merged_into_id == on.id),
        )
        .where(
            Update.created_at.between(since, until),
            Update.from_status.is_not(None),
            Update.undoes_id.is_(None),
            ~exists().where(undoing.request_id == Update.request_id, undoing.undoes_id == Update.id),
            _may_see(reader, own),
            or_(ServiceRequest.id == on.id, own & (Update.created_at > ServiceRequest.ended_at)),
            or_(
                Update.from_status != Update.to_status,
                Update.resolution.is_not(None),
                Update.public_text != "",
                Update.due_on.is_not(None),
                exists().where(RequestPhoto.update_id == Update.id),
            ),
        )
        .options(selectinload(Update.photos))
        .order_by(Update.created_at, Update.id, ServiceRequest.id)
        .offset(skip)
        .limit(limit)
    )
    rows = (await session.execute(query)).all()
    return [
        _move(row, request_id, reference, exact)
        for row, request_id, reference, exact in rows
        if _is_shown(row)
    ]


def _is_own(reader: Reader) -> ColumnElement[bool]:
    if reader.key_id is None:
        return literal(False)
    return exists().where(
        Open311Report.request_id == ServiceRequest.id, Open311Report.key_id == reader.key_id
    )


def _may_see(reader: Reader, own: ColumnElement[bool]) -> ColumnElement[bool]:
    return true() if reader.everything else or_(ServiceRequest.listed_at.is_not(None), own)


def _narrowed(
    query: Select[tuple[ServiceRequest, bool, datetime]],
    wanted: Wanted,
    status: ColumnElement[str],
    changed: ColumnElement[datetime],
) -> Select[tuple[ServiceRequest, bool, datetime]]:
    if wanted.service_codes:
        query = query.where(ServiceRequest.service_code.in_(wanted.service_codes))
    if wanted.since is not None:
        query = query.where(ServiceRequest.created_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(ServiceRequest.created_at <= wanted.until)
    if wanted.updated_after is not None:
        query = query.where(changed >= wanted.updated_after)
    if wanted.finished is not None:
        query = query.where(status.in_(_FINISHED) if wanted.finished else status.not_in(_FINISHED))
    return query


async def _published(
    session: AsyncSession, row: ServiceRequest, *, exact: bool, changed: datetime, reader: Reader
) -> Published:
    on = row if row.merged_into_id is None else await find_joined(session, row.reference)
    # Of the request itself all that happened, of the one it goes on as what happened since.
    since = (one for one in on.standing_updates if on is not row and one.created_at > _joined_at(row))
    told = [*row.standing_updates, *since]
    moves = tuple(
        _move(update, row.id, row.reference, exact)
        for update in told
        if update.from_status is not None and _is_shown(update)
    )
    view = view_of(row, on, followers=0)
    ended = view.ended_at if view.status in FINISHED else None
    return Published(
        id=row.id,
        view=view,
        reference=row.reference,
        service_code=row.service_code,
        words=_words(row, reader),
        address=row.address,
        point=Point(row.lat, row.lon) if row.lat is not None and row.lon is not None else None,
        kind=LocationKind(row.location_kind) if row.location_kind else None,
        neighborhood=row.neighborhood,
        zip_code=row.zip_code,
        exact=exact,
        updated_at=ended or changed,
        moves=moves,
    )


def _joined_at(row: ServiceRequest) -> datetime:
    return row.ended_at or row.updated_at


def _words(row: ServiceRequest, reader: Reader) -> str:
    if row.public_summary or not reader.residents_words:
        return row.public_summary
    return without_personal(row.description)


def _is_shown(update: Update) -> bool:
    return is_public(update, len(update.photos))


def _move(update: Update, request_id: int, reference: str, exact: bool) -> PublicMove:
    return PublicMove(
        update_id=f"u{update.id}",  # what others passed on begins with an "a": see `reported_updates`
        request_id=request_id,
        reference=reference,
        at=update.created_at,
        status=Status(update.to_status),
        resolution=Resolution(update.resolution) if update.resolution else None,
        # As on the public page: what residents say stays with staff.
        text=update.public_text if update.author != RESIDENT else "",
        photo_ids=tuple(dict.fromkeys(photo.photo_id for photo in update.photos)),
        exact=exact,
    )
