"""Joining two requests that are about one matter, and taking one out again.

A join loses nothing: the joined request stays, closed and pointing at the other, and its residents follow
that one with the words they wrote. Taking out is the inverse: the resident gets a request of their own,
the one that was joined where there was one.
"""

from __future__ import annotations

from dataclasses import replace

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.filing import NewRequest, add_photos, file_request
from bot.cases.following import add_to_subscription
from bot.cases.lookup import UnknownRequestError, find_joined, find_request, lock_request
from bot.cases.moves import Move, move
from bot.cases.places import location_of
from bot.cases.status import FINISHED, Resolution, Status
from bot.city.location import Location, Point
from bot.db.tables import Contact, Conversation, RequestPhoto, ServiceRequest, Subscriber, Update

log = structlog.get_logger(__name__)


class MergeError(ValueError):
    """Two requests cannot be joined; the message says why."""


async def merge_requests(session: AsyncSession, reference: str, into: str, author: str) -> Update:
    """Join `reference` into `into` and give the update that closes it.

    Raises `UnknownRequestError`, and `MergeError` for a request joined with itself, twice, or into a finished one.
    """
    source, target = await _locked_pair(session, reference, into)
    for subscriber in await _subscribers(session, source.id):
        words = source.description if subscriber.origin == "filed" else subscriber.words
        fresh = await session.scalar(
            insert(Subscriber)
            .values(
                request_id=target.id,
                conversation_id=subscriber.conversation_id,
                origin="merged",
                words=words,
                place_text=subscriber.place_text or source.place_text,
                address=subscriber.address or source.address or None,
                lat=subscriber.lat if subscriber.lat is not None else source.lat,
                lon=subscriber.lon if subscriber.lon is not None else source.lon,
                muted_at=subscriber.muted_at,
            )
            .on_conflict_do_nothing()
            .returning(Subscriber.id)
        )
        if fresh is None:  # they follow the other one already: their words go there, too
            await add_to_subscription(session, target, subscriber.conversation_id, words)
    await _copy_photos(session, source.id, target.id)
    ended = Move(
        Status.CLOSED, author, Resolution.DUPLICATE, internal_note=f"Joined with {target.reference}."
    )
    update = await move(session, source, ended)
    source.merged_into_id = target.id
    stays = Move(Status(target.status), author, internal_note=f"{source.reference} joined.")
    await move(session, target, stays)
    record(session, author, "request.merged", "request", source.reference, into=target.reference)
    log.info("request.merged", request_id=source.id, into_id=target.id)
    return update


async def split_follower(session: AsyncSession, reference: str, conversation_id: int, author: str) -> str:
    """Give a follower of `reference` a request of their own and its reference.

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
    if subscriber.origin == "filed":
        raise MergeError("This is the resident's own report, and all they said of it is part of it.")
    joined = await _joined_requests(session, request, conversation_id)
    if joined:
        own = await _reopened(session, joined, request, subscriber, author)
    else:
        own = await _new(session, request, subscriber)
    await _follow_own(session, own, subscriber)
    await session.delete(subscriber)
    # What they sent is of their own matter; the pictures of others stay.
    await session.execute(
        delete(RequestPhoto).where(
            RequestPhoto.request_id == request.id,
            RequestPhoto.conversation_id == conversation_id,
            RequestPhoto.kind == "report",
        )
    )
    record(session, author, "request.split", "request", request.reference, own=own)
    return own


async def _locked_pair(
    session: AsyncSession, reference: str, into: str
) -> tuple[ServiceRequest, ServiceRequest]:
    source, target = await find_request(session, reference), await find_request(session, into)
    if source.id == target.id:
        raise MergeError("This is one and the same request.")
    for row in sorted((source, target), key=lambda row: row.id):  # always in one order: no deadlock
        await lock_request(session, row)
    if source.merged_into_id is not None:
        raise MergeError(f"{source.reference} is joined with another request already.")
    if target.merged_into_id is not None or target.status in FINISHED:
        raise MergeError(f"{target.reference} is finished: join with one that is open.")
    return source, target


async def _subscribers(session: AsyncSession, request_id: int) -> list[Subscriber]:
    query = select(Subscriber).where(Subscriber.request_id == request_id).order_by(Subscriber.id)
    return list(await session.scalars(query))


async def _copy_photos(session: AsyncSession, from_id: int, to_id: int) -> None:
    rows = await session.scalars(
        select(RequestPhoto)
        .where(RequestPhoto.request_id == from_id, RequestPhoto.kind == "report")
        .order_by(RequestPhoto.id)
    )
    for photo in rows:
        await session.execute(
            insert(RequestPhoto)
            .values(
                request_id=to_id,
                photo_id=photo.photo_id,
                kind="report",
                conversation_id=photo.conversation_id,
                cleared=photo.cleared,
            )
            .on_conflict_do_nothing()
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
) -> str:
    """Open the newest of the resident's joined requests again, with all they have said and sent since.

    Older ones of theirs are joined with it from now on: in the other one they would be of nobody.
    """
    own, *older = joined
    await move(session, own, Move(Status.OPEN, author, internal_note="Taken out again."))
    own.merged_into_id = None
    for request in older:
        request.merged_into_id = own.id
    fresh = [line for line in subscriber.words.splitlines() if line not in own.description]
    own.description = "\n".join(part for part in (own.description, *fresh) if part)
    photos = await _photos_of(session, target.id, subscriber.conversation_id)
    await add_photos(session, own.id, photos, subscriber.conversation_id)
    return own.reference


async def _photos_of(session: AsyncSession, request_id: int, conversation_id: int) -> tuple[int, ...]:
    """The photos of a request that this conversation sent, in their order."""
    found = await session.scalars(
        select(RequestPhoto.photo_id)
        .where(
            RequestPhoto.request_id == request_id,
            RequestPhoto.conversation_id == conversation_id,
            RequestPhoto.kind == "report",
        )
        .order_by(RequestPhoto.id)
    )
    return tuple(found)


async def _follow_own(session: AsyncSession, own: str, subscriber: Subscriber) -> None:
    """Have them follow their own request, as they followed the other one: who wanted to hear nothing hears nothing."""
    new = insert(Subscriber).values(
        request_id=select(ServiceRequest.id).where(ServiceRequest.reference == own).scalar_subquery(),
        conversation_id=subscriber.conversation_id,
        muted_at=subscriber.muted_at,
    )
    muted = func.coalesce(Subscriber.muted_at, new.excluded.muted_at)
    followed = [Subscriber.request_id, Subscriber.conversation_id]
    await session.execute(
        new.on_conflict_do_update(index_elements=followed, set_={"muted_at": muted}),
        execution_options={"populate_existing": True},
    )


async def _new(session: AsyncSession, request: ServiceRequest, subscriber: Subscriber) -> str:
    conversation = await session.get_one(Conversation, subscriber.conversation_id)
    contact: Contact = conversation.contact
    photos = await _photos_of(session, request.id, subscriber.conversation_id)
    filed = await file_request(
        session,
        NewRequest(
            conversation_id=subscriber.conversation_id,
            idempotency_key=f"split:{subscriber.id}",
            service_code=request.service_code,
            description=subscriber.words,
            place_text=subscriber.place_text,
            location=_where(request, subscriber),
            photo_ids=photos,
            language=contact.language or "en",
        ),
    )
    return filed.reference


def _where(request: ServiceRequest, subscriber: Subscriber) -> Location | None:
    """The follower's own place; the request's where they said none."""
    place = location_of(request)
    if place is None or subscriber.lat is None or subscriber.lon is None:
        return place
    return replace(place, point=Point(subscriber.lat, subscriber.lon), name=subscriber.address or place.name)
