"""Who is to be mailed today: one row for each person, topic and day, written once whichever worker comes first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.mail_choices import OF_NEWS, WANTED, Topic, choice_of
from bot.cases.mentions import count_unseen
from bot.cases.promises import count_promised
from bot.cases.resident_news import told_requests
from bot.cases.roles import Role
from bot.cases.staff import member_of
from bot.db.tables import Staff, StaffMail
from bot.delivery.mailing.states import MailState
from bot.delivery.staff_mail.due import due_topics


async def decide(session: AsyncSession, now: datetime) -> int:
    """Write down who is to be told what; gives how many mails will go. Safe to repeat, and beside itself. `now` is aware.

    That there was nothing to tell in the morning is written down, too: what is put right at noon waits for the next
    morning.
    """
    given = 0
    for topic, day in due_topics(now):
        for person in await _undecided(session, topic, day):
            tells = await _tells(session, topic, person, now)
            state = MailState.WAITING if tells else MailState.NEEDLESS
            row = insert(StaffMail).values(
                staff_id=person.id,
                topic=topic,
                day=day,
                state=state,
                next_try_at=now,
                created_at=now,
                ended_at=None if tells else now,
            )
            written = await session.scalar(row.on_conflict_do_nothing().returning(StaffMail.id))
            given += written is not None and tells
    return given


def sees_all(role: str, department: str | None) -> bool:
    """Whether they are told of all departments: admins, since in some nobody is mailed, and who is in none."""
    return role == Role.ADMIN or not department


def department_of(person: Staff) -> str | None:
    """Whose requests they are told of; None for all."""
    return None if sees_all(person.role, person.department) else person.department


def wants(person: Staff, topic: Topic) -> bool:
    """Whether they are mailed about it, as of now."""
    return person.disabled_at is None and bool(person.email) and topic in choice_of(person).topics


async def _undecided(session: AsyncSession, topic: Topic, day: date) -> Sequence[Staff]:
    decided = exists().where(StaffMail.staff_id == Staff.id, StaffMail.topic == topic, StaffMail.day == day)
    rows = await session.scalars(
        select(Staff)
        .where(WANTED[topic], Staff.email.is_not(None), Staff.disabled_at.is_(None), ~decided)
        .order_by(Staff.id)
    )
    return rows.all()


async def _tells(session: AsyncSession, topic: Topic, person: Staff, now: datetime) -> bool:
    """Whether there is anything to tell."""
    if topic is Topic.WEEK:
        return True
    if topic is Topic.MENTIONED:
        return bool(await count_unseen(session, member_of(person)))
    if news := OF_NEWS.get(topic):
        return bool(await told_requests(session, news, department_of(person), person.id, most=1))
    promised = await count_promised(session, now, department_of(person))
    return bool(promised.overdue or promised.soon)
