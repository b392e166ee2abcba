"""Taking a follower out of a request: they get one of their own, the one that was joined where there was one.

Whatever they said and sent goes with them; both histories tell that it was so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.filing import NewRequest, add_photos, file_request
from bot.cases.lookup import UnknownRequestError, find_joined, find_request, lock_request
from bot.cases.merging import MergeError
from bot.cases.moves import Move, move
from bot.cases.people import REGAINED, of_one_person
from bot.cases.places import location_of
from bot.cases.status import Status
from bot.city.location import Location, Point
from bot.db.tables import Addition, Contact, Conversation, RequestPhoto, ServiceRequest, Subscriber


async def split_follower(
    session: AsyncSession, reference: str, conversation_id: int, author: str, now: datetime | None = None
) -> str:
    """Give a follower of `reference` a request of their own and its reference. `now` is aware; None: the time it is.

    Raises `UnknownRequestError` when the conversation does not follow it, `MergeError` for who filed it and
    for a request that is itself joined with another: its residents follow that one.
    """
    request = await find_request(session, reference)
    await lock_request(session, request)  # one clerk at a time
    subscriber = await session.scalar(
        select(Subscriber).where(
            Subscriber.request_id == request.id, Subscriber.conversation_id == conversation_id
        )
    )
    if subscriber is None:
        raise UnknownRequestError(f"Nobody of this conversation follows {reference!r}.")
    if request.merged_into_id is not None:
        raise MergeError(
            f"{request.reference} is joined with another request: take its resident out of that."
        )
    if subscriber.origin in ("filed", REGAINED):
        raise MergeError("This is the resident's own report, and all they said of it is part of it.")
    now = now or datetime.now(UTC)
    joined = await _joined_requests(session, request, conversation_id)
    theirs = await _said_in(session, request, subscriber)
    if joined:
        own = await _reopened(session, joined, request, subscriber, author, theirs, now)
    else:
        own = await _new(session, request, subscriber, author, theirs, now)
    await _follow_own(session, own, subscriber, now)
    await _leave(session, request, subscriber, theirs)
    out = Move(Status(request.status), author, internal_note=f"{own.reference} was taken out.")
    await move(session, request, out, now)
    record(session, author, "request.split", "request", request.reference, own=own.reference)
    return own.reference


async def _said_in(session: AsyncSession, request: ServiceRequest, subscriber: Subscriber) -> frozenset[int]:
    """The conversations in which they spoke of it as this follower: others of theirs that follow it by themselves stay."""
    others = select(Subscriber.conversation_id).where(
        Subscriber.request_id == request.id, Subscriber.id != subscriber.id
    )
    return await of_one_person(session, subscriber.conversation_id) - set(await session.scalars(others))


async def _follow_own(
    session: AsyncSession, own: ServiceRequest, subscriber: Subscriber, now: datetime
) -> None:
    """Have them follow their own request, as they followed the other one: who wanted to hear nothing hears nothing."""
    new = insert(Subscriber).values(
        request_id=own.id,
        conversation_id=subscriber.conversation_id,
        muted_at=subscriber.muted_at,
        created_at=now,
    )
    muted = func.coalesce(Subscriber.muted_at, new.excluded.muted_at)
    followed = [Subscriber.request_id, Subscriber.conversation_id]
    await session.execute(
        new.on_conflict_do_update(index_elements=followed, set_={"muted_at": muted}),
        execution_options={"populate_existing": True},
    )


async def _leave(
    session: AsyncSession, request: ServiceRequest, subscriber: Subscriber, theirs: frozenset[int]
) -> None:
    """What they said and sent is of their own matter; the words and pictures of others stay."""
    await session.delete(subscriber)
    await session.execute(
        delete(Addition).where(Addition.request_id == request.id, Addition.conversation_id.in_(theirs))
    )
    await session.execute(
        delete(RequestPhoto).where(
            RequestPhoto.request_id == request.id,
            RequestPhoto.conversation_id.in_(theirs),
            RequestPhoto.kind == "report",
        )
    )


async def _joined_requests(
    session: AsyncSession, target: ServiceRequest, conversation_id: int
) -> list[ServiceRequest]:
    """The conversation's own requests that ended in `target`, however many joins lie between, newest first."""
    joined = await session.scalars(
        select(ServiceRequest)
        .where(ServiceRequest.merged_into_id.is_not(None), ServiceRequest.conversation_id == conversation_id)
        .order_by(ServiceRequest.id.desc())
    )
    return [
        request for request in joined.all() if (await find_joined(session, request.reference)).id == target.id
    ]


async def _reopened(
    session: AsyncSession,
    joined: list[ServiceRequest],
    target: ServiceRequest,
    subscriber: Subscriber,
    author: str,
    theirs: frozenset[int],
    now: datetime,
) -> ServiceRequest:
    """Open the newest of the resident's joined requests again, with all they have said and sent since.

    Older ones of theirs are joined with it from now on: in the other one they would be of nobody.
    """
    own, *older = joined
    note = f"Taken out of {target.reference} again."
    await move(session, own, Move(Status.OPEN, author, internal_note=note), now)
    own.merged_into_id = None
    for request in older:
        request.merged_into_id = own.id
    first = _told_first(subscriber, older)
    await _take_along(session, target, own, theirs, subscriber.conversation_id, first)
    return own


def _told_first(subscriber: Subscriber, older: Sequence[ServiceRequest]) -> list[tuple[datetime, str]]:
    """When they said what stands with them as a follower, and what: of a report of theirs that was joined, its own time."""
    told = next((one for one in older if one.description == subscriber.words), None)
    return [(told.created_at if told else subscriber.created_at, subscriber.words)]


async def _take_along(
    session: AsyncSession,
    from_request: ServiceRequest,
    own: ServiceRequest,
    theirs: frozenset[int],
    conversation_id: int,
    first: Sequence[tuple[datetime, str]] = (),
) -> None:
    """Their entries and photos go to their own request, each with its time; what stands there already is left."""
    rows = await session.scalars(select(Addition).where(Addition.request_id == own.id))
    known = {(row.created_at, row.words) for row in rows} | {(own.created_at, own.description)}
    for told_at, words in first:
        if words and words != own.description and (told_at, words) not in known:
            known.add((told_at, words))
            session.add(
                Addition(request_id=own.id, conversation_id=conversation_id, words=words, created_at=told_at)
            )
    said = await session.scalars(
        select(Addition)
        .where(Addition.request_id == from_request.id, Addition.conversation_id.in_(theirs))
        .order_by(Addition.id)
    )
    for row in said.all():
        if (row.created_at, row.words) not in known:
            row.request_id = own.id
    await session.flush()
    for photo in await _photos_of(session, from_request.id, theirs):
        await add_photos(
            session,
            own.id,
            (photo.photo_id,),
            photo.conversation_id or conversation_id,
            turn_id=photo.turn_id,
            at=photo.created_at,
        )


async def _photos_of(
    session: AsyncSession, request_id: int, theirs: frozenset[int]
) -> Sequence[RequestPhoto]:
    """The photos of a request that were sent in these conversations, in their order."""
    found = await session.scalars(
        select(RequestPhoto)
        .where(
            RequestPhoto.request_id == request_id,
            RequestPhoto.conversation_id.in_(theirs),
            RequestPhoto.kind == "report",
        )
        .order_by(RequestPhoto.id)
    )
    return found.all()


async def _new(
    session: AsyncSession,
    request: ServiceRequest,
    subscriber: Subscriber,
    author: str,
    theirs: frozenset[int],
    now: datetime,
) -> ServiceRequest:
    conversation = await session.get_one(Conversation, subscriber.conversation_id)
    contact: Contact = conversation.contact
    filed = await file_request(
        session,
        NewRequest(
            conversation_id=subscriber.conversation_id,
            idempotency_key=f"split:{subscriber.id}",
            service_code=request.service_code,
            description=subscriber.words,
            place_text=subscriber.place_text,
            location=_where(request, subscriber),
            language=contact.language or "en",
            at=now,
        ),
    )
    own = await session.get_one(ServiceRequest, filed.id)
    await _take_along(session, request, own, theirs, subscriber.conversation_id)
    note = f"Made of what a follower of {request.reference} told."
    await move(session, own, Move(Status(own.status), author, internal_note=note), now)
    return own


def _where(request: ServiceRequest, subscriber: Subscriber) -> Location | None:
    """The follower's own place; the request's where they said none."""
    place = location_of(request)
    if place is None or subscriber.lat is None or subscriber.lon is None:
        return place
    return replace(place, point=Point(subscriber.lat, subscriber.lon), name=subscriber.address or place.name)
