"""Two machines that answer each other end: at most five texts of ours without progress in an hour.

Progress, measured on what is stored: a request filed, followed or judged; an option chosen; a photo, a pin; or an answer of
ours that we had not given yet to words that had not been said yet. A text of ours that does not follow from one of these
(the same question again, anything said to a text that came before) is one text without progress.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.channels.messages import InboundKind, Option
from bot.conversation.choices import chosen_option
from bot.conversation.outbox import DIALOGUE, stored_options
from bot.db.tables import Feedback, Message, ServiceRequest, Subscriber
from bot.text.automatic import near_identical

WINDOW = timedelta(hours=1)
MOST = 5  # texts of ours without progress within the window
READ = 80  # messages read; whoever sends more within an hour is slowed by `pace`


async def recent_messages(session: AsyncSession, conversation_id: int, *, before: int) -> list[Message]:
    """What was said within the window before a message, oldest first."""
    rows = await session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.id < before,
            Message.created_at > datetime.now(UTC) - WINDOW,
        )
        .options(selectinload(Message.media))
        .order_by(Message.id.desc())
        .limit(READ)
    )
    return list(rows)[::-1]


async def filed_lately(session: AsyncSession, conversation_id: int) -> bool:
    """Whether a request was filed, followed or judged within the window."""
    since = datetime.now(UTC) - WINDOW
    query = select(
        exists().where(ServiceRequest.conversation_id == conversation_id, ServiceRequest.created_at > since)
        | exists().where(Subscriber.conversation_id == conversation_id, Subscriber.created_at > since)
        | exists().where(Feedback.conversation_id == conversation_id, Feedback.created_at > since)
    )
    return bool(await session.scalar(query))


async def turns_in_circles(
    session: AsyncSession, conversation_id: int, recent: Sequence[Message], text: str
) -> bool:
    """Whether `MOST` texts of ours led nowhere, so that this one is not answered either."""
    if texts_without_progress(recent) < MOST or _is_choice(text, recent):
        return False
    return not await filed_lately(session, conversation_id)


def texts_without_progress(recent: Sequence[Message]) -> int:
    """How many of our texts since the last certain progress (an option, a photo, a pin, a person) led nowhere."""
    count, fresh = 0, True
    heard: list[str] = []
    said: list[str] = []
    for message in recent:
        if message.direction == "in":
            moves_on = message.kind == InboundKind.BUTTON or message.media or "pin" in message.payload
            if moves_on or chosen_option(message.body, _offered(recent, message.id)):
                count, fresh = 0, True
            else:
                fresh = "automatic" not in message.payload and _is_new(message.body, heard)
            heard.append(message.body)
        elif message.author != "bot":
            count, fresh = 0, True
        else:
            count += not (fresh and not any(near_identical(message.body, before) for before in said))
            said.append(message.body)
    return count


def _is_new(text: str, heard: Sequence[str]) -> bool:
    """Short answers ("ok", "1") are said again by anybody."""
    return len(text.split()) < 3 or not any(near_identical(text, before) for before in heard)


def _is_choice(text: str, recent: Sequence[Message]) -> bool:
    """Whether the text picks an option on offer: the dialogue moves on then."""
    return chosen_option(text, _offered(recent, None)) is not None


def _offered(recent: Sequence[Message], before: int | None) -> tuple[Option, ...]:
    ours = [
        message
        for message in recent
        if message.direction == "out" and message.kind in DIALOGUE and (before is None or message.id < before)
    ]
    return stored_options(ours[-1].payload) if ours else ()
