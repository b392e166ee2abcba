"""Numbers that their owner gave up: nothing more is sent there, and whoever writes from them is somebody new.

A contact that is marked keeps its number, its conversation and its requests, but is no longer found by the number: the index
that makes a number one contact's leaves it out, so that the next message from there begins a contact and a conversation of
its own (`bot.conversation.receive`). docs/decisions/0023 tells why.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import structlog
from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.channels.messages import Channel
from bot.city.current import city
from bot.db.tables import Contact, Conversation, Message

log = structlog.get_logger(__name__)

# What Twilio puts before a number that writes by another way than SMS: the number is the same, and so is its owner.
WAYS = ("", "whatsapp:", "rcs:")


def beginning_of(day: date) -> datetime:
    """When a day begins on the city's clock, as aware UTC."""
    return datetime.combine(day, time(), city().time_zone).astimezone(UTC)


def end_of(day: date) -> datetime:
    """When a day is over on the city's clock, as aware UTC."""
    return beginning_of(day + timedelta(days=1))


async def mark_given_up(session: AsyncSession, numbers: Sequence[str], day: date) -> int:
    """Mark the contacts of these numbers (E.164), which were given up on `day`; gives how many were marked now.

    Who wrote after that day was over still has the number: carriers leave one alone for weeks before a stranger gets it. What
    was written on the day itself may have been written before it ended for them. What staff said of it since counts like what was
    written (`bot.conversation.still_theirs`). Safe to repeat.
    """
    addresses = [f"{way}{number}" for number in numbers for way in WAYS]
    # Held before it is asked who wrote: a message that comes in at this moment holds its contact, too.
    held = await session.scalars(
        select(Contact.id)
        .where(Contact.channel == Channel.SMS, Contact.address.in_(addresses), Contact.given_up_at.is_(None))
        .order_by(Contact.id)
        .with_for_update()
    )
    if not (ids := held.all()):
        return 0
    wrote_since = exists().where(
        Message.conversation_id == Conversation.id,
        Message.direction == "in",
        Message.created_at >= end_of(day),
    )
    rows = await session.execute(
        select(Contact, Conversation.id)
        .outerjoin(Conversation, Conversation.contact_id == Contact.id)
        .where(
            Contact.id.in_(ids),
            Contact.created_at < end_of(day),
            or_(Contact.still_theirs_at.is_(None), Contact.still_theirs_at < end_of(day)),
            ~wrote_since,
        )
        .execution_options(populate_existing=True)
    )
    marked = rows.all()
    for contact, conversation_id in marked:
        contact.given_up_at = beginning_of(day)
        record(session, "system", "contact.given_up", "conversation", conversation_id)
        log.info("contact.given_up", conversation_id=conversation_id)
    await session.flush()
    return len(marked)
