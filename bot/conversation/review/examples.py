"""Examples that reviewers make of messages: proposed, accepted or rejected, and written down for a training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.staff import StaffMember
from bot.city.current import catalogue
from bot.conversation.review.masking import LONGEST, masked
from bot.db.tables import Contact, Conversation, Example, Message, Turn

PAGE = 50
MAX_PLACE = 120  # characters


class Kind(StrEnum):
    SERVICE = "service"  # it reports something of a service
    ACT = "act"  # it does something in a dialogue
    PLACE = "place"  # it names a place: measured, and for who keeps the city pack; no training learns it


class State(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


# The acts that `data/nlu/<language>/acts` teaches: what a message does, whatever was asked.
ACTS = (
    "give_place", "add_to_request", "correct", "affirm", "deny", "skip", "go_back", "start_over", "ask_person", "ask_status", "ask_how_long",
    "ask_hours", "ask_services", "ask_about_bot", "change_language", "fixed", "not_fixed", "rate", "complain_service", "abuse", "greet", "thanks",
    "goodbye", "out_of_scope",
)  # fmt: skip


class NoExampleError(LookupError):
    """There is no such message or example, or nothing of the message is left to learn from."""


class ExampleError(ValueError):
    """A label that does not exist, or words that are empty or too long."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A message as it may become an example."""

    message_id: int
    conversation_id: int
    body: str
    text: str  # masked
    language: str
    taken_for: str  # a service's code or an act's name
    place: str  # what was taken for the place


async def propose(session: AsyncSession, message_id: int) -> Proposal:
    """The masked words of a resident's message, and what the bot made of them. Raises `NoExampleError`."""
    found = (
        await session.execute(
            select(Message, Contact, Turn.understood)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .join(Contact, Contact.id == Conversation.contact_id)
            .outerjoin(Turn, Turn.id == Message.turn_id)
            .where(Message.id == message_id, Message.direction == "in")
        )
    ).first()
    if found is None or not found[0].body.strip():
        raise NoExampleError
    message, contact, understood = found[0], found[1], found[2] or {}
    place = understood.get("place") or {}
    return Proposal(
        message.id,
        message.conversation_id,
        message.body,
        masked(message.body, names=filter(None, [contact.display_name]), places=[place.get("words") or ""]),
        str(understood.get("language") or contact.language or "en"),
        taken_for(understood),
        str(place.get("name") or ""),
    )


def taken_for(understood: Mapping[str, Any]) -> str:
    """What a turn was taken for, as an example's label would say it; "" where nothing is known."""
    meant = str(understood.get("meant") or understood.get("intent") or "")
    services = understood.get("services")
    return str(services[0][0]) if meant in ("report", "another") and services else meant


async def save_example(
    session: AsyncSession,
    proposal: Proposal,
    staff: StaffMember,
    kind: Kind,
    label: str,
    text: str,
    now: datetime,
) -> Example:
    """Keep what `staff` says a message was; `text` are the masked words as they left them. What was said of it before is replaced.

    Raises `ExampleError`.
    """
    # Once more: what a person typed may hold a number, and a place's words are their own label.
    words = masked(text)
    known = {
        Kind.SERVICE: label in catalogue().services,
        Kind.ACT: label in ACTS,
        Kind.PLACE: 0 < len(label) <= MAX_PLACE,
    }
    if not known[kind] or not words or len(text) > LONGEST:
        raise ExampleError
    example = await session.scalar(
        select(Example)
        .where(Example.message_id == proposal.message_id, Example.kind == kind)
        .with_for_update()
    )
    if example is None:
        example = Example(
            message_id=proposal.message_id, conversation_id=proposal.conversation_id, kind=str(kind)
        )
        session.add(example)
    example.language, example.text, example.label = proposal.language, words, label
    example.taken_for = proposal.place if kind is Kind.PLACE else proposal.taken_for
    example.state, example.author, example.created_at = str(State.WAITING), staff.author, now
    example.decided_by = example.decided_at = example.trained_at = None
    await session.flush()
    record(session, staff.author, "example.proposed", "example", example.id, kind=str(kind))
    return example


async def decide(
    session: AsyncSession, example_id: int, staff: StaffMember, now: datetime, *, accept: bool
) -> None:
    """Accept or reject an example; decided otherwise before, the last word counts. Raises `NoExampleError`."""
    example = await session.scalar(select(Example).where(Example.id == example_id).with_for_update())
    if example is None:
        raise NoExampleError
    example.state = str(State.ACCEPTED if accept else State.REJECTED)
    example.decided_by, example.decided_at = staff.author, now
    action = "example.accepted" if accept else "example.rejected"
    record(session, staff.author, action, "example", example.id)
    await session.flush()


async def list_examples(
    session: AsyncSession, state: State, before: int | None = None
) -> tuple[list[Example], bool]:
    """A page of them, the newest first, and whether more follow."""
    query = select(Example).where(Example.state == state).order_by(Example.id.desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(Example.id < before)
    found = list(await session.scalars(query))
    return found[:PAGE], len(found) > PAGE


async def count_examples(session: AsyncSession) -> dict[str, int]:
    rows = await session.execute(select(Example.state, func.count()).group_by(Example.state))
    return {str(state): 0 for state in State} | {row.state: row[1] for row in rows}


async def accepted(session: AsyncSession) -> Sequence[Example]:
    rows = await session.scalars(select(Example).where(Example.state == State.ACCEPTED).order_by(Example.id))
    return list(rows)
