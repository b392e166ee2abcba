"""What a mail to a person of staff says at the moment it goes out: nothing of it is kept before or after."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.mail_choices import OF_NEWS, Topic, choice_of
from bot.cases.mentions import mentions_of
from bot.cases.resident_news import told_requests
from bot.cases.running_late import late_departments
from bot.cases.staff import member_of
from bot.cases.week import last_whole_week, load_week
from bot.city.current import calendar
from bot.db.tables import Staff, StaffMail
from bot.delivery.staff_mail.decide import department_of
from bot.delivery.staff_mail.wording import Wording, Words
from bot.mail.message import Mail
from bot.settings import Settings


async def compose(
    session: AsyncSession, config: Settings, row: StaffMail, person: Staff, now: datetime
) -> Mail | None:
    """The mail; None where there is nothing to tell (any more). `now` is aware."""
    words = await _words(session, config, Topic(row.topic), person, now)
    if words is None:
        return None
    # Of a row alone, so that the same mail is known by whoever it may reach a second time.
    key = f"cityline.{row.topic}.{row.day:%Y%m%d}.{row.id}"
    choice = choice_of(person)
    return Mail(key, choice.email, words.subject, words.text, choice.language, now)


def wording(config: Settings, language: str, now: datetime) -> Wording:
    """Words as of today; with links where the city has told how its console is reached."""
    console = f"{config.public_url}/console" if config.public_url else ""
    return Wording(language, now.astimezone(calendar().time_zone).date(), console)


async def _words(
    session: AsyncSession, config: Settings, topic: Topic, person: Staff, now: datetime
) -> Words | None:
    says = wording(config, choice_of(person).language, now)
    if topic is Topic.WEEK:
        return says.week(await load_week(session, last_whole_week(now), now))
    if topic is Topic.MENTIONED:
        unseen = await mentions_of(session, member_of(person), unseen=True)
        return await asyncio.to_thread(says.mentioned, unseen) if unseen else None
    department = department_of(person)
    if news := OF_NEWS.get(topic):
        told = await told_requests(session, news, department, person.id)
        return await asyncio.to_thread(says.told, news, told, department) if told else None
    found = await late_departments(session, now, department)
    if not found:
        return None
    mailed = await _mailed_departments(session) if department is None else None
    return await asyncio.to_thread(says.late, found, department, mailed)


async def _mailed_departments(session: AsyncSession) -> set[str]:
    """Departments in which somebody is mailed what runs late there."""
    rows = await session.scalars(
        select(Staff.department)
        .distinct()
        .where(
            Staff.department.is_not(None),
            Staff.wants_late,
            Staff.email.is_not(None),
            Staff.disabled_at.is_(None),
        )
    )
    return {name for name in rows if name}
