"""How many residents wait for a person: the number beside "Conversations" and in the title of every tab."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import Conversation, Message


async def count_waiting_for(session: AsyncSession, staff_id: int) -> int:
    """Those whom nobody has taken over, and those whom this member of staff has, and who wrote last."""
    nobodys = (
        select(func.count())
        .select_from(Conversation)
        .where(Conversation.wants_person_at.is_not(None), Conversation.taken_over_at.is_(None))
        .scalar_subquery()
    )
    last = (
        select(Message.direction)
        .where(Message.conversation_id == Conversation.id)
        .order_by(Message.id.desc())
        .limit(1)
        .correlate(Conversation)
        .scalar_subquery()
    )
    theirs = (
        select(func.count())
        .select_from(Conversation)
        .where(Conversation.taken_over_by == staff_id, Conversation.taken_over_at.is_not(None), last == "in")
        .scalar_subquery()
    )
    return await session.scalar(select(nobodys + theirs)) or 0
