"""Keeping `conversation_facts`: computed from messages and turns by a clock of the worker, never in the way of a message.

The clock follows the numbers of messages. What it has not seen yet is looked at in order, so that the first run over a database of before
fills the table by and by; what was committed late, with a lower number than one that was seen, is found by looking back a little.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.review.marks import Judged, Mark, Stretch, judge
from bot.db.session import transaction
from bot.db.tables import (
    Contact,
    Conversation,
    ConversationFacts,
    Feedback,
    Installation,
    Message,
    ServiceRequest,
    Turn,
    Update,
)

MESSAGES_AT_ONCE = 1_000
CONVERSATIONS_AT_ONCE = 100
LOOK_BACK = 1_000  # numbers of messages; a transaction that takes longer than so many others is rare
SECONDS_A_RUN = 20.0


async def keep_facts(now: datetime | None = None) -> int:
    """Look at all conversations in which something was said since the last run; gives how many were looked at.

    One worker does it at a time. Safe to repeat, and to be ended in the middle.
    """
    ends, looked = time.monotonic() + SECONDS_A_RUN, 0
    while time.monotonic() < ends:
        async with transaction() as session:
            found = await _take_new(session)
            if found is None:
                return looked
            ids, more = found
            ids |= await _due_again(session, now or datetime.now(UTC))
            await refresh_facts(session, sorted(ids), now)
        looked += len(ids)
        if not more:
            return looked
    return looked


async def _take_new(session: AsyncSession) -> tuple[set[int], bool] | None:
    """The conversations of the next messages, and whether more may follow; None while another worker is at it."""
    await session.execute(insert(Installation).values(id=1).on_conflict_do_nothing())
    upto = await session.scalar(
        select(Installation.facts_upto).where(Installation.id == 1).with_for_update(skip_locked=True)
    )
    if upto is None:
        return None
    fresh = (
        await session.execute(
            select(Message.id, Message.conversation_id)
            .where(Message.id > upto)
            .order_by(Message.id)
            .limit(MESSAGES_AT_ONCE)
        )
    ).all()
    late = await session.scalars(
        select(Message.conversation_id)
        .outerjoin(ConversationFacts, ConversationFacts.conversation_id == Message.conversation_id)
        .where(
            Message.id > upto - LOOK_BACK,
            Message.id <= upto,
            or_(ConversationFacts.upto.is_(None), ConversationFacts.upto < Message.id),
            Message.direction == "in",
            Message.state != "received",
        )
        .distinct()
        .limit(CONVERSATIONS_AT_ONCE)
    )
    if fresh:
        await session.execute(
            update(Installation).where(Installation.id == 1).values(facts_upto=fresh[-1].id)
        )
    ids = {row.conversation_id for row in fresh} | set(late)
    return ids, len(fresh) == MESSAGES_AT_ONCE


async def _due_again(session: AsyncSession, now: datetime) -> set[int]:
    rows = await session.scalars(
        select(ConversationFacts.conversation_id)
        .where(ConversationFacts.look_again_at <= now)
        .order_by(ConversationFacts.look_again_at)
        .limit(CONVERSATIONS_AT_ONCE)
    )
    return set(rows)


@dataclass
class _Gathered:
    """What is stored of one conversation since it was reviewed."""

    contact: Contact
    kept: ConversationFacts | None
    wants_person_why: str | None
    upto: int = 0
    last_in: int = 0
    last_at: datetime | None = None
    first_at: datetime | None = None
    turn_ids: list[int] = field(default_factory=list)
    turns: list[dict[str, Any]] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    ratings: list[int] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)

    def stretch(self, last_at: datetime) -> Stretch:
        stopped = self.contact.opted_out_at
        return Stretch(
            self.contact.channel,
            self.contact.language,
            last_at,
            self.turns,
            self.services,
            self.ratings,
            opted_out=stopped is not None and self.first_at is not None and stopped >= self.first_at,
            **{name: name in self.flags for name in _FLAGS},
        )


_FLAGS = ("not_fixed", "corrected", "staff_wrote", "danger", "parked", "looped")


async def refresh_facts(session: AsyncSession, ids: Sequence[int], now: datetime | None = None) -> None:
    """Compute the facts of these conversations anew. One without a message of its resident has none."""
    for start in range(0, len(ids), CONVERSATIONS_AT_ONCE):
        await _refresh(session, ids[start : start + CONVERSATIONS_AT_ONCE], now or datetime.now(UTC))


async def _refresh(session: AsyncSession, ids: Sequence[int], now: datetime) -> None:
    gathered = await _conversations(session, ids)
    await _messages(session, gathered)
    await _turns(session, gathered)
    await _requests(session, gathered)
    rows = [
        _row(conversation_id, one, one.last_at, now)
        for conversation_id, one in gathered.items()
        if one.last_at is not None
    ]
    # Nothing new since it was reviewed: what was found then stays as it is, but for flag and tags.
    for conversation_id, one in gathered.items():
        if one.last_at is None and one.kept is not None:
            await _keep_as_it_is(session, conversation_id, one.kept)
    if rows:
        statement = insert(ConversationFacts).values(rows)
        changed = {name: statement.excluded[name] for name in rows[0] if name != "conversation_id"}
        await session.execute(
            statement.on_conflict_do_update(index_elements=["conversation_id"], set_=changed)
        )


def _row(conversation_id: int, one: _Gathered, last_at: datetime, now: datetime) -> dict[str, Any]:
    kept = one.kept
    judged: Judged = judge(
        one.stretch(last_at),
        now,
        flagged=kept is not None and kept.flagged_at is not None,
        tags=kept.tags if kept else (),
    )
    return {
        "conversation_id": conversation_id,
        "upto": one.upto,
        "last_at": last_at,
        "outcome": str(judged.outcome),
        "question": judged.question,
        "service": judged.service,
        "marks": list(judged.marks),
        "score": judged.score,
        "look_again_at": judged.look_again_at,
    }


async def _keep_as_it_is(session: AsyncSession, conversation_id: int, kept: ConversationFacts) -> None:
    own = {str(Mark.FLAGGED), str(Mark.REVIEWED)}
    marks = [mark for mark in kept.marks if mark not in own and not mark.startswith("tag:")]
    marks += [f"tag:{tag}" for tag in kept.tags]
    marks += [str(Mark.REVIEWED)] if kept.reviewed_at else []
    marks += [str(Mark.FLAGGED)] if kept.flagged_at else []
    await session.execute(
        update(ConversationFacts)
        .where(ConversationFacts.conversation_id == conversation_id)
        .values(marks=marks, score=0, look_again_at=None)
    )


async def _conversations(session: AsyncSession, ids: Sequence[int]) -> dict[int, _Gathered]:
    rows = await session.execute(
        select(Conversation, ConversationFacts)
        .outerjoin(ConversationFacts, ConversationFacts.conversation_id == Conversation.id)
        # Whoever was erased has left the list of conversations, and is nobody's to review.
        .where(Conversation.id.in_(ids), Conversation.last_message_at.is_not(None))
    )
    return {
        conversation.id: _Gathered(conversation.contact, kept, conversation.wants_person_why)
        for conversation, kept in rows
    }


async def _messages(session: AsyncSession, gathered: dict[int, _Gathered]) -> None:
    rows = await session.execute(
        select(
            Message.id,
            Message.conversation_id,
            Message.direction,
            Message.author,
            Message.state,
            Message.turn_id,
            Message.created_at,
            Message.payload["automatic"].astext.label("automatic"),
            Message.payload.has_key("danger").label("danger"),
        )
        .outerjoin(ConversationFacts, ConversationFacts.conversation_id == Message.conversation_id)
        .where(
            Message.conversation_id.in_(gathered),
            Message.id > func.coalesce(ConversationFacts.reviewed_upto, 0),
        )
        .order_by(Message.id)
    )
    for row in rows:
        one = gathered[row.conversation_id]
        one.upto = row.id
        one.first_at = one.first_at or row.created_at
        if row.direction == "out":
            one.flags |= {"staff_wrote"} if row.author.startswith("staff:") else set()
            continue
        one.last_at, one.last_in = row.created_at, row.id
        if row.turn_id is not None and row.turn_id not in one.turn_ids:
            one.turn_ids.append(row.turn_id)
        one.flags |= {"danger"} if row.danger else set()
        one.flags |= {"parked"} if row.state == "parked" else set()
        one.flags |= {"looped"} if row.automatic == "loop" or one.wants_person_why == "lost" else set()


async def _turns(session: AsyncSession, gathered: dict[int, _Gathered]) -> None:
    wanted = [turn_id for one in gathered.values() for turn_id in one.turn_ids]
    rows = await session.execute(
        select(Turn.id, Turn.understood).where(Turn.id.in_(wanted), Turn.understood.is_not(None))
    )
    found = {row.id: row.understood for row in rows}
    for one in gathered.values():
        one.turns = [found[turn_id] for turn_id in one.turn_ids if turn_id in found]


async def _requests(session: AsyncSession, gathered: dict[int, _Gathered]) -> None:
    """What was filed, judged and put right since."""
    began = {key: one.first_at for key, one in gathered.items() if one.first_at is not None}
    requests = await session.execute(
        select(ServiceRequest.conversation_id, ServiceRequest.service_code, ServiceRequest.created_at)
        .where(ServiceRequest.conversation_id.in_(began))
        .order_by(ServiceRequest.id)
    )
    for conversation_id, code, at in requests:
        if conversation_id is not None and at >= began[conversation_id]:
            gathered[conversation_id].services.append(code)
    judged = await session.execute(
        select(Feedback.conversation_id, Feedback.rating, Feedback.verdict, Feedback.created_at).where(
            Feedback.conversation_id.in_(began)
        )
    )
    for conversation_id, rating, verdict, at in judged:
        if at >= began[conversation_id]:
            one = gathered[conversation_id]
            one.ratings += [rating] if rating is not None else []
            one.flags |= {"not_fixed"} if verdict == "not_fixed" else set()
    corrected = await session.execute(
        select(ServiceRequest.conversation_id, func.max(Update.created_at))
        .join(Update, Update.request_id == ServiceRequest.id)
        .where(ServiceRequest.conversation_id.in_(began), Update.corrected.is_not(None))
        .group_by(ServiceRequest.conversation_id)
    )
    for conversation_id, at in corrected:
        if conversation_id is not None and at >= began[conversation_id]:
            gathered[conversation_id].flags.add("corrected")
