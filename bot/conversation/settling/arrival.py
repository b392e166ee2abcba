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
# In a message's payload: it was settled, and its words go to the engine all the same, for danger and nothing else.
FOR_DANGER = "for_danger"


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
    for_danger: bool = False  # once it is settled: its words are still listened to, see `listen_for_danger`

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


async def listen_for_danger(session: AsyncSession, arrival: Arrival) -> None:
    """Let the engine hear the words of a message that is settled as it does while a person talks: only danger is answered.

    Not once danger was told and our texts lead nowhere: staff know, and two machines must come to an end.
    """
    conversation = await session.get_one(Conversation, arrival.conversation_id)
    in_circles = loops.texts_without_progress(await arrival.recent(session)) >= loops.MOST
    if in_circles and conversation.danger_at is not None:
        return
    message = await session.get_one(Message, arrival.message_id)
    message.payload = {**message.payload, FOR_DANGER: True}
    arrival.for_danger = True
