"""What a resident can choose from right now."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Option
from bot.conversation.choices import chosen_option
from bot.conversation.outbox import DIALOGUE, stored_options
from bot.db.tables import Message
from bot.text.fold import fold

_LAST_SAID = (
    select(Message.payload)
    .where(
        Message.conversation_id == bindparam("conversation"),
        Message.direction == "out",
        Message.kind.in_(DIALOGUE),
    )
    .order_by(Message.id.desc())
    .limit(1)
)


async def options_on_offer(session: AsyncSession, conversation_id: int) -> tuple[Option, ...]:
    """The options of the last thing we said, if it offered any.

    What the gateway says beside the dialogue (the answer to HELP, that it is slower) leaves the question open.
    """
    last = await session.scalar(_LAST_SAID, {"conversation": conversation_id})
    return stored_options(last) if last else ()


def options_with_the_words(text: str, options: Sequence[Option]) -> list[Option]:
    """The option that the text is, or all that it is words out of: "Alto" of "Señal de alto o ceda"."""
    if (chosen := chosen_option(text, options)) is not None:
        return [chosen]
    words = fold(text)
    return [option for option in options if words and f" {words} " in f" {fold(option.label)} "]
