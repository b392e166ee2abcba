"""Filing a request for somebody: who called on the telephone, or wrote it in a conversation that the bot did not understand.

The request is one like any other. Whoever agreed to texts has a conversation from then on, and gets the words that end every
filing, so that they know its reference and can answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import phonenumbers
from sqlalchemy import exists, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.filing import FiledRequest, NewRequest, file_request
from bot.channels.messages import Channel
from bot.city.calendar_words import said
from bot.city.current import catalogue, city
from bot.conversation.consent import is_blocked
from bot.conversation.intake.turn import Say
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.responses import spoken
from bot.db.tables import Contact, Conversation, Message

HOME = "US"  # where a number without a country code is of
TELEPHONE = "phone"  # the channel of what somebody called about, whether they get texts or not


class PhoneNumberError(ValueError):
    """What was entered is no telephone number that texts can be sent to."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of it."""

    request: FiledRequest
    told: bool  # the resident is texted its reference
    stopped: bool = False  # they texted STOP, or cannot be reached: only they can change that


def number_of(entered: str) -> str:
    """A telephone number as E.164. Raises `PhoneNumberError`."""
    try:
        number = phonenumbers.parse(entered, HOME)
    except phonenumbers.NumberParseException:
        raise PhoneNumberError from None
    if not phonenumbers.is_valid_number(number):
        raise PhoneNumberError
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


async def agreed_conversation(session: AsyncSession, number: str, language: str, author: str) -> int:
    """The conversation with a number whose owner agreed to texts, which `author` heard from them; audited.

    `number` is E.164. A STOP stays one: only its owner can take it back, by a text. Who declined updates before has agreed now.
    """
    new = {"channel": Channel.SMS, "address": number, "language": language}
    await session.execute(
        insert(Contact)
        .values(**new)
        .on_conflict_do_nothing(
            index_elements=["channel", "address"], index_where=text("given_up_at IS NULL")
        )
    )
    found = await session.scalar(
        select(Contact)
        .where(Contact.channel == Channel.SMS, Contact.address == number, Contact.given_up_at.is_(None))
        .with_for_update()
    )
    assert found is not None  # noqa: S101 - it was there, or is now
    found.wants_updates = True
    begun = insert(Conversation).values(contact_id=found.id, last_message_at=func.now())
    await session.execute(begun.on_conflict_do_nothing(index_elements=["contact_id"]))
    conversation_id = (
        await session.scalars(select(Conversation.id).where(Conversation.contact_id == found.id))
    ).one()
    record(session, author, "contact.agreed_by_telephone", "conversation", str(conversation_id))
    return conversation_id


async def file_for_resident(session: AsyncSession, new: NewRequest) -> Filed:
    """File a request that staff entered, and tell its resident as the bot would. Raises `UnknownServiceError`.

    Safe to repeat with the same idempotency key: nobody is told twice.
    """
    filed = await file_request(
        session, new if new.conversation_id is not None else replace(new, channel=TELEPHONE)
    )
    if new.conversation_id is None:
        return Filed(filed, told=False)
    conversation = await session.get_one(Conversation, new.conversation_id)
    if is_blocked(conversation.contact):
        return Filed(filed, told=False, stopped=True)
    if filed.created:
        first = await _is_first_word(session, conversation.id)
        words = filing_words(
            filed, conversation.contact.language or new.language, conversation.contact.channel, first=first
        )
        await queue_replies(session, conversation, [Reply(words)], author=new.author, kind="notice")
    return Filed(filed, told=True)


async def _is_first_word(session: AsyncSession, conversation_id: int) -> bool:
    """Whether nothing was said yet in this conversation, by either side: who called does not know our number."""
    return not await session.scalar(select(exists().where(Message.conversation_id == conversation_id)))


def filing_words(filed: FiledRequest, language: str, channel: str, *, first: bool = False) -> str:
    """What ends every filing: its reference, who has it and until when, and that they are told when it changes; with the `first` text,
    who writes."""
    service, here = catalogue().services[filed.service_code], city()
    department = here.department_called(service.department, language)
    today = datetime.now(here.time_zone).date()
    due = said(filed.due_on, language, today) if filed.due_on else ""
    says: Sequence[Say] = (
        *((Say("utter_city", {"city": here.names[language]}),) if first else ()),
        Say("utter_filed", {"reference": filed.reference, "department": department}),
        *((Say("utter_promise", {"due": due}),) if due else ()),
        Say("utter_will_update"),
    )
    return "\n".join(spoken(say, language, channel) for say in says)
