"""Joining two requests that are about one matter.

A join loses nothing: the joined request stays, closed and pointing at the other, and its residents follow
that one with the words they wrote. Taking a resident out (`bot.cases.splitting`) is the inverse for one of them,
undoing (`bot.cases.undoing`) puts both requests back as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.as_before import standing
from bot.cases.audit import record
from bot.cases.lookup import find_request, lock_request
from bot.cases.moves import Move, move
from bot.cases.status import FINISHED, Resolution, Status
from bot.db.tables import Addition, Join, RequestPhoto, ServiceRequest, Subscriber, Update

log = structlog.get_logger(__name__)


class MergeError(ValueError):
    """Two requests cannot be joined; the message says why."""


@dataclass(slots=True)
class Made:
    """Ids of the rows that a join copied to the target."""

    subscribers: list[int] = field(default_factory=list)
    additions: list[int] = field(default_factory=list)
    photos: list[int] = field(default_factory=list)


async def merge_requests(
    session: AsyncSession, reference: str, into: str, author: str, now: datetime | None = None
) -> Update:
    """Join `reference` into `into` and give the update that closes it. `now` is aware; None: the time it is.

    Raises `UnknownRequestError`, and `MergeError` for a request joined with itself, twice, or into a finished one.
    """
    source, target = await locked_pair(session, reference, into)
    check_joinable(source, target)
    now = now or datetime.now(UTC)
    before = standing(source, hands=False)
    made = Made()
    await _copy_followers(session, source, target, made, now)
    await _copy_additions(session, source, target, made)
    await _copy_photos(session, source.id, target.id, made)
    ended = Move(
        Status.CLOSED, author, Resolution.DUPLICATE, internal_note=f"Joined with {target.reference}."
    )
    update = await move(session, source, ended, now)
    source.merged_into_id = target.id
    stays = Move(Status(target.status), author, internal_note=f"{source.reference} joined.")
    await move(session, target, stays, now)
    session.add(
        Join(
            source_id=source.id,
            target_id=target.id,
            update_id=update.id,
            before=before,
            made={
                "subscribers": made.subscribers,
                "additions": made.additions,
                "photos": made.photos,
                # What has a higher number came later: the target's row is locked by whoever adds to it.
                "last_addition": await session.scalar(select(func.max(Addition.id))) or 0,
                "last_photo": await session.scalar(select(func.max(RequestPhoto.id))) or 0,
            },
            created_at=update.created_at,
        )
    )
    record(session, author, "request.merged", "request", source.reference, into=target.reference)
    log.info("request.merged", request_id=source.id, into_id=target.id)
    await session.flush()
    return update


def check_joinable(source: ServiceRequest, target: ServiceRequest) -> None:
    """Raise `MergeError` where the one cannot be joined into the other."""
    if source.id == target.id:
        raise MergeError("This is one and the same request.")
    if source.merged_into_id is not None:
        raise MergeError(f"{source.reference} is joined with another request already.")
    if target.merged_into_id is not None or target.status in FINISHED:
        raise MergeError(f"{target.reference} is finished: join with one that is open.")


async def locked_pair(
    session: AsyncSession, reference: str, into: str
) -> tuple[ServiceRequest, ServiceRequest]:
    """Both requests, their rows ours until the commit. Raises `UnknownRequestError`."""
    source, target = await find_request(session, reference), await find_request(session, into)
    for row in sorted({source, target}, key=lambda row: row.id):  # always in one order: no deadlock
        await lock_request(session, row)
    return source, target


async def followers_of(session: AsyncSession, request_id: int) -> Sequence[Subscriber]:
    """Who follows a request, who filed it included, in the order in which they came."""
    query = select(Subscriber).where(Subscriber.request_id == request_id).order_by(Subscriber.id)
    return (await session.scalars(query)).all()


def told_first(request: ServiceRequest, subscriber: Subscriber) -> tuple[str, datetime]:
    """What a follower of a request told when they came to it, and when that was."""
    if subscriber.origin == "filed":
        return request.description, request.created_at
    return subscriber.words, subscriber.created_at


async def _copy_followers(
    session: AsyncSession, source: ServiceRequest, target: ServiceRequest, made: Made, now: datetime
) -> None:
    for subscriber in await followers_of(session, source.id):
        words, told_at = told_first(source, subscriber)
        place = {
            "address": subscriber.address or source.address or None,
            "lat": subscriber.lat if subscriber.lat is not None else source.lat,
            "lon": subscriber.lon if subscriber.lon is not None else source.lon,
        }
        fresh = await session.scalar(
            insert(Subscriber)
            .values(
                request_id=target.id,
                conversation_id=subscriber.conversation_id,
                origin="merged",
                words=words,
                place_text=subscriber.place_text or source.place_text,
                muted_at=subscriber.muted_at,
                created_at=now,
                **place,
            )
            .on_conflict_do_nothing()
            .returning(Subscriber.id)
        )
        if fresh is not None:
            made.subscribers.append(fresh)
        elif words:  # they follow the other one already: their words are an entry there
            values = {"words": words, "created_at": told_at, "turn_id": None, **place}
            await _copy(session, target.id, subscriber.conversation_id, values, made)


async def _copy_additions(
    session: AsyncSession, source: ServiceRequest, target: ServiceRequest, made: Made
) -> None:
    rows = await session.scalars(
        select(Addition).where(Addition.request_id == source.id).order_by(Addition.created_at, Addition.id)
    )
    for row in rows.all():
        values = {
            "words": row.words,
            "asks": row.asks,
            "key_id": row.key_id,
            "created_at": row.created_at,
            "turn_id": row.turn_id,
            "address": row.address,
            "lat": row.lat,
            "lon": row.lon,
        }
        await _copy(session, target.id, row.conversation_id, values, made)


async def _copy(
    session: AsyncSession, request_id: int, conversation_id: int | None, values: dict[str, Any], made: Made
) -> None:
    """An entry with its own time, which is how it is known again when its resident is taken out."""
    row = Addition(request_id=request_id, conversation_id=conversation_id, **values)
    session.add(row)
    await session.flush()
    made.additions.append(row.id)


async def _copy_photos(session: AsyncSession, from_id: int, to_id: int, made: Made) -> None:
    rows = await session.scalars(
        select(RequestPhoto)
        .where(RequestPhoto.request_id == from_id, RequestPhoto.kind == "report")
        .order_by(RequestPhoto.id)
    )
    for photo in rows.all():
        fresh = await session.scalar(
            insert(RequestPhoto)
            .values(
                request_id=to_id,
                photo_id=photo.photo_id,
                kind="report",
                conversation_id=photo.conversation_id,
                cleared=photo.cleared,
                turn_id=photo.turn_id,
                created_at=photo.created_at,
            )
            .on_conflict_do_nothing()
            .returning(RequestPhoto.id)
        )
        if fresh is not None:
            made.photos.append(fresh)
