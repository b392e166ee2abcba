"""Who got an update that is not theirs: "wrong number", "I never reported anything", "who is this?"."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import InboundKind
from bot.conversation.outbox import DIALOGUE
from bot.conversation.settling.arrival import Arrival, means
from bot.db.tables import Message, ServiceRequest, Turn, Update
from bot.text.strangers import Stranger, stranger_in

# An update is answered within so long, if it is.
ANSWERED_WITHIN = timedelta(days=14)
WHO_WE_ARE = "/ask_about_bot"


async def settle(session: AsyncSession, arrival: Arrival) -> bool:
    """Never settles: what the words mean is the dialogue's to answer, which knows what was open."""
    inbound = arrival.inbound
    if inbound.kind is not InboundKind.MESSAGE or inbound.media or inbound.pin:
        return False
    stranger = stranger_in(inbound.text)
    if stranger is None:
        return False
    reference = await _told_of(session, arrival, last_only=stranger is Stranger.ASKS)
    if reference is not None:
        await means(session, arrival, "/choose" + json.dumps({"choice": f"not_mine:{reference}"}))
    elif stranger is Stranger.ASKS:
        await means(session, arrival, WHO_WE_ARE)
    return False


async def _told_of(session: AsyncSession, arrival: Arrival, *, last_only: bool) -> str | None:
    """The request of the newest update that was told here lately; with `last_only` if nothing was said since."""
    newest = (
        select(Message.turn_id)
        .where(
            Message.conversation_id == arrival.conversation_id,
            Message.direction == "out",
            Message.kind.in_(DIALOGUE),
            Message.created_at > datetime.now(UTC) - ANSWERED_WITHIN,
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
    if not last_only:
        newest = newest.join(Turn, Turn.id == Message.turn_id).where(Turn.update_id.is_not(None))
    turn_id = await session.scalar(newest)
    if turn_id is None:
        return None
    return await session.scalar(
        select(ServiceRequest.reference)
        .join(Update, Update.request_id == ServiceRequest.id)
        .join(Turn, Turn.update_id == Update.id)
        .where(Turn.id == turn_id)
    )
