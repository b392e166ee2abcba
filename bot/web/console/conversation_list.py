"""The list of conversations: who waits for a person first, then whoever wrote last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import InboundKind
from bot.conversation.consent import is_blocked
from bot.db.tables import Contact, Conversation, Message, ServiceRequest, Staff
from bot.web.access import MAX_ID
from bot.web.console.people import contact_name

PAGE = 50
SOME_WORDS = 4  # characters: fewer are the number of an option
_ALL = true()  # everybody's


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """One line of the list."""

    id: int
    name: str
    channel: str
    last_at: datetime
    last_author: str
    last_words: str  # "" when the last message had none
    last_kind: str
    waiting_since: datetime | None  # asked for a person, and nobody has taken over
    taken_over_by: str | None  # name of the member of staff
    stopped: bool
    given_up: bool  # the number is not theirs any more
    danger: bool  # told of danger, and nobody has answered yet
    requests: int


@dataclass(frozen=True, slots=True)
class ConversationPage:
    waiting: list[ConversationRow]
    rows: list[ConversationRow]
    more: bool

    @property
    def cursor(self) -> str:
        """Where the next page begins; see `read_cursor`."""
        return f"{self.rows[-1].last_at.isoformat()}~{self.rows[-1].id}" if self.rows else ""


def read_cursor(cursor: str) -> tuple[datetime, int] | None:
    """The position a page begins after, or None for the first page or a cursor that is none."""
    moment, _, number = cursor.partition("~")
    try:
        position = datetime.fromisoformat(moment), int(number)
    except ValueError:
        return None
    return position if position[0].tzinfo and 0 < position[1] <= MAX_ID else None


async def load_conversations(
    session: AsyncSession, cursor: str = "", sight: ColumnElement[bool] = _ALL
) -> ConversationPage:
    """The page that begins at the cursor, of those that are in sight."""
    waits = Conversation.wants_person_at.is_not(None) & Conversation.taken_over_at.is_(None)
    after = read_cursor(cursor)
    waiting: Sequence[ConversationRow] = []
    if after is None:
        waiting = await _rows(
            session,
            select(Conversation)
            .where(waits, sight)
            .order_by(Conversation.danger_at.is_(None), Conversation.wants_person_at),
        )
    query = (
        select(Conversation)
        .where(Conversation.last_message_at.is_not(None), ~waits, sight)
        .order_by(Conversation.last_message_at.desc(), Conversation.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        query = query.where(tuple_(Conversation.last_message_at, Conversation.id) < tuple_(*after))
    rows = await _rows(session, query)
    return ConversationPage(list(waiting), rows[:PAGE], len(rows) > PAGE)


async def _rows(session: AsyncSession, query: Select[Conversation]) -> list[ConversationRow]:
    conversations = list(await session.scalars(query))
    ids = [conversation.id for conversation in conversations]
    last = await _last_messages(session, ids)
    requests = await _request_counts(session, ids)
    staff = await _names(session, {c.taken_over_by for c in conversations if c.taken_over_by})
    return [
        _row(c, last.get(c.id), requests.get(c.id, 0), staff.get(c.taken_over_by or 0)) for c in conversations
    ]


def _row(
    conversation: Conversation, last: Message | None, requests: int, staff_name: str | None
) -> ConversationRow:
    contact: Contact = conversation.contact
    waits = conversation.wants_person_at if conversation.taken_over_at is None else None
    return ConversationRow(
        conversation.id,
        contact_name(contact),
        contact.channel,
        conversation.last_message_at or conversation.created_at,
        last.author if last else "",
        last.body if last else "",
        last.kind if last else InboundKind.MESSAGE,
        waits,
        staff_name if conversation.taken_over_at else None,
        is_blocked(contact),
        contact.given_up_at is not None,
        conversation.danger_at is not None,
        requests,
    )


async def _last_messages(session: AsyncSession, ids: Sequence[int]) -> dict[int, Message]:
    """The last that a person said in each, of more than the number of an option: what the bot says is the same in all. Else the last of all."""
    # A few steps into the index (conversation, id) for each line, however long a conversation is.
    said = _last(Message.author != "bot", func.char_length(Message.body) >= SOME_WORDS)
    wanted = select(func.coalesce(said, _last())).where(Conversation.id.in_(ids))
    rows = await session.scalars(select(Message).where(Message.id.in_(wanted)))
    return {message.conversation_id: message for message in rows}


def _last(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    query = select(Message.id).where(Message.conversation_id == Conversation.id, *conditions)
    return query.order_by(Message.id.desc()).limit(1).correlate(Conversation).scalar_subquery()


async def _request_counts(session: AsyncSession, ids: Sequence[int]) -> dict[int, int]:
    rows = await session.execute(
        select(ServiceRequest.conversation_id, func.count())
        .where(ServiceRequest.conversation_id.in_(ids))
        .group_by(ServiceRequest.conversation_id)
    )
    return {conversation_id: count for conversation_id, count in rows if conversation_id is not None}


async def _names(session: AsyncSession, ids: set[int]) -> dict[int, str]:
    rows = await session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {row.id: row.name for row in rows}
