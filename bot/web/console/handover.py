"""A person instead of the bot: taking a conversation over, answering in it, handing it back."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.staff import StaffMember
from bot.conversation.consent import is_blocked
from bot.conversation.danger_marks import acknowledge_by_acting
from bot.conversation.outbox import Reply, queue_replies
from bot.db.tables import Conversation, Message

MAX_REPLY = 1_000  # characters; Twilio ends at 1,600, and nobody reads seven texts


class UnknownConversationError(LookupError):
    """There is no conversation with this id."""


class StoppedError(ValueError):
    """The resident does not want messages, or gave up the number."""


class ReplyError(ValueError):
    """A reply is empty or too long."""


async def take_over(session: AsyncSession, conversation_id: int, staff: StaffMember) -> Conversation:
    """The bot is silent from now on, and `staff` answers; a colleague who did so until now is named in the audit trail.

    Raises `UnknownConversationError`.
    """
    conversation = await _locked(session, conversation_id)
    await acknowledge_by_acting(session, conversation_id, staff, datetime.now(UTC))
    if conversation.taken_over_at is None or conversation.taken_over_by != staff.id:
        before = conversation.taken_over_by if conversation.taken_over_at is not None else None
        detail = {"from_staff_id": before} if before is not None else {}
        conversation.taken_over_at, conversation.taken_over_by = datetime.now(UTC), staff.id
        record(session, staff.author, "conversation.taken_over", "conversation", conversation_id, **detail)
    return conversation


async def hand_back(session: AsyncSession, conversation_id: int, staff: StaffMember) -> None:
    """The bot answers again, and nobody waits for a person any more. Raises `UnknownConversationError`."""
    conversation = await _locked(session, conversation_id)
    await acknowledge_by_acting(session, conversation_id, staff, datetime.now(UTC))
    if conversation.taken_over_at is not None or conversation.wants_person_at is not None:
        record(session, staff.author, "conversation.handed_back", "conversation", conversation_id)
    conversation.taken_over_at = conversation.taken_over_by = None
    conversation.wants_person_at = conversation.danger_at = None


async def reply_as_person(
    session: AsyncSession, conversation_id: int, staff: StaffMember, text: str, seen_message_id: int
) -> Message | None:
    """Send `text` under the staff member's name. A conversation that the bot had is theirs from now on; one that a colleague
    has taken over stays the colleague's: taking it over is a click of its own.

    `seen_message_id`: the last message on the page that was answered. The same words sent twice from one
    page (an impatient double click) go out once: then None.
    Raises `UnknownConversationError`, `StoppedError` or `ReplyError`.
    """
    if not text or len(text) > MAX_REPLY:
        raise ReplyError(f"A reply has 1 to {MAX_REPLY} characters.")
    conversation = await _locked(session, conversation_id)
    if conversation.taken_over_at is None:
        conversation = await take_over(session, conversation_id, staff)
    if is_blocked(conversation.contact):
        raise StoppedError("The resident cannot be texted.")
    if await _sent_before(session, conversation_id, staff, text, seen_message_id):
        return None
    await acknowledge_by_acting(session, conversation_id, staff, datetime.now(UTC))
    conversation.wants_person_at = conversation.danger_at = None
    (message,) = await queue_replies(session, conversation, [Reply(text)], author=staff.author)
    record(session, staff.author, "conversation.replied", "conversation", conversation_id, message=message.id)
    return message


async def _sent_before(
    session: AsyncSession, conversation_id: int, staff: StaffMember, text: str, after: int
) -> bool:
    found = await session.scalar(
        select(Message.id)
        .where(
            Message.conversation_id == conversation_id,
            Message.id > after,
            Message.author == staff.author,
            Message.body == text,
        )
        .limit(1)
    )
    return found is not None


async def _locked(session: AsyncSession, conversation_id: int) -> Conversation:
    conversation = await session.scalar(
        select(Conversation).where(Conversation.id == conversation_id).with_for_update(of=Conversation)
    )
    if conversation is None:
        raise UnknownConversationError("There is no such conversation.")
    return conversation
