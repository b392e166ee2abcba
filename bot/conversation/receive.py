"""Taking an inbound event in: one short transaction, repeats are no-ops, what needs no understanding is settled here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import bindparam, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Inbound, InboundKind
from bot.conversation.settling import settle
from bot.conversation.settling.arrival import Arrival
from bot.conversation.states import InboundState
from bot.db.jobs import enqueue_media, enqueue_turn
from bot.db.tables import Media, Message

log = structlog.get_logger(__name__)

MAX_BODY = 8_000  # characters kept of one message; both providers send less


@dataclass(frozen=True, slots=True)
class Received:
    conversation_id: int
    message_id: int | None  # None: we had it already
    duplicate: bool


async def receive(session: AsyncSession, inbound: Inbound) -> Received:
    """Store one inbound event and enqueue what it makes necessary."""
    stored = await _store(session, inbound)
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


# One statement for contact, conversation and message: this is what a provider waits for, and each statement is a
# round trip. Only the contact's name is refreshed: its language is the conversation's business after the first
# message. The predicate of ON CONFLICT must be literal: once psycopg prepares the statement, a parameter in it no
# longer matches the partial index.
_STORE = text(
    """
    WITH contact AS (
        INSERT INTO contacts (channel, address, display_name, language)
        VALUES (:channel, :address, :display_name, :language)
        ON CONFLICT (channel, address)
        DO UPDATE SET display_name = coalesce(excluded.display_name, contacts.display_name)
        RETURNING id, language, opted_out_at
    ), conversation AS (
        INSERT INTO conversations (contact_id, last_message_at) SELECT id, now() FROM contact
        ON CONFLICT (contact_id) DO UPDATE SET last_message_at = now()
        RETURNING id
    ), message AS (
        INSERT INTO messages
            (conversation_id, direction, channel, provider_id, kind, author, body, payload, state)
        SELECT id, 'in', :channel, :provider_id, :kind, 'resident', :body, :payload, 'received' FROM conversation
        ON CONFLICT (channel, provider_id) WHERE direction = 'in' DO NOTHING
        RETURNING id
    )
    SELECT contact.id, contact.language, contact.opted_out_at IS NOT NULL, conversation.id, message.id
    FROM contact CROSS JOIN conversation LEFT JOIN message ON true
    """
).bindparams(bindparam("payload", type_=JSONB))


async def _store(session: AsyncSession, inbound: Inbound) -> _Stored:
    # An edited message keeps its provider id; each edit is a row of its own, once per moment.
    provider_id = inbound.provider_id
    if inbound.kind is InboundKind.EDIT and inbound.sent_at:
        provider_id = f"{provider_id}:edit:{int(inbound.sent_at.timestamp())}"
    values = {
        "channel": inbound.channel,
        "address": inbound.address,
        "display_name": inbound.display_name,
        "language": inbound.language_hint,
        "provider_id": provider_id,
        "kind": inbound.kind,
        "body": inbound.text[:MAX_BODY].replace("\x00", ""),
        "payload": _payload(inbound),
    }
    row = (await session.execute(_STORE, values)).one()
    return _Stored(*row)


def _payload(inbound: Inbound) -> dict[str, Any]:
    payload: dict[str, Any] = {}
    if inbound.pin:
        pin = inbound.pin
        payload["pin"] = {"lat": pin.lat, "lon": pin.lon, "name": pin.name, "address": pin.address}
        if pin.from_map:
            payload["pin"]["map"] = True
    for name in ("button", "callback_id", "album_id", "unsupported", "language_hint"):
        if value := getattr(inbound, name):
            payload[name] = value
    return payload
