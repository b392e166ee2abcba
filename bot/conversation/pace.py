"""Slowing a flood: who sends very many messages is answered in larger turns, farther apart, and told so once.

Nothing is dropped: every message is in the transcript and in a turn. One telephone that floods must not keep the
engine from everybody else.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.texts import gateway_text
from bot.db.tables import Conversation, Message, Turn

log = structlog.get_logger(__name__)

WINDOW = timedelta(minutes=1)
MANY = 25  # messages within the window; a lively person who sends photos one by one stays below
APART = timedelta(seconds=15)  # between two turns of a flood
TOLD_AGAIN_AFTER = timedelta(hours=6)


# Counted no farther than needed: among the newest of the conversation.
_NEWEST = (
    select(Message.created_at)
    .where(Message.conversation_id == bindparam("conversation"), Message.direction == "in")
    .order_by(Message.id.desc())
    .limit(MANY + 1)
    .subquery()
)
_LATELY = select(func.count()).select_from(_NEWEST).where(_NEWEST.c.created_at > bindparam("since"))


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
    """How many messages came within the window; of a flood only that there are too many."""
    return await session.scalar(_LATELY, {"conversation": conversation.id, "since": now - WINDOW}) or 0
