"""Who got an update that is not theirs: "wrong number", "I never reported anything", "who is this?"."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.lookup import is_followed_by
from bot.channels.messages import InboundKind
from bot.conversation.outbox import DIALOGUE
from bot.conversation.settling.arrival import Arrival, means
from bot.conversation.settling.quoted_request import request_quoted
from bot.db.tables import Contact, Message, ServiceRequest, Turn, Update
from bot.text.strangers import Stranger, stranger_in

# An update is answered within so long, if it is.
ANSWERED_WITHIN = timedelta(days=14)
WHO_WE_ARE = "/ask_about_bot"


async def settle(session: AsyncSession, arrival: Arrival) -> bool:
    """What the words mean is the dialogue's to answer, which knows what was open. Settled only where it was answered before:
    who says once more that a request is not theirs, of which their number was taken off, is not told so again.
    """
    inbound = arrival.inbound
    if inbound.kind is not InboundKind.MESSAGE or inbound.media or inbound.pin:
        return False
    stranger = stranger_in(inbound.text)
    if stranger is None:
        return False
    reference = await _quoted(session, arrival) or await told_of(
        session, arrival.conversation_id, last_only=stranger is Stranger.ASKS
    )
    if reference is not None and await _is_off(session, arrival, reference):
        if stranger is Stranger.DENIES:
            return True
        reference = None
    if reference is not None:
        await means(session, arrival, "/choose" + json.dumps({"choice": f"not_mine:{reference}"}))
    elif stranger is Stranger.ASKS:
        await means(session, arrival, WHO_WE_ARE)
    return False


async def _quoted(session: AsyncSession, arrival: Arrival) -> str | None:
    """The request of the message that the words were written below."""
    return await request_quoted(session, [await session.get_one(Message, arrival.message_id)])


async def _is_off(session: AsyncSession, arrival: Arrival, reference: str) -> bool:
    """Whether the number was taken off a request because it said that it is not theirs."""
    contact = await session.get_one(Contact, arrival.contact_id)
    if contact.disowned_at is None:
        return False
    return not await follows(session, arrival.conversation_id, reference)


async def follows(session: AsyncSession, conversation_id: int, reference: str) -> bool:
    """Whether a conversation follows the request with this reference."""
    theirs = exists().where(ServiceRequest.reference == reference, is_followed_by(conversation_id))
    return bool(await session.scalar(select(theirs)))


async def told_of(session: AsyncSession, conversation_id: int, *, last_only: bool) -> str | None:
    """The reference of the request of the newest update that was told here lately; with `last_only` if nothing was said since."""
    newest = (
        select(Message.turn_id)
        .where(
            Message.conversation_id == conversation_id,
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
