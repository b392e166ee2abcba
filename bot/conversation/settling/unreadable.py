"""What we cannot read: a sticker, a voice note, a video without words."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import InboundKind
from bot.conversation.settling.arrival import Arrival, say


async def settle(session: AsyncSession, arrival: Arrival) -> bool:
    if arrival.inbound.kind is not InboundKind.UNSUPPORTED:
        return False
    await say(session, arrival, "unsupported")
    return True
