"""Taking an inbound event in: one short transaction, repeats are no-ops, reserved words are settled here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Channel, Inbound, InboundKind
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.reserved import ReservedWord, reserved_word
from bot.conversation.states import InboundState
from bot.conversation.texts import gateway_text
from bot.db.jobs import enqueue_turn
from bot.db.tables import Contact, Conversation, Media, Message

log = structlog.get_logger(__name__)

MAX_BODY = 8_000  # characters kept of one message; both providers send less


@dataclass(frozen=True, slots=True)
class Received:
    conversation_id: int
    message_id: int | None  # None: we had it already
    duplicate: bool


async def receive(session: AsyncSession, inbound: Inbound) -> Received:
    """Store one inbound event and enqueue what it makes necessary."""
    contact = await _upsert_contact(session, inbound)
    conversation_id = await _upsert_conversation(session, contact.id)
    message_id = await _insert_message(session, conversation_id, inbound)
    if message_id is None:
        log.info("inbound.duplicate", conversation_id=conversation_id, channel=inbound.channel)
        return Received(conversation_id, None, True)
    for position, media in enumerate(inbound.media):
        session.add(
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
        )
    settled = await _settle(session, contact, conversation_id, inbound)
    if settled:
        await session.execute(
            update(Message).where(Message.id == message_id).values(state=InboundState.HANDLED)
        )
    else:
        await enqueue_turn(session, conversation_id)
    log.info("inbound.received", conversation_id=conversation_id, message_id=message_id, kind=inbound.kind)
    return Received(conversation_id, message_id, False)


async def _upsert_contact(session: AsyncSession, inbound: Inbound) -> Contact:
    values = {
        "channel": inbound.channel,
        "address": inbound.address,
        "display_name": inbound.display_name,
        "language": inbound.language_hint,
    }
    new = insert(Contact).values(values)
    # Only the name is refreshed: the language is the conversation's business after the first message.
    upsert = new.on_conflict_do_update(
        index_elements=["channel", "address"],
        set_={"display_name": new.excluded.display_name if inbound.display_name else Contact.display_name},
    ).returning(Contact)
    contact: Contact | None = await session.scalar(upsert, execution_options={"populate_existing": True})
    assert contact is not None  # noqa: S101 - an upsert always returns its row
    return contact


async def _upsert_conversation(session: AsyncSession, contact_id: int) -> int:
    now = datetime.now(UTC)
    statement = (
        insert(Conversation)
        .values(contact_id=contact_id, last_message_at=now)
        .on_conflict_do_update(index_elements=["contact_id"], set_={"last_message_at": now})
        .returning(Conversation.id)
    )
    conversation_id = await session.scalar(statement)
    assert conversation_id is not None  # noqa: S101
    return conversation_id


async def _insert_message(session: AsyncSession, conversation_id: int, inbound: Inbound) -> int | None:
    kind = str(inbound.kind)
    # An edited message keeps its provider id; each edit is a row of its own, once per content and time.
    provider_id = inbound.provider_id
    if inbound.kind is InboundKind.EDIT and inbound.sent_at:
        provider_id = f"{provider_id}:edit:{int(inbound.sent_at.timestamp())}"
    statement = (
        insert(Message)
        .values(
            conversation_id=conversation_id,
            direction="in",
            channel=inbound.channel,
            provider_id=provider_id,
            kind=kind,
            author="resident",
            body=inbound.text[:MAX_BODY].replace("\x00", ""),
            payload=_payload(inbound),
            state=InboundState.RECEIVED,
        )
        # The predicate must be literal: once psycopg prepares the statement, a parameter in it no longer
        # matches the partial index.
        .on_conflict_do_nothing(
            index_elements=["channel", "provider_id"], index_where=text("direction = 'in'")
        )
        .returning(Message.id)
    )
    return await session.scalar(statement)


def _payload(inbound: Inbound) -> dict[str, Any]:
    payload: dict[str, Any] = {}
    if inbound.pin:
        pin = inbound.pin
        payload["pin"] = {"lat": pin.lat, "lon": pin.lon, "name": pin.name, "address": pin.address}
    for name in ("button", "callback_id", "album_id", "unsupported", "language_hint"):
        if value := getattr(inbound, name):
            payload[name] = value
    return payload


async def _settle(session: AsyncSession, contact: Contact, conversation_id: int, inbound: Inbound) -> bool:
    """Deal with everything that needs no language understanding. True when nothing is left to do."""
    word = reserved_word(inbound.channel, inbound.text) if not inbound.media and not inbound.pin else None
    if inbound.kind is InboundKind.BLOCKED or word is ReservedWord.STOP:
        contact.opted_out_at = datetime.now(UTC)
        log.info("consent.stopped", conversation_id=conversation_id)
        # Twilio confirms a carrier's STOP itself and blocks the number; who blocked the bot reads nothing.
        if inbound.channel is not Channel.SMS and word is ReservedWord.STOP:
            await _say(session, contact, conversation_id, "stopped", kind="consent")
        return True
    was_out = contact.opted_out_at is not None
    starts = word in (ReservedWord.START, ReservedWord.YES) or inbound.kind is InboundKind.UNBLOCKED
    if was_out and (starts or inbound.channel is Channel.TELEGRAM):
        contact.opted_out_at = None
        log.info("consent.started", conversation_id=conversation_id)
        if starts:
            await _say(session, contact, conversation_id, "started")
            return True
    if inbound.kind is InboundKind.UNBLOCKED:
        return True  # a new member says something next; there is nothing to answer yet
    if word is ReservedWord.HELP:
        name = "help" if inbound.channel is Channel.SMS else "help_telegram"
        await _say(session, contact, conversation_id, name, kind="consent")
        return True
    if inbound.kind is InboundKind.UNSUPPORTED:
        await _say(session, contact, conversation_id, "unsupported")
        return True
    if inbound.kind is InboundKind.GROUP:
        if await _first_time(session, conversation_id):
            await _say(session, contact, conversation_id, "group")
        return True
    return False


async def _say(
    session: AsyncSession, contact: Contact, conversation_id: int, name: str, kind: str = "message"
) -> None:
    conversation = await session.get_one(Conversation, conversation_id)
    await queue_replies(session, conversation, [Reply(gateway_text(name, contact.language))], kind=kind)


async def _first_time(session: AsyncSession, conversation_id: int) -> bool:
    found = await session.scalar(
        select(Message.id)
        .where(Message.conversation_id == conversation_id, Message.direction == "out")
        .limit(1)
    )
    return found is None
