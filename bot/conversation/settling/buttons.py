"""Pressed buttons that are none of ours, or no longer: ignored, with the waiting mark taken off."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import InboundKind
from bot.conversation.choices import read_button
from bot.conversation.outbox import stored_options
from bot.conversation.settling.arrival import Arrival
from bot.db.jobs import Queue, TaskName, enqueue
from bot.db.tables import Message


async def settle(session: AsyncSession, arrival: Arrival) -> bool:
    inbound = arrival.inbound
    if inbound.kind is not InboundKind.BUTTON or inbound.text:
        return False  # WhatsApp sends the words of a button beside its payload: they are read then
    if await _is_ours(session, arrival.conversation_id, inbound.button or ""):
        return False
    if inbound.callback_id:
        await enqueue(
            session,
            TaskName.ANSWER_BUTTON,
            Queue.DELIVERIES,
            channel=str(inbound.channel),
            callback_id=inbound.callback_id,
        )
    return True


async def _is_ours(session: AsyncSession, conversation_id: int, data: str) -> bool:
    pressed = read_button(data)
    if pressed is None:
        return False
    message_id, index = pressed
    payload = await session.scalar(
        select(Message.payload).where(
            Message.id == message_id, Message.conversation_id == conversation_id, Message.direction == "out"
        )
    )
    return payload is not None and index < len(stored_options(payload))
