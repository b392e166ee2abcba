"""What residents added to a request, as its history shows it: who, when, the words with their photos, and where it was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.cases.added import came_with
from bot.cases.api_keys import names_of_keys
from bot.cases.people import of_one_person
from bot.db.tables import Addition, Conversation, Message, ServiceRequest
from bot.web.console.people import contact_name


@dataclass(frozen=True, slots=True)
class Added:
    """One entry that a resident added."""

    at: datetime
    words: str
    asks: bool  # a question to staff
    address: str  # where they say it is, unless the words are just that
    photo_ids: tuple[int, ...]
    conversation_id: int | None  # None: another system passed it on
    follower: str  # name of a resident who follows it; "" for who filed it
    passed_on_by: str  # name of that system's key; "" for what came by a conversation
    message_id: int | None  # where it stands in the transcript; None once it is forgotten


async def load_added(session: AsyncSession, request: ServiceRequest) -> list[Added]:
    """All that residents added, oldest first. `request.additions` and `request.photos` are loaded."""
    names = await _names(session, request.additions)
    keys = await names_of_keys(session, {one.key_id for one in request.additions if one.key_id is not None})
    messages = await _messages(session, request.additions)
    filed_by = request.conversation_id
    theirs = await of_one_person(session, filed_by) if filed_by is not None else frozenset[int]()
    return [
        Added(
            at=one.created_at,
            words=one.words,
            asks=one.asks,
            address=one.address if one.address and one.address != one.words else "",
            photo_ids=tuple(photo.photo_id for photo in request.photos if came_with(photo, one)),
            conversation_id=one.conversation_id,
            follower="" if one.conversation_id in theirs else names.get(one.conversation_id, ""),
            passed_on_by=keys.get(one.key_id, "") if one.key_id is not None else "",
            message_id=messages.get((one.conversation_id, one.turn_id)),
        )
        for one in request.additions
    ]


async def _names(session: AsyncSession, additions: Sequence[Addition]) -> Mapping[int | None, str]:
    """Conversation → the name of who talks there."""
    ids = {one.conversation_id for one in additions if one.conversation_id is not None}
    rows = await session.scalars(
        select(Conversation).where(Conversation.id.in_(ids)).options(selectinload(Conversation.contact))
    )
    return {row.id: contact_name(row.contact) for row in rows}


async def _messages(
    session: AsyncSession, additions: Sequence[Addition]
) -> Mapping[tuple[int | None, int | None], int]:
    """Conversation and turn → the first message that the turn took."""
    rows = await session.execute(
        select(Message.conversation_id, Message.turn_id, func.min(Message.id))
        .where(
            Message.turn_id.in_([one.turn_id for one in additions if one.turn_id is not None]),
            Message.direction == "in",
        )
        .group_by(Message.conversation_id, Message.turn_id)
    )
    return {(conversation_id, turn_id): first for conversation_id, turn_id, first in rows}
