"""Numbers and names of residents from whom nothing was heard for long."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import Contact, Conversation
from bot.keeping.erasing import erase_contact
from bot.keeping.texts import nothing_open


async def forget_numbers(session: AsyncSession, before: datetime, limit: int) -> int:
    """Erase at most `limit` contacts silent since `before`; gives their number.

    Who said STOP stays known: a number that is forgotten is one that could be texted again.
    """
    ids = await session.scalars(
        select(Contact.id)
        .join(Conversation, Conversation.contact_id == Contact.id)
        .where(
            Contact.erased_at.is_(None),
            Contact.opted_out_at.is_(None),
            Conversation.last_message_at < before,
            nothing_open(),
        )
        .order_by(Conversation.last_message_at)
        .limit(limit)
        .with_for_update(of=Contact, skip_locked=True)
    )
    found = list(ids)
    for contact_id in found:
        await erase_contact(session, contact_id, actor="system")
    return len(found)
