"""Sending what waits in a conversation, in order, each message once.

The message is marked `sending` and committed before the provider is called, and nothing is held open
meanwhile. A message that is found in `sending` was cut off: its outcome is looked up, not repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.channels.messages import (
    Channel,
    Known,
    Outbound,
    OutboundPhoto,
    Outcome,
    Pin,
    SendResult,
    Trace,
)
from bot.channels.provider import Provider
from bot.city.location import Point
from bot.city.map_picture import map_picture
from bot.conversation.outbox import stored_map, stored_options, stored_venue
from bot.conversation.states import OutboundState
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Media, Message
from bot.delivery.receipts import apply_early_receipts

log = structlog.get_logger(__name__)

# A reply that could not be handed over for so long would come out of the blue: staff see it as failed.
GIVE_UP_AFTER = timedelta(hours=24)
SETTLE = 2.0  # seconds between an ambiguous attempt and the look-up, if the provider named none
UNCONFIRMED = "unconfirmed"  # the detail of a message of which nobody can say whether it went out
CLOCK_MARGIN = timedelta(seconds=10)  # by how much the clocks of our machines may differ
NEWEST = 200  # messages of the channel that a look-up is told of


class DeliveryPostponedError(Exception):
    """The provider asks to come back later. `seconds`: in how long, where it said so."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


PhotoLoader = Callable[[Media, str], "OutboundPhoto"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One message about to be sent."""

    message_id: int
    address: str
    outbound: Outbound  # its pictures are loaded and drawn later, with no transaction open
    photos: tuple[Media, ...]
    map: Pin | None
    parts_sent: int
    began_at: datetime  # of this attempt, or of the one that was cut off
    cut_off: bool
    known: Known  # of a message that was cut off


async def next_attempt(session: AsyncSession, conversation_id: int) -> Attempt | None:
    """Mark the oldest waiting message as being sent. None when nothing waits."""
    conversation = await session.get_one(Conversation, conversation_id)
    contact = conversation.contact
    while True:
        message = await session.scalar(
            select(Message)
            .where(
                Message.conversation_id == conversation_id,
                Message.direction == "out",
                Message.state.in_([OutboundState.QUEUED, OutboundState.SENDING]),
            )
            .options(selectinload(Message.media).selectinload(Media.photo))
            .order_by(Message.id)
            .limit(1)
            .with_for_update(of=Message)
        )
        if message is None:
            return None
        if not _undeliverable(message, contact):
            break
        await session.flush()
    cut_off = message.state == OutboundState.SENDING
    if not cut_off:
        message.state = OutboundState.SENDING
        message.sending_at = datetime.now(UTC)
        message.attempts += 1
    assert message.sending_at is not None  # noqa: S101 - set with the state
    return Attempt(
        message_id=message.id,
        address=contact.address,
        outbound=await _outbound(session, message, contact),
        photos=tuple(media for media in message.media if media.photo),
        map=stored_map(message.payload) if contact.channel == Channel.TELEGRAM else None,
        parts_sent=int(message.payload.get("parts_sent", 0)),
        began_at=message.sending_at,
        cut_off=cut_off,
        known=await _known(session, message) if cut_off else Known(),
    )


def _undeliverable(message: Message, contact: Contact) -> bool:
    """Settle a message that must not or can no longer go out."""
    if contact.opted_out_at is not None and message.kind != "consent":
        message.state, message.detail = OutboundState.SUPPRESSED, "the resident does not want messages"
        return True
    if (
        message.state == OutboundState.QUEUED
        and message.attempts
        and message.created_at < datetime.now(UTC) - GIVE_UP_AFTER
    ):
        message.state, message.detail = OutboundState.FAILED, "could not be handed over for a day"
        return True
    return False


async def _outbound(session: AsyncSession, message: Message, contact: Contact) -> Outbound:
    language = contact.language or "en"
    return Outbound(
        text=message.body,
        options=stored_options(message.payload),
        ask_location=bool(message.payload.get("ask_location")),
        venue=stored_venue(message.payload),
        language=language,
        drop_location_button=contact.channel == Channel.TELEGRAM
        and await _location_button_stands(session, message),
    )


async def _location_button_stands(session: AsyncSession, message: Message) -> bool:
    """Whether an earlier message showed Telegram's location button and nothing took it away since."""
    earlier = await session.scalar(
        select(Message.payload)
        .where(
            Message.conversation_id == message.conversation_id,
            Message.direction == "out",
            Message.id < message.id,
            Message.payload.has_key("ask_location") | Message.payload.has_key("dropped_location"),
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
    return bool(earlier and earlier.get("ask_location") and not earlier.get("dropped_location"))


async def _known(session: AsyncSession, message: Message) -> Known:
    """What tells the message apart from others: both queries read an index from its end."""
    sent = await session.scalars(
        select(Message)
        .where(
            Message.conversation_id == message.conversation_id,
            Message.direction == "out",
            Message.id <= message.id,
        )
        .order_by(Message.id.desc())
        .limit(50)
    )
    before = list(sent)
    newest = await session.scalars(
        select(Message)
        .where(
            Message.channel == message.channel,
            or_(Message.direction == "in", Message.payload.has_key("provider_ids")),
        )
        .order_by(Message.id.desc())
        .limit(NEWEST)
    )
    latest = list(newest)
    older = before + [row for row in latest if _is_older(row, message)]
    return Known(
        earlier=frozenset(provider_id for row in older for provider_id in _ids_of(row)),
        latest=frozenset(provider_id for row in before + latest for provider_id in _ids_of(row)),
        gap=_has_gap(before),
    )


def _is_older(row: Message, message: Message) -> bool:
    """Whether the provider had a message before it can have had `message`."""
    assert message.sending_at is not None  # noqa: S101 - set with the state
    if row.direction == "in":
        return row.id < message.id or row.created_at < message.sending_at - CLOCK_MARGIN
    return row.sent_at is not None and row.sent_at < message.sending_at - CLOCK_MARGIN


def _ids_of(row: Message) -> list[str]:
    if row.direction == "in":
        return [row.provider_id] if row.provider_id else []
    return list(row.payload.get("provider_ids", ()))


def _has_gap(before: list[Message]) -> bool:
    """Whether a message newer than the newest with an id may have gone out; `before` is newest first."""
    for row in before:
        if row.detail == UNCONFIRMED:
            return True
        if _ids_of(row):
            return False
    return False


async def deliver_all(provider: Provider, conversation_id: int, load_photo: PhotoLoader) -> None:
    """Send everything that waits, oldest first. Raises `DeliveryPostponedError` when the provider says so."""
    more = True
    while more:
        async with transaction() as session:
            attempt = await next_attempt(session, conversation_id)
        if attempt is None:
            return
        if attempt.photos or attempt.map:
            attempt = await asyncio.to_thread(with_pictures, attempt, provider.channel, load_photo)
        if attempt.cut_off:
            result = await _result_of_cut_off(provider, attempt)
        else:
            result = await provider.send(
                attempt.outbound,
                to=attempt.address,
                message_id=attempt.message_id,
                start=attempt.parts_sent,
            )
        async with transaction() as session:
            await _record(session, attempt, result)
            more = await _more_waits(session, conversation_id)
        if result.retry_after == 0:
            continue
        if result.outcome in (Outcome.RETRY, Outcome.MISCONFIGURED):
            raise DeliveryPostponedError(result.detail, result.retry_after)
        if result.outcome is Outcome.AMBIGUOUS:
            raise DeliveryPostponedError(result.detail, result.retry_after or SETTLE)


def with_pictures(attempt: Attempt, channel: str, load_photo: PhotoLoader) -> Attempt:
    """The attempt with its photos loaded and its map drawn; it reads files and computes."""
    outbound = replace(attempt.outbound, photos=tuple(load_photo(media, channel) for media in attempt.photos))
    if attempt.map:
        # A look-up needs it as well: whether a picture carries the words decides how they are looked for.
        place = Point(attempt.map.lat, attempt.map.lon)
        outbound = replace(outbound, map_picture=map_picture(place, outbound.language))
    return replace(attempt, outbound=outbound)


async def _more_waits(session: AsyncSession, conversation_id: int) -> bool:
    """Whether another message can follow at once. What is queued later brings a job of its own."""
    query = select(
        exists().where(
            Message.conversation_id == conversation_id,
            Message.state.in_([OutboundState.QUEUED, OutboundState.SENDING]),
        )
    )
    return bool(await session.scalar(query))


async def _result_of_cut_off(provider: Provider, attempt: Attempt) -> SendResult:
    """What became of the part that was under way when the attempt was cut off."""
    part = attempt.parts_sent
    found = await provider.look_up(
        attempt.outbound,
        to=attempt.address,
        message_id=attempt.message_id,
        part=part,
        since=attempt.began_at,
        known=attempt.known,
    )
    log.info("delivery.looked_up", message_id=attempt.message_id, trace=found.trace)
    if found.trace is Trace.UNREACHED:
        return SendResult(
            Outcome.AMBIGUOUS,
            retry_after=found.retry_after or None,
            detail="the provider cannot be asked yet",
            parts_sent=part,
        )
    if found.trace is Trace.NOT_FOUND:
        return SendResult(Outcome.RETRY, retry_after=0, detail="it had not gone out", parts_sent=part)
    ids = (found.provider_id,) if found.provider_id else ()
    detail = UNCONFIRMED if found.trace is Trace.UNKNOWABLE else "confirmed by looking it up"
    # That part counts as sent. A killed worker may have sent the part after it, too, so that one is looked up next;
    # otherwise a fresh attempt sends what is left, which is mostly nothing.
    outcome = Outcome.AMBIGUOUS if found.more else Outcome.RETRY
    return SendResult(outcome, ids, retry_after=0, detail=detail, parts_sent=part + 1)


_STATE_AFTER = {
    Outcome.SENT: OutboundState.SENT,
    Outcome.RETRY: OutboundState.QUEUED,
    Outcome.MISCONFIGURED: OutboundState.QUEUED,
    Outcome.AMBIGUOUS: OutboundState.SENDING,
    Outcome.REJECTED: OutboundState.FAILED,
    Outcome.UNREACHABLE: OutboundState.FAILED,
    Outcome.OPTED_OUT: OutboundState.SUPPRESSED,
}


async def _record(session: AsyncSession, attempt: Attempt, result: SendResult) -> None:
    message = await session.get_one(Message, attempt.message_id, with_for_update=True)
    payload = dict(message.payload)
    if result.provider_ids:
        payload["provider_ids"] = [*payload.get("provider_ids", ()), *result.provider_ids]
        message.provider_id = message.provider_id or result.provider_ids[0]
    payload["parts_sent"] = result.parts_sent
    # A message has one keyboard: with options of its own it cannot take the location button away.
    takes_away = attempt.outbound.drop_location_button and not attempt.outbound.options
    if takes_away and result.outcome is Outcome.SENT:
        payload["dropped_location"] = True
    wanted = _STATE_AFTER[result.outcome]
    if result.outcome is Outcome.REJECTED and attempt.map and payload.pop("map", None):
        wanted = OutboundState.QUEUED  # the words matter more than the picture: once more without it
    message.payload = payload
    if message.state != OutboundState.SENDING:
        return  # another worker, taking this one for dead, has recorded the outcome
    message.state = wanted
    message.error_code, message.detail = result.error_code, result.detail or message.detail
    if wanted is OutboundState.SENT:
        message.sent_at = datetime.now(UTC)
        await apply_early_receipts(session, message)
    if result.outcome is Outcome.OPTED_OUT:
        await session.execute(
            update(Contact)
            .where(
                Contact.id.in_(
                    select(Conversation.contact_id).where(Conversation.id == message.conversation_id)
                ),
                Contact.opted_out_at.is_(None),
            )
            .values(opted_out_at=datetime.now(UTC))
        )
    log.info(
        "delivery.attempted",
        message_id=message.id,
        outcome=result.outcome,
        code=result.error_code,
        attempts=message.attempts,
    )
