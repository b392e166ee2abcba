"""People of staff who want mail, requests that run late, and the mornings on which both meet."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime

from sqlalchemy import select

from bot.cases.lookup import find_request
from bot.cases.mail_choices import MailChoice, Topic, choose_mail
from bot.cases.roles import Role
from bot.cases.staff import create_staff
from bot.city.current import city
from bot.db.session import transaction
from bot.db.tables import Staff, StaffMail
from bot.settings import Settings, load_settings, settings
from tests.console import PASSWORD, a_conversation, a_request
from tests.mail_server import MailServer

WORKS = "Public Works"
# Tuesday, 8:00 in the city. The day before is a Monday, and no holiday.
MORNING = datetime(2026, 12, 1, 16, 0, tzinfo=UTC)


def configured(server: MailServer, url: str = "", **more: str) -> Settings:
    """The settings of this process, and where mail goes."""
    values = {"CITYLINE_SMTP_URL": url or server.url(), "CITYLINE_MAIL_FROM": "no-reply@example.gov", **more}
    return load_settings(_env_file=None, CITYLINE_DATA=str(settings().data), **values)


async def somebody(
    username: str = "ana",
    *topics: Topic,
    department: str | None = WORKS,
    role: Role = Role.AGENT,
    language: str = "en",
) -> None:
    """An account that wants mail; what runs late where nothing else is said."""
    choice = MailChoice(f"{username}@example.gov", frozenset(topics or (Topic.LATE,)), language)
    async with transaction() as session:
        await create_staff(session, username, PASSWORD, role=role, department=department)
        await choose_mail(session, username, choice)


async def a_late_request(
    key: str = "one",
    due: date = date(2026, 11, 25),
    department: str | None = WORKS,
    filed: date = date(2026, 11, 18),
    **more: object,
) -> str:
    """A request that was promised for that day; gives its reference."""
    conversation_id = await a_conversation(f"+1310555{zlib.crc32(key.encode()) % 10_000:04d}")
    reference = await a_request(key, conversation_id, **more)
    async with transaction() as session:
        row = await find_request(session, reference)
        row.created_at = datetime(filed.year, filed.month, filed.day, 10, tzinfo=city().time_zone)
        row.due_on, row.department = due, department
    return reference


async def mails(username: str | None = None) -> list[StaffMail]:
    """What was written down, oldest first."""
    query = select(StaffMail).join(Staff, Staff.id == StaffMail.staff_id).order_by(StaffMail.id)
    async with transaction() as session:
        rows = await session.scalars(query.where(Staff.username == username) if username else query)
        return list(rows)
