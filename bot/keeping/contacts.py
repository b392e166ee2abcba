"""Finding the contact that a person at the terminal means."""

from __future__ import annotations

import phonenumbers
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import Contact, Conversation

HOME = "US"  # of numbers written without a country code


class UnknownContactError(LookupError):
    """Nobody is known under this address or id."""


class AmbiguousContactError(LookupError):
    """Several contacts fit; the message says how to name one."""


async def find_contact(session: AsyncSession, which: str) -> Contact:
    """By address ("+13105550123", "(310) 555-0123", a Telegram chat id), "channel:address", or a conversation's id.

    A number finds who has it now: what somebody told who gave it up is not handed to whoever has it next. They are found by
    their conversation. Raises `UnknownContactError` or `AmbiguousContactError`; neither repeats what was given.
    """
    which = which.strip()
    found, given_up = await _by_address(session, which)
    conversation_id = which.removeprefix("conversation:")
    if conversation_id.isascii() and conversation_id.isdigit() and int(conversation_id) < 2**63:
        conversation = await session.get(Conversation, int(conversation_id))
        if conversation is not None:
            found[conversation.contact.id] = conversation.contact
    if not found and given_up:
        raise UnknownContactError(
            "This number was given up, and may be a stranger's now. Who had it is found by their conversation: conversation:12."
        )
    if not found:
        raise UnknownContactError("Nobody is known under this address or id (they may have been erased).")
    if len(found) > 1:
        raise AmbiguousContactError(
            "Several contacts fit. Put the channel before it (sms:…, telegram:…), or conversation: before an id."
        )
    return found.popitem()[1]


async def _by_address(session: AsyncSession, which: str) -> tuple[dict[int, Contact], bool]:
    """Contact id → who has the address; and whether somebody had it who gave it up."""
    channel, colon, rest = which.partition(":")
    query = select(Contact).where(Contact.address.in_(_spellings(which)))
    if colon:
        query = select(Contact).where(Contact.address.in_([*_spellings(rest), which]))
        if channel in ("sms", "telegram"):
            query = query.where(Contact.channel == channel)
    known = list(await session.scalars(query.where(Contact.erased_at.is_(None))))
    found = {contact.id: contact for contact in known if contact.given_up_at is None}
    return found, len(found) < len(known)


def _spellings(address: str) -> list[str]:
    """The address as it was given, and as E.164 where it is a telephone number."""
    try:
        number = phonenumbers.parse(address, HOME)
    except phonenumbers.NumberParseException:
        return [address]
    return [address, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)]
