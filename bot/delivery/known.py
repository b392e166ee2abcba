"""What is on record when a message is looked up, and so cannot be the message that is looked for."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Known
from bot.db.tables import Message
from bot.delivery.progress import UNCONFIRMED, Progress

CLOCK_MARGIN = timedelta(seconds=10)  # by how much the clocks of our machines may differ
NEWEST = 200  # messages of the channel that a look-up is told of


async def load_known(session: AsyncSession, message: Message) -> Known:
    """What tells the message apart from others: both queries read an index from its end."""
    sent = await session.scalars(
        select(Message)
        .where(
            Message.conversation_id == message.conversation_id,
            Message.direction == "out",
            Message.id <= message.id,
        )
        .order_by(Message.id.desc())
        .limit(50)
    )
    before = list(sent)
    newest = await session.scalars(
        select(Message)
        .where(
            Message.channel == message.channel,
            or_(Message.direction == "in", Message.payload.has_key("provider_ids")),
        )
        .order_by(Message.id.desc())
        .limit(NEWEST)
    )
    latest = list(newest)
    older = before + [row for row in latest if _is_older(row, message)]
    return Known(
        earlier=frozenset(provider_id for row in older for provider_id in _ids_of(row)),
        latest=frozenset(provider_id for row in before + latest for provider_id in _ids_of(row)),
        gap=_has_gap(before),
    )


def _is_older(row: Message, message: Message) -> bool:
    """Whether the provider had a message before it can have had `message`."""
    assert message.sending_at is not None  # noqa: S101 - set with the state
    if row.direction == "in":
        return row.id < message.id or row.created_at < message.sending_at - CLOCK_MARGIN
    return row.sent_at is not None and row.sent_at < message.sending_at - CLOCK_MARGIN


def _ids_of(row: Message) -> list[str]:
    if row.direction == "in":
        return [row.provider_id] if row.provider_id else []
    progress = Progress.of(row.payload)
    return [*progress.replaced, *progress.ids]


def _has_gap(before: list[Message]) -> bool:
    """Whether a message newer than the newest with an id may have gone out; `before` is newest first."""
    for row in before:
        if row.detail == UNCONFIRMED:
            return True
        if _ids_of(row):
            return False
    return False
