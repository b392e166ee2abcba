"""A message that has just been stored, and saying something to whoever sent it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Inbound
from bot.conversation import loops
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.reserved import ReservedWord, reserved_word
from bot.conversation.texts import gateway_text
from bot.db.tables import Conversation, Message

# In a message's payload: what it was found to mean when it came in, as the engine is told it.
MEANS = "means"


@dataclass(slots=True)
class Arrival:
    """One inbound event, stored, with what was known of its sender before it came."""

    inbound: Inbound
    message_id: int
    conversation_id: int
    contact_id: int
    language: str | None
    stopped: bool  # the contact had said STOP
    erasing_asked_at: datetime | None = None  # when "delete my data" was last answered with a question

    _recent: list[Message] | None = None

    async def recent(self, session: AsyncSession) -> list[Message]:
        """What was said within the last hour before it, oldest first; read once, and only where somebody asks."""
        if self._recent is None:
            self._recent = await loops.recent_messages(session, self.conversation_id, before=self.message_id)
        return self._recent

    @property
    def word(self) -> ReservedWord | None:
        """The reserved word that it is; words beside a file or a pin are never one."""
        if self.inbound.media or self.inbound.pin:
            return None
        return reserved_word(self.inbound.channel, self.inbound.text)


async def say(session: AsyncSession, arrival: Arrival, name: str, kind: str = "message") -> None:
    """Say one of the gateway's texts, unless it would be one too many for a machine; `kind` as in `queue_replies`."""
    if loops.texts_without_progress(await arrival.recent(session)) >= loops.MOST:
        return
    conversation = await session.get_one(Conversation, arrival.conversation_id)
    await queue_replies(session, conversation, [Reply(gateway_text(name, arrival.language))], kind=kind)


async def means(session: AsyncSession, arrival: Arrival, payload: str) -> None:
    """Let the message stand for `payload` ("/greet") instead of its words, which the engine need not read."""
    message = await session.get_one(Message, arrival.message_id)
    message.payload = {**message.payload, MEANS: payload}
