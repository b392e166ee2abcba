"""What we said in a conversation: the open question, and the message that a quote or a reaction is about."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.outbox import DIALOGUE, stored_options
from bot.db.tables import Message
from bot.text.fold import fold
from bot.text.reactions import quotes

LOOKED_BACK = 60  # messages in which a quoted one is looked for


async def last_question(session: AsyncSession, conversation_id: int) -> Message | None:
    """The last thing we said that was no notice beside the dialogue."""
    found: Message | None = await session.scalar(
        select(Message)
        .where(
            Message.conversation_id == conversation_id, Message.direction == "out", Message.kind.in_(DIALOGUE)
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
    return found


async def message_of(session: AsyncSession, conversation_id: int, provider_id: str) -> Message | None:
    """Our message with this id at the provider, where it is one of ours: each part of a reply has its own."""
    found: Message | None = await session.scalar(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.direction == "out",
            or_(
                Message.provider_id == provider_id,
                Message.payload["provider_ids"].contains([provider_id]),
            ),
        )
        .limit(1)
    )
    return found


async def quoted(session: AsyncSession, conversation_id: int, quote: str, before: int) -> Message | None:
    """The newest message before `before`, ours or theirs, that says the quoted words; they may be cut off."""
    words = fold(quote)
    rows = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.id < before, Message.body != "")
        .order_by(Message.id.desc())
        .limit(LOOKED_BACK)
    )
    return next((row for row in rows if quotes(words, fold(as_read(row)))), None)


def as_read(message: Message) -> str:
    """A message as the phone shows it: an SMS has its options below the words."""
    options = stored_options(message.payload)
    return "\n".join(
        [message.body, *(f"{number} {one.label}" for number, one in enumerate(options, start=1))]
    )
