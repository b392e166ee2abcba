"""Telegram Web sends the words on the location button instead of a location: another way is named."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.settling.arrival import Arrival, say


async def settle(session: AsyncSession, arrival: Arrival) -> bool:
    if not arrival.inbound.location_label:
        return False
    await say(session, arrival, "location_button", kind="notice")
    return True
