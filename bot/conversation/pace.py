"""Slowing a flood: who sends very many messages is answered in larger turns, farther apart, and told so once.

Nothing is dropped: every message is in the transcript and in a turn. One telephone that floods must not keep the
engine from everybody else.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.texts import gateway_text
from bot.db.tables import Conversation, Message, Turn

log = structlog.get_logger(__name__)

WINDOW = timedelta(minutes=1)
MANY = 25  # messages within the window; a lively person who sends photos one by one stays below
APART = timedelta(seconds=15)  # between two turns of a flood
TOLD_AGAIN_AFTER = timedelta(hours=6)


async def pause_before_turn(session: AsyncSession, conversation: Conversation) -> float:
    """Seconds until the next turn of this conversation may be made; 0 for everybody who does not flood."""
    now = datetime.now(UTC)
    if await _lately(session, conversation, now) <= MANY:
        return 0.0
    last = await session.scalar(
        select(func.max(Turn.created_at)).where(Turn.conversation_id == conversation.id)
    )
    pause = (last + APART - now).total_seconds() if last else 0.0
    if pause <= 0:
        return 0.0
    if conversation.slowed_at is None or now - conversation.slowed_at > TOLD_AGAIN_AFTER:
        conversation.slowed_at = now
        language = conversation.contact.language
        reply = Reply(gateway_text("slower", language))
        await queue_replies(session, conversation, [reply], kind="notice")
        log.info("conversation.slowed", conversation_id=conversation.id)
    return pause


async def _lately(session: AsyncSession, conversation: Conversation, now: datetime) -> int:
    """How many messages came within the window, counted no farther than needed: among the newest of the conversation."""
    newest = (
        select(Message.created_at)
        .where(Message.conversation_id == conversation.id, Message.direction == "in")
        .order_by(Message.id.desc())
        .limit(MANY + 1)
        .subquery()
    )
    query = select(func.count()).select_from(newest).where(newest.c.created_at > now - WINDOW)
    return await session.scalar(query) or 0
