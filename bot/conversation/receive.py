"""Taking an inbound event in: one short transaction, repeats are no-ops, what needs no understanding is settled here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import bindparam, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Inbound, InboundKind, Pin
from bot.conversation import our_end
from bot.conversation.settling import settle
from bot.conversation.settling.arrival import Arrival
from bot.conversation.states import InboundState
from bot.db.jobs import enqueue_media, enqueue_turn
from bot.db.tables import Media, Message
from bot.keeping.erased_ids import erased_id

log = structlog.get_logger(__name__)

MAX_BODY = 8_000  # characters kept of one message; both providers send less


@dataclass(frozen=True, slots=True)
class Received:
    conversation_id: int | None  # None: a repeat of what was erased with its sender, or of a number given up
    message_id: int | None  # None: we had it already
    duplicate: bool


async def receive(session: AsyncSession, inbound: Inbound) -> Received:
    """Store one inbound event and enqueue what it makes necessary."""
    stored = await _store(session, inbound)
    if stored is None:
        log.info("inbound.duplicate_of_nobody", channel=inbound.channel)
        return Received(None, None, True)
    if stored.message_id is None:
        log.info("inbound.duplicate", conversation_id=stored.conversation_id, channel=inbound.channel)
        return Received(stored.conversation_id, None, True)
    await _expect_files(session, stored.message_id, inbound)
    arrival = Arrival(
        inbound,
        stored.message_id,
        stored.conversation_id,
        stored.contact_id,
        stored.language,
        stored.stopped,
        stored.erasing_asked_at,
    )
    if await settle(session, arrival):
        await session.execute(
            update(Message).where(Message.id == stored.message_id).values(state=InboundState.HANDLED)
        )
    else:
        await enqueue_turn(session, stored.conversation_id)
    log.info(
        "inbound.received",
        conversation_id=stored.conversation_id,
        message_id=stored.message_id,
        kind=inbound.kind,
    )
    return Received(stored.conversation_id, stored.message_id, False)


async def _expect_files(session: AsyncSession, message_id: int, inbound: Inbound) -> None:
    files = [
        Media(
            message_id=message_id,
            position=position,
            provider_ref=media.provider_ref,
            content_type=media.content_type,
            file_name=media.file_name,
            size=media.size,
            compressed=media.compressed,
            state="waiting",
        )
        for position, media in enumerate(inbound.media)
    ]
    if files:
        session.add_all(files)
        await session.flush()
        for file in files:
            await enqueue_media(session, file.id, inbound.channel)


@dataclass(frozen=True, slots=True)
class _Stored:
    contact_id: int
    language: str | None
    stopped: bool
    conversation_id: int
    message_id: int | None  # None: the message was there already
    erasing_asked_at: datetime | None


# One statement for contact, conversation and message: this is what a provider waits for, and each statement is a
# round trip. Only the contact's name and where they reached us are refreshed: its language is the conversation's business after the first
# message. The predicate of ON CONFLICT must be literal: once psycopg prepares the statement, a parameter in it no
# longer matches the partial index. A repeat of a message whose sender was erased meanwhile gives no row at all, nor does one of
# a number that was given up meanwhile: neither may begin a contact of its own.
_STORE = text(
    """
    WITH contact AS (
        INSERT INTO contacts (channel, address, display_name, language, our_end)
        SELECT CAST(:channel AS text), CAST(:address AS text), CAST(:display_name AS text), CAST(:language AS text),
            CAST(:our_end AS jsonb)
        WHERE NOT EXISTS (
            SELECT FROM messages
            WHERE channel = CAST(:channel AS text) AND direction = 'in' AND provider_id IN (:erased_id, :provider_id)
            AND (provider_id = :erased_id OR EXISTS (
                SELECT FROM conversations JOIN contacts ON contacts.id = conversations.contact_id
                WHERE conversations.id = messages.conversation_id AND contacts.given_up_at IS NOT NULL
            ))
        )
        ON CONFLICT (channel, address) WHERE given_up_at IS NULL
        DO UPDATE SET display_name = coalesce(excluded.display_name, contacts.display_name),
            unreachable_at = NULL, unreachable_why = NULL,
            our_end = coalesce(excluded.our_end, contacts.our_end)
        RETURNING id, language, opted_out_at
    ), conversation AS (
        INSERT INTO conversations (contact_id, last_message_at) SELECT id, now() FROM contact
        ON CONFLICT (contact_id) DO UPDATE SET last_message_at = now()
        RETURNING id, erasing_asked_at
    ), message AS (
        INSERT INTO messages
            (conversation_id, direction, channel, provider_id, kind, author, body, payload, state)
        SELECT id, 'in', :channel, :provider_id, :kind, 'resident', :body, :payload, 'received' FROM conversation
        ON CONFLICT (channel, provider_id) WHERE direction = 'in' DO NOTHING
        RETURNING id
    )
    SELECT contact.id, contact.language, contact.opted_out_at IS NOT NULL, conversation.id, message.id,
        conversation.erasing_asked_at
    FROM contact CROSS JOIN conversation LEFT JOIN message ON true
    """
).bindparams(bindparam("payload", type_=JSONB), bindparam("our_end", type_=JSONB(none_as_null=True)))


async def _store(session: AsyncSession, inbound: Inbound) -> _Stored | None:
    """None: a repeat of a message that was erased with its sender, or whose sender gave up the number."""
    # An edited message keeps its provider id; each edit is a row of its own, once per moment.
    provider_id = inbound.provider_id
    if inbound.kind is InboundKind.EDIT and inbound.sent_at:
        # Two edits within a second differ in their words.
        words = hashlib.sha256(inbound.text.encode()).hexdigest()[:8]
        provider_id = f"{provider_id}:edit:{int(inbound.sent_at.timestamp())}:{words}"
    values = {
        "channel": inbound.channel,
        "address": inbound.address,
        "display_name": inbound.display_name,
        "language": inbound.language_hint,
        "provider_id": provider_id,
        "erased_id": erased_id(inbound.channel, provider_id),
        "kind": inbound.kind,
        "body": inbound.text[:MAX_BODY].replace("\x00", ""),
        "payload": _payload(inbound),
        "our_end": our_end.as_json(inbound.our_end) if inbound.our_end else None,
    }
    row = (await session.execute(_STORE, values)).one_or_none()
    return _Stored(*row) if row else None


# What of an event is kept beside its words: for the dialogue, and for staff who read the transcript.
_KEPT = (
    "button", "callback_id", "album_id", "unsupported", "language_hint", "about_message_id", "quote", "start",
    "reaction", "opt_out",
)  # fmt: skip


def _payload(inbound: Inbound) -> dict[str, Any]:
    payload: dict[str, Any] = {}
    if inbound.pin:
        payload["pin"] = stored_pin(inbound.pin)
    for name in _KEPT:
        if value := getattr(inbound, name):
            payload[name] = value
    return payload


def stored_pin(pin: Pin) -> dict[str, Any]:
    """A position as it stands in the payload of a message."""
    stored = {"lat": pin.lat, "lon": pin.lon, "name": pin.name, "address": pin.address}
    return stored | {"map": True} if pin.from_map else stored
