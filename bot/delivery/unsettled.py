"""Messages without a good end: what waits, what failed, and what keeps a whole channel from sending."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.states import WAITING, OutboundState
from bot.db.tables import Message
from bot.delivery.progress import UNCONFIRMED
from bot.failures import FailureKind


@dataclass(frozen=True, slots=True)
class Blocked:
    """A channel that cannot send until people mend something."""

    channel: str
    detail: str  # what is wrong, in our words
    waiting: int  # messages, those behind the first of a conversation included


async def list_messages(
    session: AsyncSession, states: Collection[OutboundState], limit: int
) -> Sequence[Message]:
    """Messages to residents in one of `states`, newest first; of no states: all that have no good end."""
    without_end = or_(
        Message.state.in_([*WAITING, OutboundState.FAILED]),
        Message.detail == UNCONFIRMED,
        Message.payload.has_key("without_pictures"),
    )
    query = (
        select(Message)
        .where(Message.direction == "out", Message.state.in_(states) if states else without_end)
        .order_by(Message.id.desc())
        .limit(limit)
    )
    return list(await session.scalars(query))


async def blocked_channels(session: AsyncSession) -> list[Blocked]:
    """What is set up wrongly, and how many messages wait for it."""
    held = (
        select(Message.conversation_id, Message.channel, func.min(Message.detail).label("detail"))
        .where(
            Message.direction == "out",
            Message.state.in_(WAITING),
            Message.failure == FailureKind.MISCONFIGURED,
        )
        .group_by(Message.conversation_id, Message.channel)
        .subquery()
    )
    rows = await session.execute(
        select(held.c.channel, held.c.detail, func.count(Message.id))
        .join(Message, Message.conversation_id == held.c.conversation_id)
        .where(Message.direction == "out", Message.state.in_(WAITING))
        .group_by(held.c.channel, held.c.detail)
        .order_by(func.count(Message.id).desc())
    )
    return [Blocked(channel, detail or "a setting is wrong", count) for channel, detail, count in rows]


async def count_failed(session: AsyncSession, within: timedelta = timedelta(days=1)) -> int:
    """How many messages of the last day failed."""
    query = select(func.count(Message.id)).where(
        Message.direction == "out",
        Message.state == OutboundState.FAILED,
        Message.created_at > datetime.now(UTC) - within,
    )
    return await session.scalar(query) or 0
