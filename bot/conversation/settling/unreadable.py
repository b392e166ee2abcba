"""What we cannot read: a sticker, a voice note, a video without words."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import InboundKind
from bot.conversation.settling.arrival import Arrival, say
from bot.conversation.texts import unseen_text


async def settle(session: AsyncSession, arrival: Arrival) -> bool:
    """Say what we cannot see. A question that is open stays open: nobody answered it."""
    inbound = arrival.inbound
    if inbound.kind is not InboundKind.UNSUPPORTED:
        return False
    if inbound.album_id:  # its words may stand beside another picture of the album: the turn says it
        return False
    await say(session, arrival, unseen_text(inbound.unsupported), kind="notice")
    return True
