"""Mails to staff without a good end, and what became of somebody's last ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.mail_choices import Topic
from bot.db.tables import Staff, StaffMail
from bot.delivery.mailing.states import MailState

LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class MailToStaff:
    """One mail and where it stands; no address, and none of its words."""

    username: str
    name: str
    topic: Topic
    day: date  # of the city
    state: MailState
    attempts: int
    detail: str  # what went wrong, in our words; "" for nothing


async def unsettled_mails(session: AsyncSession, now: datetime, limit: int) -> list[MailToStaff]:
    """What went wrong in the last week, and what is tried again now, newest first. `now` is aware."""
    return await _load(session, _all().where(_went_wrong(now - LATELY)).limit(limit))


async def last_mails(session: AsyncSession, username: str, limit: int) -> list[MailToStaff]:
    """What became of somebody's last mails, newest first; mornings with nothing to tell are left out."""
    told = StaffMail.state != MailState.NEEDLESS
    return await _load(session, _all().where(Staff.username == username, told).limit(limit))


async def count_failed_mails(session: AsyncSession, now: datetime) -> int:
    """How many of the last day did not go out for certain, or are tried again now. `now` is aware."""
    query = select(func.count(StaffMail.id)).where(_went_wrong(now - timedelta(days=1)))
    return await session.scalar(query) or 0


def _went_wrong(since: datetime) -> ColumnElement[bool]:
    lost = StaffMail.state.in_([MailState.FAILED, MailState.UNCONFIRMED])
    again = (StaffMail.state == MailState.WAITING) & (StaffMail.attempts > 0)
    return or_(lost, again) & (StaffMail.created_at > since)


def _all() -> Select[StaffMail, Staff]:
    return select(StaffMail, Staff).join(Staff, Staff.id == StaffMail.staff_id).order_by(StaffMail.id.desc())


async def _load(session: AsyncSession, query: Select[StaffMail, Staff]) -> list[MailToStaff]:
    return [
        MailToStaff(
            person.username,
            person.name,
            Topic(row.topic),
            row.day,
            MailState(row.state),
            row.attempts,
            row.detail or "",
        )
        for row, person in await session.execute(query)
    ]
