"""Whom an update of a request reaches, known before it is written."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.consent import CannotBeTexted, is_not_told
from bot.db.tables import Contact, Conversation, Subscriber


@dataclass(frozen=True, slots=True)
class Reach:
    """The followers of a request: how many are told of a public update, and why the others are not."""

    told: int
    not_told: tuple[CannotBeTexted, ...]

    @property
    def followers(self) -> int:
        return self.told + len(self.not_told)


async def reach_of_request(session: AsyncSession, request_id: int) -> Reach:
    """Everybody who follows the request, in the order in which they came."""
    contacts = await session.scalars(
        select(Contact)
        .join(Conversation, Conversation.contact_id == Contact.id)
        .join(Subscriber, Subscriber.conversation_id == Conversation.id)
        .where(Subscriber.request_id == request_id)
        .order_by(Subscriber.id)
    )
    barriers = [is_not_told(contact) for contact in contacts]
    return Reach(barriers.count(None), tuple(barrier for barrier in barriers if barrier is not None))
