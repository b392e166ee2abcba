"""What reviewers do: mark as reviewed, flag, tag, write a note. Nothing of it is seen or felt by a resident."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.staff import StaffMember
from bot.conversation.review.facts import refresh_facts
from bot.db.tables import Conversation, ConversationFacts, Message, Review, ReviewNote

MOST_TAGS = 10  # of one conversation
MAX_NOTE = 2_000  # characters
_TAG = re.compile(r"[^\w\- ]+")
_LONGEST_TAG = 30


class NothingToReviewError(LookupError):
    """There is no such conversation, or nobody has written in it."""


class ReviewError(ValueError):
    """A tag or a note is empty, too long, or one too many; the message says which."""


async def facts_of(session: AsyncSession, conversation_id: int, now: datetime) -> ConversationFacts:
    """The facts of a conversation, as of now. Raises `NothingToReviewError`."""
    await refresh_facts(session, [conversation_id], now)
    facts = await session.scalar(
        select(ConversationFacts)
        .where(ConversationFacts.conversation_id == conversation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if facts is None:
        raise NothingToReviewError
    return facts


async def mark_reviewed(
    session: AsyncSession, conversation_id: int, staff: StaffMember, upto: int, now: datetime
) -> None:
    """That `staff` read the conversation up to message `upto`; what was said after it is still to be read.

    Raises `NothingToReviewError`. Marked twice, it counts once.
    """
    facts = await facts_of(session, conversation_id, now)
    newest = await session.scalar(
        select(func.max(Message.id)).where(Message.conversation_id == conversation_id, Message.id <= upto)
    )
    if newest is None:
        raise NothingToReviewError
    if facts.reviewed_upto is not None and facts.reviewed_upto >= newest:
        return
    facts.reviewed_upto, facts.reviewed_at, facts.reviewed_by = newest, now, staff.id
    session.add(Review(conversation_id=conversation_id, staff_id=staff.id, upto=newest, at=now))
    record(session, staff.author, "conversation.reviewed", "conversation", conversation_id)
    await session.flush()
    await refresh_facts(session, [conversation_id], now)


async def mark_unread(session: AsyncSession, conversation_id: int, staff: StaffMember, now: datetime) -> None:
    """Take the mark back: it stands in the queue again. Raises `NothingToReviewError`."""
    facts = await facts_of(session, conversation_id, now)
    facts.reviewed_upto = facts.reviewed_at = facts.reviewed_by = None
    record(session, staff.author, "conversation.unreviewed", "conversation", conversation_id)
    await session.flush()
    await refresh_facts(session, [conversation_id], now)


async def flag(
    session: AsyncSession, conversation_id: int, staff: StaffMember, now: datetime, *, on: bool
) -> None:
    """Put it first in the queue, or back in its place. Raises `NothingToReviewError`."""
    facts = await facts_of(session, conversation_id, now)
    if on == (facts.flagged_at is not None):
        return
    facts.flagged_at, facts.flagged_by = (now, staff.id) if on else (None, None)
    if on:  # somebody is to look at it, whoever has
        facts.reviewed_upto = facts.reviewed_at = facts.reviewed_by = None
    action = "conversation.flagged" if on else "conversation.unflagged"
    record(session, staff.author, action, "conversation", conversation_id)
    await session.flush()
    await refresh_facts(session, [conversation_id], now)


def as_tag(text: str) -> str:
    """A tag as it is kept: lower case, words joined by one blank."""
    return " ".join(_TAG.sub(" ", text.lower()).split())[:_LONGEST_TAG].strip()


async def set_tag(
    session: AsyncSession, conversation_id: int, staff: StaffMember, tag: str, now: datetime, *, on: bool
) -> None:
    """Put a tag on, or take it off. Raises `NothingToReviewError`, `ReviewError`."""
    tag = as_tag(tag)
    if not tag:
        raise ReviewError("A tag has letters or digits.")
    facts = await facts_of(session, conversation_id, now)
    tags = [one for one in facts.tags if one != tag] + ([tag] if on else [])
    if len(tags) > MOST_TAGS:
        raise ReviewError(f"A conversation has {MOST_TAGS} tags at most.")
    facts.tags = tags
    record(session, staff.author, "conversation.tagged", "conversation", conversation_id, on=on)
    await session.flush()
    await refresh_facts(session, [conversation_id], now)


async def add_note(
    session: AsyncSession,
    conversation_id: int,
    staff: StaffMember,
    body: str,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Raises `NothingToReviewError`, `ReviewError`."""
    if not body or len(body) > MAX_NOTE:
        raise ReviewError(f"A note has 1 to {MAX_NOTE} characters.")
    if await session.get(Conversation, conversation_id) is None:
        raise NothingToReviewError
    if message_id is not None:
        of_it = await session.scalar(
            select(Message.id).where(Message.id == message_id, Message.conversation_id == conversation_id)
        )
        message_id = of_it
    note = ReviewNote(
        conversation_id=conversation_id, message_id=message_id, author=staff.author, body=body, at=now
    )
    session.add(note)
    record(session, staff.author, "conversation.noted", "conversation", conversation_id)
    await session.flush()
