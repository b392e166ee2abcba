"""Danger that a resident told of, marked for staff: on the messages and on the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.attention import Why, call_person
from bot.db.tables import Conversation, Message

log = structlog.get_logger(__name__)


async def mark_danger(
    session: AsyncSession, conversation_id: int, turn_id: int, kinds: Sequence[str]
) -> None:
    """Mark the turn's messages with `kinds` ("crisis", "emergency") and the conversation as one for a person."""
    conversation = await session.get_one(Conversation, conversation_id)
    conversation.danger_at = conversation.danger_at or datetime.now(UTC)
    call_person(conversation, Why.DANGER)
    messages = await session.scalars(
        select(Message).where(Message.turn_id == turn_id, Message.direction == "in").order_by(Message.id)
    )
    for message in messages:
        message.payload = {**message.payload, "danger": list(kinds)}
    log.info("danger.told", conversation_id=conversation_id, kinds=list(kinds))
