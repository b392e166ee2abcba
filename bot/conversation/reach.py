"""Whom an update of a request reaches, known before it is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.updates import one_of_each_person
from bot.conversation.consent import CannotBeTexted, is_not_told
from bot.db.tables import Contact, Conversation, Subscriber


@dataclass(frozen=True, slots=True)
class Group:
    """So many of the followers are told by one channel in one language."""

    channel: str
    language: str
    people: int


@dataclass(frozen=True, slots=True)
class Reach:
    """The followers of a request: how many are told of a public update, and why the others are not."""

    told: int
    not_told: tuple[CannotBeTexted, ...]
    groups: tuple[Group, ...] = ()  # those who are told, the largest first

    @property
    def followers(self) -> int:
        return self.told + len(self.not_told)

    @property
    def by_channel(self) -> Mapping[str, int]:
        """Channel → how many are told by it."""
        counts: Counter[str] = Counter()
        for group in self.groups:
            counts[group.channel] += group.people
        return counts

    def reading(self, language: str) -> int:
        """How many of those who are told read this language."""
        return sum(group.people for group in self.groups if group.language == language)


async def reach_of_request(session: AsyncSession, request_id: int) -> Reach:
    """Everybody who follows the request, in the order in which they came; whoever does so in two conversations once."""
    contacts = await session.scalars(
        select(Contact)
        .join(Conversation, Conversation.contact_id == Contact.id)
        .join(Subscriber, Subscriber.conversation_id == Conversation.id)
        .where(Subscriber.id.in_(one_of_each_person(Subscriber.request_id == request_id)))
        .order_by(Subscriber.id)
    )
    barriers = [(contact, is_not_told(contact)) for contact in contacts]
    told = Counter(
        (contact.channel, contact.language or "en") for contact, barrier in barriers if barrier is None
    )
    return Reach(
        told.total(),
        tuple(barrier for _, barrier in barriers if barrier is not None),
        tuple(Group(*kind, people) for kind, people in told.most_common()),
    )
