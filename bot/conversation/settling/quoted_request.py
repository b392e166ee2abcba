"""Which request a message of ours told of: what a resident writes below it, as a reply or a quote, is about that one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.lookup import UnknownRequestError, find_joined, is_followed_by
from bot.conversation.choices import read_button
from bot.conversation.settling.said import message_of
from bot.db.tables import Message, ServiceRequest, Turn, Update

MOST_LOOKED_FOR = 50  # requests of theirs whose numbers are looked for in a text


async def request_quoted(session: AsyncSession, messages: Sequence[Message]) -> str | None:
    """The reference of the request that the last of these messages of a resident which answers one of ours is about.

    None where none does, or ours told of no request, or of several. Of one that was joined: the one it was joined with.
    """
    for message in reversed(messages):
        ours = await _answered(session, message)
        if ours is not None:
            reference = await _told_of(session, ours)
            return await _by_now(session, reference) if reference else None
    return None


async def _answered(session: AsyncSession, message: Message) -> Message | None:
    if about := message.payload.get("about_message_id"):
        return await message_of(session, message.conversation_id, str(about))
    pressed = read_button(str(message.payload.get("button", "")))
    if pressed is None:
        return None
    found: Message | None = await session.scalar(
        select(Message).where(Message.id == pressed[0], Message.conversation_id == message.conversation_id)
    )
    return found


async def _told_of(session: AsyncSession, ours: Message) -> str | None:
    if ours.turn_id is not None:
        pushed: str | None = await session.scalar(
            select(ServiceRequest.reference)
            .join(Update, Update.request_id == ServiceRequest.id)
            .join(Turn, Turn.update_id == Update.id)
            .where(Turn.id == ours.turn_id)
        )
        if pushed is not None:
            return pushed
    theirs = list(
        await session.scalars(
            select(ServiceRequest.reference)
            .where(is_followed_by(ours.conversation_id))
            .order_by(ServiceRequest.id.desc())
            .limit(MOST_LOOKED_FOR)
        )
    )
    if named := [reference for reference in theirs if reference in ours.body]:
        return named[0] if len(named) == 1 else None
    if ours.turn_id is None:
        return None
    # What was said in one breath with its number: "Do you want texts about it?"
    beside = await session.scalars(
        select(Message.body).where(Message.turn_id == ours.turn_id, Message.direction == "out")
    )
    words = "\n".join(beside)
    named = [reference for reference in theirs if reference in words]
    return named[0] if len(named) == 1 else None


async def _by_now(session: AsyncSession, reference: str) -> str | None:
    try:
        return (await find_joined(session, reference)).reference
    except UnknownRequestError:
        return None
