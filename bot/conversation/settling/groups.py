"""Group chats, which are not supported: said once."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import InboundKind
from bot.conversation.settling.arrival import Arrival, say
from bot.db.tables import Message


async def settle(session: AsyncSession, arrival: Arrival) -> bool:
    if arrival.inbound.kind is not InboundKind.GROUP:
        return False
    if await _first_time(session, arrival.conversation_id):
        await say(session, arrival, "group")
    return True


async def _first_time(session: AsyncSession, conversation_id: int) -> bool:
    found = await session.scalar(
        select(Message.id)
        .where(Message.conversation_id == conversation_id, Message.direction == "out")
        .limit(1)
    )
    return found is None
