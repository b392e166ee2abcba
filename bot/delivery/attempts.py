"""Taking the next message that waits, for one attempt to send it.

An attempt is a message, a number and a lease. It is committed before the provider is called, and the lease says
until when the attempt may put anything on the wire, by the database's clock, which all machines share.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, bindparam, exists, func, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.channels.messages import Channel, Known, Outbound, Pin
from bot.channels.transport import SETTLE_SECONDS, UPLOAD_LEASE_SECONDS, WORDS_LEASE_SECONDS
from bot.conversation import our_end
from bot.conversation.consent import withheld
from bot.conversation.outbox import stored_map, stored_options, stored_venue
from bot.conversation.states import WAITING, OutboundState
from bot.db.jobs import enqueue_delivery
from bot.db.tables import Contact, Conversation, Media, Message
from bot.delivery.known import load_known
from bot.delivery.notices.late import held_for_morning
from bot.delivery.progress import Progress, deadline
from bot.delivery.thrown_away import must_wait


class BrokenMessageError(Exception):
    """A stored message cannot be read; the cause says why."""

    def __init__(self, message_id: int) -> None:
        super().__init__(f"message {message_id} cannot be read")
        self.message_id = message_id


@dataclass(frozen=True, slots=True)
class Attempt:
    """One message about to be sent, or to be looked up."""

    message_id: int
    number: (
        int  # how many attempts there were, this one included; a look-up has that of the attempt it looks for
    )
    address: str
    outbound: Outbound  # its pictures are loaded and drawn later, with no transaction open
    photos: tuple[Media, ...]
    by_link: (
        bool  # the photos are not sent but named by links, which stand in `outbound` once they are stored
    )
    map: Pin | None
    parts_sent: int
    began_at: datetime  # of this attempt, or of the one that was cut off
    lease: timedelta  # from when on nothing more of the attempt is sent
    cut_off: bool
    unsettled: timedelta  # of one that was cut off: how long it may still become visible at the provider
    known: Known  # of a message that was cut off


# Made once: to make a statement costs as much as to send it.
_OF: BindParameter[int] = bindparam("conversation")
_OLDEST_WAITING = (
    select(Message, func.now())
    .where(Message.conversation_id == _OF, Message.direction == "out", Message.state.in_(WAITING))
    .options(selectinload(Message.media).selectinload(Media.photo))
    .order_by(Message.id)
    .limit(1)
    .with_for_update(of=Message)
)
_MORE_WAITS = select(exists().where(Message.conversation_id == _OF, Message.state.in_(WAITING)))


async def next_attempt(
    session: AsyncSession, conversation_id: int, now: datetime | None = None
) -> Attempt | None:
    """Mark the oldest waiting message as being sent. None when nothing waits, or only for the morning or for a carrier
    that did not take it: then a job is made that goes on there. Raises BrokenMessageError. `now` (aware) is what decides whether it is night.
    """
    conversation = await session.get_one(Conversation, conversation_id)
    contact = conversation.contact
    held = await held_for_morning(session, conversation_id, now or datetime.now(UTC))
    while True:
        query = _OLDEST_WAITING if held is None else _OLDEST_WAITING.where(_is_not_of(held.turn_ids))
        found = (await session.execute(query, {"conversation": conversation_id})).one_or_none()
        if found is None:
            if held is not None:
                await enqueue_delivery(session, conversation_id, contact.channel, at=held.until)
            return None
        message, now = found
        if _undeliverable(message, contact, now):
            await session.flush()
            continue
        if message.not_before is None or not await must_wait(session, message, now):
            break
        await enqueue_delivery(session, conversation_id, contact.channel, at=message.not_before)
        return None
    try:
        return await _begin(session, message, contact, now)
    except SQLAlchemyError:
        raise
    except Exception as error:
        raise BrokenMessageError(message.id) from error


def _is_not_of(turns: frozenset[int]) -> ColumnElement[bool]:
    """Of none of the turns whose messages wait for the morning."""
    return or_(Message.turn_id.is_(None), Message.turn_id.not_in(turns))


async def _begin(session: AsyncSession, message: Message, contact: Contact, now: datetime) -> Attempt:
    progress = Progress.of(message.payload)
    if progress.again is not None:
        progress = progress.from_part(progress.again)
        message.payload, message.not_before = progress.stored(message.payload), None
    photos = tuple(media for media in message.media if media.photo)
    place = stored_map(message.payload) if contact.channel == Channel.TELEGRAM else None
    if progress.without:
        photos = photos if progress.without.link else ()
        place = None
    uploads = contact.channel == Channel.TELEGRAM and (photos or place)
    lease = timedelta(seconds=UPLOAD_LEASE_SECONDS if uploads else WORDS_LEASE_SECONDS)
    cut_off = message.state == OutboundState.SENDING
    outbound = await _outbound(session, message, contact)
    if not cut_off:
        message.state = OutboundState.SENDING
        message.sending_at, message.lease_until = now, now + lease
        message.attempts += 1
    assert message.sending_at is not None  # noqa: S101 - set with the state
    settled_at = (message.lease_until or now) + timedelta(seconds=SETTLE_SECONDS)
    return Attempt(
        message_id=message.id,
        number=message.attempts,
        address=contact.address,
        outbound=outbound,
        photos=photos,
        by_link=progress.without is not None,
        map=place,
        parts_sent=progress.sent,
        began_at=message.sending_at,
        lease=lease,
        cut_off=cut_off,
        unsettled=max(settled_at - now, timedelta()) if cut_off and message.lease_until else timedelta(),
        known=await load_known(session, message) if cut_off else Known(),
    )


def _undeliverable(message: Message, contact: Contact, now: datetime) -> bool:
    """Settle a message that must not or can no longer go out. One that is being sent is looked up first."""
    if (barrier := withheld(contact, message.kind)) is not None:
        message.state = OutboundState.SUPPRESSED
        message.detail = f"the resident {barrier.sentence}"
        return True
    if message.state == OutboundState.QUEUED and message.attempts and deadline(message) < now:
        why = f": {message.detail}" if message.detail else ""
        fail(message, f"could not be handed over for a day{why}")
        return True
    return False


def fail(message: Message, detail: str) -> None:
    """Count a message as failed from the part on that was not sent; the next one goes on."""
    progress = Progress.of(message.payload)
    message.payload = replace(progress, failed=(progress.next_part,), again=None).stored(message.payload)
    message.state, message.detail = OutboundState.FAILED, detail


async def _outbound(session: AsyncSession, message: Message, contact: Contact) -> Outbound:
    language = contact.language or "en"
    return Outbound(
        text=message.body,
        options=stored_options(message.payload),
        ask_location=bool(message.payload.get("ask_location")),
        venue=stored_venue(message.payload),
        photo_links=tuple(message.payload.get("photo_links", ())),
        page=str(message.payload.get("page", "")),
        language=language,
        our_end=our_end.from_json(message.payload.get("our_end", contact.our_end)),
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


async def more_waits(session: AsyncSession, conversation_id: int) -> bool:
    """Whether another message can follow at once. What is queued later brings a job of its own."""
    return bool(await session.scalar(_MORE_WAITS, {"conversation": conversation_id}))
