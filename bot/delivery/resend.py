"""Sending a message once more that failed, because a person says so."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.conversation.consent import withheld
from bot.conversation.states import OutboundState
from bot.db.jobs import enqueue_delivery
from bot.db.tables import Conversation, Message
from bot.delivery.progress import Progress, queue_again


class UnknownMessageError(LookupError):
    """There is no such message to a resident."""


class NotFailedError(ValueError):
    """Only a message that failed can be sent again."""


class ResidentStoppedError(ValueError):
    """The resident does not want messages, or gave up the number, so that nothing can be sent again."""


async def resend(
    session: AsyncSession, message_id: int, actor: str, conversation_id: int | None = None
) -> Message:
    """Queue a failed message again, with a day of its own; of a long one, from the part on that failed.

    The parts behind that one are repeated, since a text with a hole in it cannot be read.
    Raises UnknownMessageError (also when it is not in `conversation_id`), NotFailedError or ResidentStoppedError.
    """
    message = await session.get(Message, message_id, with_for_update=True)
    if (
        message is None
        or message.direction != "out"
        or conversation_id not in (None, message.conversation_id)
    ):
        raise UnknownMessageError(f"There is no message {message_id} to a resident.")
    if message.state != OutboundState.FAILED:
        raise NotFailedError(f"Message {message_id} did not fail: it is {message.state}.")
    conversation = await session.get_one(Conversation, message.conversation_id)
    if conversation.contact.given_up_at is not None:
        raise ResidentStoppedError("The resident gave up this number, so that nothing can be sent again.")
    if withheld(conversation.contact, message.kind):
        raise ResidentStoppedError("The resident does not want messages, so that nothing can be sent again.")
    progress = Progress.of(message.payload)
    queue_again(message, progress.from_part(progress.failed[0] if progress.failed else progress.sent))
    message.failure = message.error_code = message.detail = None
    record(session, actor, "message.resent", "conversation", message.conversation_id, message=message.id)
    await enqueue_delivery(session, message.conversation_id, message.channel)
    return message
