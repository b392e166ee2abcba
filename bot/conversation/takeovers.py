"""A person instead of the bot: whose conversation it is, and giving back what was forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.conversation.attention import Why, call_person
from bot.db.session import transaction
from bot.db.tables import Conversation, Message
from bot.settings import Settings

log = structlog.get_logger(__name__)

AT_ONCE = 100  # conversations in one transaction; the rest follows a minute later


async def hand_back_forgotten(config: Settings, now: datetime | None = None) -> int:
    """Give conversations back to the bot in which staff have said nothing for `CITYLINE_TAKEOVER_HOURS`; gives their number.

    The transcript shows it (its marks are the audit trail). What a resident wrote last and nobody answered stays before people:
    the bot has not heard it.
    """
    if not config.takeover_hours:
        return 0
    before = (now or datetime.now(UTC)) - timedelta(hours=config.takeover_hours)
    async with transaction() as session:
        conversations = await session.scalars(
            select(Conversation)
            .where(Conversation.taken_over_at < before, ~_said_since(before))
            .order_by(Conversation.id)
            .limit(AT_ONCE)
            .with_for_update(of=Conversation, skip_locked=True)
        )
        found = list(conversations)
        for conversation in found:
            await _hand_back(session, conversation)
    return len(found)


def _said_since(moment: datetime) -> ColumnElement[bool]:
    return exists().where(
        Message.conversation_id == Conversation.id,
        Message.direction == "out",
        Message.author.like("staff:%"),
        Message.created_at >= moment,
    )


async def _hand_back(session: AsyncSession, conversation: Conversation) -> None:
    taken_over_at = conversation.taken_over_at
    conversation.taken_over_at = conversation.taken_over_by = None
    if await _unanswered(session, conversation.id, taken_over_at):
        call_person(conversation, Why.ASKED)
    record(session, "system", "conversation.handed_back", "conversation", conversation.id, why="forgotten")
    log.info("conversation.handed_back_by_time", conversation_id=conversation.id)


async def _unanswered(session: AsyncSession, conversation_id: int, since: datetime | None) -> bool:
    """Whether the resident has said something during the takeover after which nobody of the city said anything."""
    last_answer = (
        select(func.coalesce(func.max(Message.id), 0))
        .where(
            Message.conversation_id == conversation_id,
            Message.direction == "out",
            Message.author.like("staff:%"),
        )
        .scalar_subquery()
    )
    return bool(
        await session.scalar(
            select(
                exists().where(
                    Message.conversation_id == conversation_id,
                    Message.direction == "in",
                    Message.created_at >= since,
                    Message.id > last_answer,
                )
            )
        )
    )
