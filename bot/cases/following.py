"""Following somebody else's request: its updates, and one's own words and photos added to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy import distinct, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.added import Said, keep_addition
from bot.cases.audit import record
from bot.cases.filing import add_photos
from bot.cases.lookup import find_joined
from bot.cases.outward import changed
from bot.cases.people import person_of
from bot.cases.status import FINISHED
from bot.city.location import Location
from bot.db.tables import Conversation, RequestPhoto, Subscriber

log = structlog.get_logger(__name__)


class FinishedMeanwhileError(Exception):
    """The request is resolved or closed by now: there is nothing left to follow."""


@dataclass(frozen=True, slots=True)
class Following:
    """What a resident who follows a request said of it."""

    conversation_id: int
    reference: str
    words: str
    place_text: str
    location: Location | None
    photo_ids: tuple[int, ...] = ()
    turn_id: int | None = None  # of the turn that said it, as in `bot.cases.added.Said`
    at: datetime | None = None  # when they said it, aware; None: now


async def follow_request(session: AsyncSession, following: Following) -> int:
    """Subscribe the conversation and keep its words and photos; gives how many follow the request now.

    Who follows it already adds what they say. Safe to repeat. Raises `UnknownRequestError`, `FinishedMeanwhileError`.
    """
    request = await find_joined(session, following.reference, lock=True)
    if request.status in FINISHED:
        raise FinishedMeanwhileError
    place, at = following.location, following.at or datetime.now(UTC)
    values = {
        "words": following.words,
        "place_text": following.place_text,
        "address": place.name if place else None,
        "lat": place.point.lat if place else None,
        "lon": place.point.lon if place else None,
    }
    fresh = await session.scalar(
        insert(Subscriber)
        .values(
            request_id=request.id,
            conversation_id=following.conversation_id,
            origin="followed",
            created_at=at,
            **values,
        )
        .on_conflict_do_nothing()
        .returning(Subscriber.id)
    )
    if fresh is not None:
        await changed(session, request.id)
        await add_photos(session, request.id, following.photo_ids, following.conversation_id, at=at)
    elif not await _told_first(session, request.id, following):
        said = Said(following.words, following.photo_ids, following.location, following.turn_id, at)
        await keep_addition(session, request.id, following.conversation_id, said)
    if fresh is not None or following.photo_ids:
        record(session, "resident", "request.followed", "request", request.reference)
        log.info("request.followed", request_id=request.id, conversation_id=following.conversation_id)
    return await count_followers(session, request.id)


async def _told_first(session: AsyncSession, request_id: int, following: Following) -> bool:
    """Whether this is the very turn by which they follow it, taken again: the same words, and no photo that is new."""
    words = await session.scalar(
        select(Subscriber.words).where(
            Subscriber.request_id == request_id, Subscriber.conversation_id == following.conversation_id
        )
    )
    known = await session.scalars(
        select(RequestPhoto.photo_id).where(
            RequestPhoto.request_id == request_id, RequestPhoto.photo_id.in_(following.photo_ids)
        )
    )
    return words == following.words and set(known) >= set(following.photo_ids)


async def count_followers(session: AsyncSession, request_id: int) -> int:
    """How many residents follow a request, who filed it included: whoever does so in two conversations is one."""
    query = (
        select(func.count(distinct(person_of())))
        .select_from(Subscriber)
        .join(Conversation, Conversation.id == Subscriber.conversation_id)
        .where(Subscriber.request_id == request_id)
    )
    return await session.scalar(query) or 0
