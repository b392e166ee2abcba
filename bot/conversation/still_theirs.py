"""A number that the carriers list as given up although its owner still has it: staff say so, and updates go to it again.

A list also names numbers that went to another carrier with their owner. What staff say counts like a word from the number itself
at that moment: no list of a day before marks it again, one of a later day does.

Nobody wrote from the number since: the contact is found by it as before. Somebody did: they are a contact of their own
(`bot.conversation.given_up`), and stay it, with their own consent and their own STOP. Staff name their conversation and say
that it is the same person; then the two are one person's (`bot.cases.people`), and the new one follows what was followed in the old.
docs/decisions/0023 tells why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.people import REGAINED, join_conversations, of_one_person, others_of
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.texts import gateway_text
from bot.db.tables import Contact, Conversation, Subscriber

log = structlog.get_logger(__name__)


class NotGivenUpError(ValueError):
    """The number is not marked as given up: there is nothing to take back."""

    def __init__(self) -> None:
        super().__init__("This number is not marked as given up.")


class WroteSinceError(ValueError):
    """Somebody has written from the number since, in `conversation_id`; whether it is the same person has to be said."""

    def __init__(self, conversation_id: int) -> None:
        super().__init__(
            f"Somebody has written from this number since, in conversation {conversation_id}. They may be a stranger: "
            "say that it is the same person only when you know it."
        )
        self.conversation_id = conversation_id


class GivenUpAgainError(ValueError):
    """Somebody wrote from the number since, in `conversation_id`, and it was given up again."""

    def __init__(self, conversation_id: int) -> None:
        super().__init__(
            f"Somebody has written from this number since, in conversation {conversation_id}, and then it was given up "
            "again. Say it of that conversation first, if the number is still theirs."
        )
        self.conversation_id = conversation_id


class StrangerError(ValueError):
    """Whoever writes from the number now said that a report is not theirs."""

    def __init__(self) -> None:
        super().__init__(
            "Whoever writes from this number now said that a report is not theirs: it has another owner."
        )


@dataclass(frozen=True, slots=True)
class Regained:
    """Where the owner hears of their requests from now on; the conversation itself, or the one in which they wrote since."""

    conversation_id: int
    again: bool = False  # it was said before: nothing has changed


async def who_wrote_since(session: AsyncSession, conversation: Conversation) -> Conversation | None:
    """The conversation of who has the number of a contact that gave it up; None: nobody wrote from it since."""
    contact = conversation.contact
    if contact.given_up_at is None:
        return None
    found: Conversation | None = await session.scalar(
        select(Conversation)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(
            Contact.channel == contact.channel,
            Contact.address == contact.address,
            Contact.given_up_at.is_(None),
        )
    )
    return found


async def say_still_theirs(
    session: AsyncSession, conversation_id: int, author: str, now: datetime, *, same_as: int | None = None
) -> Regained:
    """Have updates of who talks in a conversation go to its number again. `now` is aware, `author` as in the audit trail.

    `same_as`: the conversation of whoever wrote from it since, where that is the same person. Safe to repeat. Raises
    `LookupError` for an unknown conversation, `NotGivenUpError`, `WroteSinceError`, `GivenUpAgainError` or `StrangerError`.
    """
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None:
        raise LookupError(f"There is no conversation {conversation_id}.")
    contact, since = await _locked(session, conversation)
    if contact.given_up_at is None:
        if contact.still_theirs_at is not None:
            return Regained(conversation_id, again=True)
        raise NotGivenUpError
    holder = next((one for one in since if one.contact.given_up_at is None), None)
    if holder is None:
        if since:
            raise GivenUpAgainError(since[-1].id)
        await _unmark(session, contact, now)
        regained = Regained(conversation_id)
    else:
        if same_as != holder.id:
            raise WroteSinceError(holder.id)
        if holder.contact.disowned_at is not None:
            raise StrangerError
        if contact.still_theirs_at is not None and holder.id in await of_one_person(session, conversation_id):
            return Regained(holder.id, again=True)
        await _hand_on(session, conversation, holder, author, now)
        contact.still_theirs_at = now
        regained = Regained(holder.id)
    record(session, author, "contact.still_theirs", "conversation", conversation_id)
    log.info("contact.still_theirs", conversation_id=conversation_id)
    await session.flush()
    return regained


async def _locked(
    session: AsyncSession, conversation: Conversation
) -> tuple[Contact, Sequence[Conversation]]:
    """The contact, and the conversations of those who had its number after it, all ours until the commit."""
    contact = conversation.contact
    await session.execute(
        select(Contact.id)
        .where(Contact.channel == contact.channel, Contact.address == contact.address)
        .order_by(Contact.id)
        .with_for_update()
    )
    await session.refresh(contact)
    rows = await session.scalars(
        select(Conversation)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(
            Contact.channel == contact.channel, Contact.address == contact.address, Contact.id > contact.id
        )
        .order_by(Contact.id)
        .execution_options(populate_existing=True)
    )
    return contact, rows.all()


async def _unmark(session: AsyncSession, contact: Contact, now: datetime) -> None:
    """Let the contact be found by its number again."""
    channel, address = contact.channel, contact.address
    try:
        async with session.begin_nested():
            contact.given_up_at, contact.still_theirs_at = None, now
            await session.flush()
    except IntegrityError:  # a first message from it was stored at this very moment
        wrote = await session.scalar(
            select(Conversation.id)
            .join(Contact, Contact.id == Conversation.contact_id)
            .where(Contact.channel == channel, Contact.address == address, Contact.given_up_at.is_(None))
        )
        raise WroteSinceError(wrote or 0) from None


async def _hand_on(
    session: AsyncSession, old: Conversation, new: Conversation, author: str, now: datetime
) -> None:
    """Make both one person's, and have what the old one follows told in the new one.

    What they did not want to hear of there they do not hear of here. Their other phones are told, as when a code joins two: somebody may
    have talked staff into it.
    """
    others = [one for one in await others_of(session, old.id) if one.id != new.id]
    await join_conversations(session, old.id, new.id, author)
    declined = old.contact.opted_out_at is not None or old.contact.wants_updates is False
    followed = await session.scalars(select(Subscriber).where(Subscriber.conversation_id == old.id))
    for one in followed.all():
        values = {
            "request_id": one.request_id,
            "conversation_id": new.id,
            "origin": REGAINED,
            "muted_at": one.muted_at or (now if declined else None),
            "created_at": now,
        }
        await session.execute(insert(Subscriber).values(**values).on_conflict_do_nothing())
    for other in others:
        told = gateway_text(f"joined_from_{new.contact.channel}", other.contact.language)
        await queue_replies(session, other, [Reply(told)], kind="notice")
