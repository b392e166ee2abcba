"""Contacts who only got our goodbye: their number was needed to say that everything is deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.states import OutboundState
from bot.db.tables import Contact, Conversation, Message
from bot.keeping.erasing import erase_contact

LOOK_AGAIN = 60.0  # seconds


class GoodbyeWaitsError(Exception):
    """It is not out yet. `seconds`: when to look again."""

    def __init__(self) -> None:
        super().__init__("The goodbye waits to be sent.")
        self.seconds = LOOK_AGAIN


_WROTE = exists().where(Message.conversation_id == Conversation.id, Message.direction == "in")


async def forget_goodbye(session: AsyncSession, conversation_id: int, *, anyway: bool = False) -> bool:
    """Erase the contact of a goodbye that is out, unless they have written again meanwhile.

    Raises `GoodbyeWaitsError` while it is not out; with `anyway` its time is over.
    """
    contact_id = await session.scalar(
        # Locked, as `receive` locks it: a message that comes in this moment is before or after, never lost.
        select(Contact.id)
        .join(Conversation, Conversation.contact_id == Contact.id)
        .where(Conversation.id == conversation_id, Contact.erased_at.is_(None))
        .with_for_update(of=Contact)
    )
    if contact_id is None or await session.scalar(
        select(exists().where(Message.conversation_id == conversation_id, Message.direction == "in"))
    ):
        return False
    waits = Message.state.in_([OutboundState.QUEUED, OutboundState.SENDING])
    if not anyway and await session.scalar(
        select(exists().where(Message.conversation_id == conversation_id, waits))
    ):
        raise GoodbyeWaitsError
    await erase_contact(session, contact_id, actor="system")
    return True


async def forget_late_goodbyes(session: AsyncSession, before: datetime, limit: int) -> int:
    """The same for goodbyes that were never sent, at most `limit`."""
    ids = await session.scalars(
        select(Conversation.id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(Conversation.created_at < before, Contact.erased_at.is_(None), ~_WROTE)
        .order_by(Conversation.id)
        .limit(limit)
    )
    found = list(ids)
    for conversation_id in found:
        await forget_goodbye(session, conversation_id, anyway=True)
    return len(found)
