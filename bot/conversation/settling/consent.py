"""Wishes to hear no more, and to hear again."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Channel, InboundKind
from bot.conversation.reserved import ReservedWord
from bot.conversation.settling.arrival import Arrival, say
from bot.db.tables import Contact

log = structlog.get_logger(__name__)


async def settle(session: AsyncSession, arrival: Arrival) -> bool:
    inbound, word = arrival.inbound, arrival.word
    if inbound.kind is InboundKind.BLOCKED or word is ReservedWord.STOP:
        await _stop(session, arrival, stopped=True)
        # Twilio confirms a carrier's STOP itself and blocks the number; who blocked the bot reads nothing.
        if inbound.channel is not Channel.SMS and word is ReservedWord.STOP:
            await say(session, arrival, "stopped", kind="consent")
        return True
    starts = word in (ReservedWord.START, ReservedWord.YES) or inbound.kind is InboundKind.UNBLOCKED
    if arrival.stopped and (starts or inbound.channel is Channel.TELEGRAM):
        await _stop(session, arrival, stopped=False)
        if starts:
            await say(session, arrival, "started")
            return True
    # A new member says something next; there is nothing to answer yet.
    return inbound.kind is InboundKind.UNBLOCKED


async def _stop(session: AsyncSession, arrival: Arrival, *, stopped: bool) -> None:
    contact = await session.get_one(Contact, arrival.contact_id)
    contact.opted_out_at = datetime.now(UTC) if stopped else None
    log.info("consent.stopped" if stopped else "consent.started", conversation_id=arrival.conversation_id)
