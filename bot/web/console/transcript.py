"""The transcript beside a request: every message as staff read it, with what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.channels.messages import Channel, InboundKind, Pin
from bot.city.current import gazetteer
from bot.city.location import Point
from bot.conversation.choices import read_button
from bot.conversation.outbox import stored_map, stored_options, stored_venue
from bot.db.tables import Audit, Contact, Conversation, Message
from bot.delivery.progress import Progress
from bot.web.console.understood import understood_by_message

# What the audit trail says of a conversation and the transcript shows, too.
MARKED = (
    "conversation.taken_over",
    "conversation.handed_back",
    "conversation.joined",
    "conversation.parted",
    "contact.still_theirs",
    "contact.erased",
)
SHOWN = 200  # messages at once; a city that talks with someone for years still opens the page fast


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message: kept as a photo, refused for a reason, or still on its way."""

    photo_id: int | None
    state: str
    refusal: str | None


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    state: str
    error_code: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One message. `outbound` ones carry a delivery state and receipts."""

    id: int
    outbound: bool
    kind: str
    author: str  # resident, bot, or staff:<username>
    at: datetime
    body: str
    options: tuple[str, ...]
    pin: Pin | None
    attachments: tuple[Attachment, ...]
    state: str
    detail: str | None
    error_code: str | None
    parts: int  # of a long text
    failed_parts: tuple[int, ...]  # counted from 1
    without_pictures: str | None  # why it went without them
    receipts: tuple[ReceiptLine, ...]
    unsupported: str | None
    ask_location: bool
    danger: tuple[str, ...]  # of what the resident told: "crisis", "emergency"
    map: Pin | None  # the place shown on a map, which an SMS goes without
    quote: str | None = None  # the words it replies to
    start: str | None = None  # what a link put behind /start
    automatic: str | None = None  # why it counts as written by a machine
    reaction: str | None = None
    understood: Mapping[str, Any] | None = (
        None  # of the turn that it ends: `bot.conversation.talk.understood`
    )

    @property
    def staff_username(self) -> str | None:
        return self.author.removeprefix("staff:") if self.author.startswith("staff:") else None


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened to the conversation between two messages."""

    action: str  # of the audit trail: one of `MARKED`
    author: str  # staff:<username>, resident, or system
    at: datetime

    @property
    def staff_username(self) -> str | None:
        return self.author.removeprefix("staff:") if self.author.startswith("staff:") else None


@dataclass(frozen=True, slots=True)
class Transcript:
    """The newest messages of a conversation, oldest first, and what happened between them."""

    lines: list[Line]
    earlier: bool  # there are more before the first line
    before: dict[int, list[Mark]]  # marks above a line, by its id
    after: list[Mark]  # below the last line
    language: str  # that resident and bot speak there

    @property
    def first_id(self) -> int:
        return self.lines[0].id if self.lines else 0


async def load_transcript(
    session: AsyncSession, conversation_id: int, *, before: int | None = None
) -> Transcript:
    query = (
        select(Message)
        .where(Message.conversation_id == conversation_id)
        .options(selectinload(Message.media), selectinload(Message.receipts))
        .order_by(Message.id.desc())
        .limit(SHOWN + 1)
    )
    if before is not None:
        query = query.where(Message.id < before)
    found = list(await session.scalars(query))
    messages = found[:SHOWN][::-1]
    offered = await _offered_labels(session, conversation_id, messages)
    understood = await understood_by_message(session, messages)
    lines = [replace(_line(message, offered), understood=understood.get(message.id)) for message in messages]
    if any(line.pin and not line.pin.name for line in lines):
        # The first look-up loads the city's streets, which takes a second: not in the event loop.
        lines = await asyncio.to_thread(lambda: [_with_named_pin(line) for line in lines])
    marks = await _marks(session, conversation_id, lines[0].at if len(found) > SHOWN else None)
    above: dict[int, list[Mark]] = {}
    for mark in marks:
        line = next((line for line in lines if line.at >= mark.at), None)
        if line is not None:
            above.setdefault(line.id, []).append(mark)
    after = [mark for mark in marks if not lines or mark.at > max(line.at for line in lines)]
    shown_after = [] if before is not None else after
    return Transcript(
        lines, len(found) > SHOWN, above, shown_after, await _language(session, conversation_id)
    )


async def _language(session: AsyncSession, conversation_id: int) -> str:
    found = await session.scalar(
        select(Contact.language)
        .join(Conversation, Conversation.contact_id == Contact.id)
        .where(Conversation.id == conversation_id)
    )
    return found or "en"


async def _marks(session: AsyncSession, conversation_id: int, since: datetime | None) -> list[Mark]:
    query = (
        select(Audit.action, Audit.actor, Audit.at)
        .where(
            Audit.subject_kind == "conversation",
            Audit.subject_id == str(conversation_id),
            Audit.action.in_(MARKED),
        )
        .order_by(Audit.id.desc())
        .limit(SHOWN)
    )
    if since is not None:
        query = query.where(Audit.at >= since)
    return [Mark(*row) for row in (await session.execute(query)).all()][::-1]


async def _offered_labels(
    session: AsyncSession, conversation_id: int, messages: Sequence[Message]
) -> dict[str, str]:
    """What the buttons said that were pressed in `messages`, by their callback data."""
    pressed = {
        str(m.payload["button"]) for m in messages if m.kind == InboundKind.BUTTON and "button" in m.payload
    }
    ids = {button[0] for data in pressed if (button := read_button(data))}
    if not ids:
        return {}
    rows = await session.execute(
        select(Message.id, Message.payload).where(
            Message.id.in_(ids), Message.conversation_id == conversation_id
        )
    )
    return {
        f"{message_id}:{index}": option.label
        for message_id, payload in rows
        for index, option in enumerate(stored_options(payload))
    }


def _line(message: Message, offered: dict[str, str]) -> Line:
    payload = message.payload
    progress = Progress.of(payload)
    return Line(
        id=message.id,
        outbound=message.direction == "out",
        kind=message.kind,
        author=message.author,
        at=message.sent_at if message.direction == "out" and message.sent_at else message.created_at,
        body=message.body or offered.get(str(payload.get("button")), ""),
        options=tuple(option.label for option in stored_options(payload)),
        pin=_pin(payload),
        attachments=tuple(Attachment(m.photo_id, m.state, m.refusal) for m in message.media),
        state=message.state,
        detail=message.detail,
        error_code=message.error_code,
        parts=progress.parts,
        failed_parts=tuple(part + 1 for part in progress.failed),
        without_pictures=progress.without.since if progress.without else None,
        receipts=tuple(ReceiptLine(r.state, r.error_code, r.received_at) for r in message.receipts),
        unsupported=payload.get("unsupported"),
        ask_location=bool(payload.get("ask_location")),
        danger=tuple(payload.get("danger") or ()),
        map=stored_map(payload) if message.channel == Channel.TELEGRAM else None,
        quote=payload.get("quote"),
        start=payload.get("start"),
        automatic=payload.get("automatic"),
        reaction=payload.get("reaction"),
    )


def _pin(payload: dict[str, Any]) -> Pin | None:
    sent = payload.get("pin")
    if sent:
        return Pin(sent["lat"], sent["lon"], sent.get("name"), sent.get("address"))
    return stored_venue(payload)


def _with_named_pin(line: Line) -> Line:
    """A bare pin gets the name people would give the place."""
    pin = line.pin
    if pin is None or pin.name:
        return line
    return replace(line, pin=replace(pin, name=gazetteer().reverse(Point(pin.lat, pin.lon)).name))
