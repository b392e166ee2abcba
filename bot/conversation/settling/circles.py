"""Loops: after too many texts of ours that led nowhere, what comes is shown to staff and no longer answered.

Most likely it is a machine. It may be a person whom we do not understand, so a person of the city is called, and words are
listened to for danger as during a takeover, until danger was told once.
"""

from __future__ import annotations

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import InboundKind
from bot.conversation import loops
from bot.conversation.attention import Why, call_person
from bot.conversation.settling.arrival import MEANS, Arrival
from bot.conversation.settling.automatic import Sign
from bot.db.tables import Conversation, Message

log = structlog.get_logger(__name__)


async def settle(session: AsyncSession, arrival: Arrival) -> bool:
    inbound = arrival.inbound
    if inbound.pin or inbound.kind is not InboundKind.MESSAGE:
        return False
    recent = await arrival.recent(session)
    types = [file.content_type for file in inbound.media]
    if types and not loops.attaches_the_usual(recent, types):
        return False  # a photo is progress, unless it is a logo that has come before
    if not await loops.turns_in_circles(session, arrival.conversation_id, recent, inbound.text):
        return False
    message = await session.get_one(Message, arrival.message_id)
    if str(message.payload.get(MEANS, "")).startswith("/choose"):
        return False  # a number that is not theirs, updates that are wanted: obeyed, however often they wrote
    message.payload = {**message.payload, "automatic": str(Sign.LOOP)}
    conversation = await session.get_one(Conversation, arrival.conversation_id)
    call_person(conversation, Why.LOST)
    log.info("inbound.automatic", conversation_id=arrival.conversation_id, sign=Sign.LOOP)
    return conversation.danger_at is not None
