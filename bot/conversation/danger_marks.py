"""Danger that a resident told of, marked for staff: on the messages, on the conversation, and as an alarm until somebody sees to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.staff import StaffMember
from bot.conversation.attention import Why, call_person
from bot.db.jobs import enqueue_escalation
from bot.db.tables import Contact, Conversation, Danger, Message, Staff

log = structlog.get_logger(__name__)

CRISIS = "crisis"  # harm to oneself
ALONE = timedelta(
    minutes=2
)  # for which an alarm may go without somebody who sees to it; then everybody is told


class UnknownDangerError(LookupError):
    """There is no such alarm."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Danger that nobody has acknowledged."""

    id: int
    conversation_id: int
    contact: (
        Contact  # a copy of no session: pages are drawn after it has ended, also where it was rolled back
    )
    crisis: bool
    told_at: datetime
    escalated: bool
    message_id: int | None  # that told of it
    words: str  # of it; "" where it had none, or they were erased


async def mark_danger(
    session: AsyncSession, conversation_id: int, turn_id: int, kinds: Sequence[str]
) -> None:
    """Mark the turn's messages with `kinds` ("crisis", "emergency") and the conversation as one for a person; raise the alarm.

    One that nobody has acknowledged yet stays the only one of its conversation.
    """
    now = datetime.now(UTC)
    conversation = await session.get_one(Conversation, conversation_id)
    conversation.danger_at = conversation.danger_at or now
    call_person(conversation, Why.DANGER)
    messages = await session.scalars(
        select(Message).where(Message.turn_id == turn_id, Message.direction == "in").order_by(Message.id)
    )
    for message in messages:
        message.payload = {**message.payload, "danger": list(kinds)}
    log.info("danger.told", conversation_id=conversation_id, kinds=list(kinds))
    await _raise_alarm(session, conversation_id, turn_id, CRISIS in kinds, now)


async def _raise_alarm(
    session: AsyncSession, conversation_id: int, turn_id: int, crisis: bool, now: datetime
) -> None:
    row = insert(Danger).values(conversation_id=conversation_id, turn_id=turn_id, crisis=crisis, told_at=now)
    danger_id = await session.scalar(row.on_conflict_do_nothing().returning(Danger.id))
    if danger_id is not None:
        await enqueue_escalation(session, danger_id, now + ALONE)


async def open_alarms(session: AsyncSession, limit: int, sight: ColumnElement[bool]) -> list[Alarm]:
    """Those that nobody has acknowledged, the oldest first. `sight`: of conversations, those that somebody may see."""
    rows = await session.execute(
        select(Danger, Conversation)
        .join(Conversation, Conversation.id == Danger.conversation_id)
        .where(Danger.acknowledged_at.is_(None), sight)
        .order_by(Danger.told_at)
        .limit(limit)
    )
    found = rows.all()
    said = await _first_words(session, [danger.turn_id for danger, _ in found])
    return [
        Alarm(
            danger.id,
            danger.conversation_id,
            _copy(conversation.contact),
            danger.crisis,
            danger.told_at,
            danger.escalated_at is not None,
            *said.get(danger.turn_id, (None, "")),
        )
        for danger, conversation in found
    ]


@dataclass(frozen=True, slots=True)
class LastDanger:
    """The newest danger of a conversation, and who sees to it."""

    told_at: datetime
    seen_by: str  # name of a person of staff; "": nobody
    seen_at: datetime | None


async def last_danger(session: AsyncSession, conversation_id: int) -> LastDanger | None:
    """None where none was told."""
    rows = await session.execute(
        select(Danger.told_at, Staff.name, Danger.acknowledged_at)
        .join(Staff, Staff.id == Danger.acknowledged_by, isouter=True)
        .where(Danger.conversation_id == conversation_id)
        .order_by(Danger.id.desc())
        .limit(1)
    )
    found = rows.first()
    return LastDanger(found[0], found[1] or "", found[2]) if found else None


def _copy(contact: Contact) -> Contact:
    names = ("channel", "address", "display_name", "language", "erased_at")
    return Contact(**{name: getattr(contact, name) for name in names})


async def _first_words(session: AsyncSession, turn_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """The message of each turn that told of it: the first with words."""
    if not turn_ids:
        return {}
    rows = await session.scalars(
        select(Message)
        .where(Message.turn_id.in_(turn_ids), Message.direction == "in")
        .order_by(Message.body != "", Message.id.desc())
    )
    # The last one of each turn stays: the oldest of those with words.
    return {row.turn_id: (row.id, row.body) for row in rows if row.turn_id is not None}


async def acknowledge(session: AsyncSession, danger_id: int, staff: StaffMember, now: datetime) -> int:
    """`staff` sees to it; gives the conversation. The first who says so has it. Raises `UnknownDangerError`."""
    danger = await session.get(Danger, danger_id, with_for_update=True)
    if danger is None:
        raise UnknownDangerError("There is no such alarm.")
    _acknowledge(session, danger, staff, now)
    return danger.conversation_id


async def acknowledge_by_acting(
    session: AsyncSession, conversation_id: int, staff: StaffMember, now: datetime
) -> None:
    """Whoever answers in a conversation, or takes it over, has seen what was told there."""
    danger = await session.scalar(
        select(Danger)
        .where(Danger.conversation_id == conversation_id, Danger.acknowledged_at.is_(None))
        .with_for_update()
    )
    if danger is not None:
        _acknowledge(session, danger, staff, now)


def _acknowledge(session: AsyncSession, danger: Danger, staff: StaffMember, now: datetime) -> None:
    if danger.acknowledged_at is not None:
        return
    danger.acknowledged_at, danger.acknowledged_by = now, staff.id
    record(
        session,
        staff.author,
        "danger.acknowledged",
        "conversation",
        danger.conversation_id,
        danger=danger.id,
        seconds=round((now - danger.told_at).total_seconds()),
    )


async def escalate(session: AsyncSession, danger_id: int, now: datetime) -> bool:
    """Say that nobody acknowledged it in time; False where somebody did, or it was said before. Safe to repeat."""
    danger = await session.get(Danger, danger_id, with_for_update=True)
    if danger is None or danger.acknowledged_at is not None or danger.escalated_at is not None:
        return False
    danger.escalated_at = now
    record(session, "system", "danger.escalated", "conversation", danger.conversation_id, danger=danger.id)
    log.warning("danger.escalated", danger_id=danger.id, conversation_id=danger.conversation_id)
    return True


async def forget_alarms(session: AsyncSession, conversation_id: int, now: datetime) -> None:
    """Nobody stands behind this conversation any more: there is nothing left to see to."""
    await session.execute(
        update(Danger)
        .where(Danger.conversation_id == conversation_id, Danger.acknowledged_at.is_(None))
        .values(acknowledged_at=now)
    )
