"""Following somebody else's request: its updates, and one's own words and photos added to it."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.filing import add_photos
from bot.cases.lookup import UnknownRequestError, find_joined
from bot.cases.status import FINISHED
from bot.city.location import Location
from bot.db.tables import ServiceRequest, Subscriber

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


async def follow_request(session: AsyncSession, following: Following) -> int:
    """Subscribe the conversation and keep its words and photos; gives how many follow the request now.

    Safe to repeat: the same words are kept once. Raises `UnknownRequestError`, `FinishedMeanwhileError`.
    """
    request = await find_joined(session, following.reference, lock=True)
    if request.status in FINISHED:
        raise FinishedMeanwhileError
    place = following.location
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
            **values,
        )
        .on_conflict_do_nothing()
        .returning(Subscriber.id)
    )
    if fresh is None:
        await add_to_subscription(session, request, following.conversation_id, following.words)
    await add_photos(session, request.id, following.photo_ids, following.conversation_id)
    if fresh is not None or following.photo_ids:
        record(session, "resident", "request.followed", "request", request.reference)
        log.info("request.followed", request_id=request.id, conversation_id=following.conversation_id)
    return await count_followers(session, request.id)


async def add_to_subscription(
    session: AsyncSession, request: ServiceRequest, conversation_id: int, words: str
) -> bool:
    """Keep more words of somebody who follows `request`: with the request for who filed it, else apart.

    False when there is nothing new. Raises `UnknownRequestError` for a conversation that does not follow it.
    """
    subscriber = await session.scalar(
        select(Subscriber).where(
            Subscriber.request_id == request.id, Subscriber.conversation_id == conversation_id
        )
    )
    if subscriber is None:
        raise UnknownRequestError(f"There is no request {request.reference!r}.")
    filed_it = subscriber.origin == "filed"
    before = request.description if filed_it else subscriber.words
    if not words or words in before:  # a turn that is processed again adds nothing
        return False
    if filed_it:
        request.description = f"{before}\n{words}".strip()
    else:
        subscriber.words = f"{before}\n{words}".strip()
    return True


async def count_followers(session: AsyncSession, request_id: int) -> int:
    """How many residents follow a request, who filed it included."""
    query = select(func.count()).select_from(Subscriber).where(Subscriber.request_id == request_id)
    return await session.scalar(query) or 0
