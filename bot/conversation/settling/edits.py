"""Edited messages: they mend what they edit and never answer the question that is open.

An edit whose words are the same was made by no person (a preview came, somebody reacted): it is forgotten. One of a message
that no turn has taken yet changes that message. Any other is a turn of its own, which knows the words before.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import InboundKind
from bot.conversation.settling.arrival import Arrival
from bot.conversation.states import InboundState
from bot.db.tables import Media, Message


async def settle(session: AsyncSession, arrival: Arrival) -> bool:
    inbound = arrival.inbound
    if inbound.kind is not InboundKind.EDIT:
        return False
    await session.flush()
    original = await _version(session, arrival, first=True)
    if original is None:
        return False  # we never had it: its words are new to us
    current = await _version(session, arrival, first=False) or original
    if await _has_media(session, original.id):
        # The same picture comes again, under another file id.
        await session.execute(delete(Media).where(Media.message_id == arrival.message_id))
    if current.body.strip() == inbound.text.strip():
        await session.execute(delete(Media).where(Media.message_id == arrival.message_id))
        await session.execute(delete(Message).where(Message.id == arrival.message_id))
        return True
    mark: dict[str, Any] = {"edits": original.id, "before": current.body}
    edit = await session.get_one(Message, arrival.message_id)
    edit.payload = {**edit.payload, **mark}
    await session.flush()
    waiting = original.state == InboundState.RECEIVED and original.turn_id is None
    if not waiting:
        return original.kind != InboundKind.MESSAGE  # what was no words in the first place is mended by none
    await session.execute(update(Message).where(Message.id == original.id).values(body=inbound.text))
    return True


async def _version(session: AsyncSession, arrival: Arrival, *, first: bool) -> Message | None:
    """The message as it was first, or after its latest edit before this one."""
    provider_id = arrival.inbound.provider_id
    found: Message | None = await session.scalar(
        select(Message)
        .where(
            Message.conversation_id == arrival.conversation_id,
            Message.direction == "in",
            Message.id != arrival.message_id,
            or_(
                Message.provider_id == provider_id,
                Message.provider_id.startswith(f"{provider_id}:edit:", autoescape=True),
            )
            if not first
            else Message.provider_id == provider_id,
        )
        .order_by(Message.id.desc())
        .limit(1)
        .with_for_update()
    )
    return found


async def _has_media(session: AsyncSession, message_id: int) -> bool:
    return await session.scalar(select(Media.id).where(Media.message_id == message_id).limit(1)) is not None
