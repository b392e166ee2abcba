"""What a person of staff wants by mail: an address of theirs, topics, a language."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.cases.audit import record
from bot.cases.resident_news import News
from bot.cases.staff import StaffDataError, find_staff
from bot.city.catalogue import LANGUAGES
from bot.db.tables import Staff
from bot.mail.address import mail_address


class Topic(StrEnum):
    NOT_FIXED = "not_fixed"  # what residents say is not fixed, theirs or their department's, on the mornings of working days
    ADDED = "added"  # what residents added, to theirs or their department's, on the mornings of working days
    MENTIONED = (
        "mentioned"  # notes that name them and that they have not seen, on the mornings of working days
    )
    LATE = "late"  # what runs late in their department, on the mornings of working days
    WEEK = "week"  # the figures of the week that is over


# What is of requests of which there is such news.
OF_NEWS = {Topic.NOT_FIXED: News.NOT_FIXED, Topic.ADDED: News.ADDED}
# Topic → the column that says who wants it.
WANTED: dict[Topic, InstrumentedAttribute[bool]] = {
    Topic.NOT_FIXED: Staff.wants_not_fixed,
    Topic.ADDED: Staff.wants_added,
    Topic.MENTIONED: Staff.wants_mentioned,
    Topic.LATE: Staff.wants_late,
    Topic.WEEK: Staff.wants_week,
}


@dataclass(frozen=True, slots=True)
class MailChoice:
    """What somebody wants by mail; nothing is sent without an address."""

    email: str = ""  # "": none
    topics: frozenset[Topic] = frozenset()
    language: str = LANGUAGES[0]

    def checked(self) -> MailChoice:
        """The same, as it is kept.

        Raises `MailAddressError`, and `StaffDataError` for topics without an address and a language we do not write.
        """
        email = mail_address(self.email) if self.email.strip() else ""
        if self.topics and not email:
            raise StaffDataError("Say which e-mail address it should go to.")
        if self.language not in LANGUAGES:
            raise StaffDataError(f"Mail is written in {' or '.join(LANGUAGES)}.")
        return replace(self, email=email)


def choice_of(row: Staff) -> MailChoice:
    """What an account chose."""
    wanted = frozenset(topic for topic, column in WANTED.items() if getattr(row, column.key))
    return MailChoice(row.email or "", wanted, row.language or LANGUAGES[0])


async def find_choice(session: AsyncSession, username: str) -> MailChoice:
    """What an account chose. Raises `UnknownStaffError`."""
    return choice_of(await find_staff(session, username))


async def all_choices(session: AsyncSession) -> dict[str, MailChoice]:
    """What each account chose, by username."""
    return {row.username: choice_of(row) for row in await session.scalars(select(Staff))}


async def choose_mail(
    session: AsyncSession, username: str, choice: MailChoice, *, actor: str = "system"
) -> MailChoice:
    """Keep what an account wants by mail. Safe to repeat. Raises `UnknownStaffError`, and as `MailChoice.checked` does.

    The audit trail tells that the address changed, and never the address.
    """
    row = await find_staff(session, username)
    before, choice = choice_of(row), choice.checked()
    if choice == before:
        return choice
    row.email, row.language = choice.email or None, choice.language
    for topic, column in WANTED.items():
        setattr(row, column.key, topic in choice.topics)
    record(
        session,
        actor,
        "staff.mail_chosen",
        "staff",
        row.username,
        topics=sorted(choice.topics),
        address_changed=choice.email != before.email,
    )
    return choice


async def count_wanting(session: AsyncSession) -> int:
    """How many open accounts want anything by mail."""
    wanted = or_(*WANTED.values())
    query = select(func.count(Staff.id)).where(wanted, Staff.email.is_not(None), Staff.disabled_at.is_(None))
    return await session.scalar(query) or 0
