"""Words of conversations in which nobody has said anything for long, and of which no request is open."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.status import FINISHED
from bot.db.tables import Conversation, ServiceRequest, Subscriber
from bot.keeping.words import forget_words


def nothing_open() -> ColumnElement[bool]:
    """Neither a request they filed nor one they follow is open."""
    theirs = or_(
        ServiceRequest.conversation_id == Conversation.id,
        exists().where(
            and_(Subscriber.request_id == ServiceRequest.id, Subscriber.conversation_id == Conversation.id)
        ),
    )
    return ~exists().where(theirs, ServiceRequest.status.not_in([str(status) for status in FINISHED]))


async def forget_texts(session: AsyncSession, before: datetime, limit: int) -> int:
    """Remove the words of at most `limit` conversations silent since `before`; gives their number."""
    ids = await session.scalars(
        select(Conversation.id)
        .where(
            Conversation.last_message_at < before,
            or_(
                Conversation.forgotten_at.is_(None),
                Conversation.forgotten_at < Conversation.last_message_at,
            ),
            nothing_open(),
        )
        .order_by(Conversation.last_message_at)
        .limit(limit)
        # Who writes in this moment has the row, and words that are not old.
        .with_for_update(of=Conversation, skip_locked=True)
    )
    found = list(ids)
    if found:
        await forget_words(session, found, datetime.now(UTC))
    return len(found)
