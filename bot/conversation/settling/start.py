"""Telegram's /start: how a chat begins, and what people type when they do not know how to go on.

Greeted once: who unblocks the bot presses /start in the same moment. A draft that is open goes on, and its question
stays open. What a link put behind /start ("pole-1234") is kept for staff; one that stands for words (a page's "I see it too") was
read as those words, which are the dialogue's business.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.consent import opt_in
from bot.conversation.settling.arrival import Arrival, say
from bot.conversation.texts import LANGUAGES, gateway_text
from bot.db.tables import Contact, Message

GREETED_LATELY = timedelta(minutes=1)
_GREETINGS = ("welcome", "welcome_back")


async def settle(session: AsyncSession, arrival: Arrival) -> bool:
    if arrival.inbound.start is None:
        return False
    if arrival.stopped:  # to begin again is to want to hear from us
        opt_in(await session.get_one(Contact, arrival.contact_id))
        arrival.stopped = False
    if not arrival.inbound.text.startswith("/"):
        return False
    if not await _greeted_lately(session, arrival.conversation_id):
        known = await _has_said_something(session, arrival)
        await say(session, arrival, "welcome_back" if known else "welcome", kind="notice")
    return True


async def _greeted_lately(session: AsyncSession, conversation_id: int) -> bool:
    greetings = [gateway_text(name, language) for name in _GREETINGS for language in LANGUAGES]
    query = select(
        exists().where(
            Message.conversation_id == conversation_id,
            Message.direction == "out",
            Message.created_at > datetime.now(UTC) - GREETED_LATELY,
            Message.body.in_(greetings),
        )
    )
    return bool(await session.scalar(query))


async def _has_said_something(session: AsyncSession, arrival: Arrival) -> bool:
    query = select(
        exists().where(
            Message.conversation_id == arrival.conversation_id,
            Message.direction == "out",
            Message.id < arrival.message_id,
        )
    )
    return bool(await session.scalar(query))
