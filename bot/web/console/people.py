"""How staff see the people who text, and one another."""

from __future__ import annotations

import phonenumbers
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Channel
from bot.db.tables import Contact, Staff
from bot.web.language import say


def contact_name(contact: Contact) -> str:
    """The name someone gave on Telegram, else the telephone number as people write it here."""
    if contact.erased_at is not None:
        return say("Data deleted")
    return contact.display_name or contact_address(contact) or say("Someone on Telegram")


def contact_address(contact: Contact) -> str:
    """The telephone number in national form; "" on channels whose addresses mean nothing to people."""
    if contact.channel != Channel.SMS or contact.erased_at is not None:
        return ""
    try:
        number = phonenumbers.parse(contact.address, None)
    except phonenumbers.NumberParseException:
        return contact.address
    form = phonenumbers.PhoneNumberFormat
    home = number.country_code == 1
    return phonenumbers.format_number(number, form.NATIONAL if home else form.INTERNATIONAL)


async def staff_names(session: AsyncSession) -> dict[str, str]:
    """Names of all staff by username, for histories and transcripts that hold usernames only."""
    rows = await session.execute(select(Staff.username, Staff.name))
    return {row.username: row.name for row in rows}
