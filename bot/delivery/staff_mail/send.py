"""Mail to staff: deciding who is told what, and sending it while its day lasts."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.mail_choices import Topic
from bot.city.current import calendar
from bot.db.session import transaction
from bot.db.tables import Staff, StaffMail
from bot.delivery.mailing.kind import Kind
from bot.delivery.mailing.record import end, settle_cut_off
from bot.delivery.mailing.send import send_due
from bot.delivery.mailing.states import MailState
from bot.delivery.staff_mail.compose import compose
from bot.delivery.staff_mail.decide import decide, wants
from bot.delivery.staff_mail.due import evening_of
from bot.mail.message import Mail
from bot.settings import Settings

TOO_LATE = "It did not go out before the evening."


async def mail_staff(config: Settings, now: datetime) -> int:
    """Decide and send what is due; gives how many went out. Safe to repeat, and by several workers at once.

    Without a mail server nothing is decided, and what had been is given up in its evening. `now` is aware.
    """
    async with transaction() as session:
        await settle_cut_off(session, STAFF_MAIL, now)
        await _end_late(session, now)
        if config.mail_configured:
            await decide(session, now)
    return await send_due(STAFF_MAIL, config, now)


async def _compose(session: AsyncSession, config: Settings, row: StaffMail, now: datetime) -> Mail | None:
    person = await session.get_one(Staff, row.staff_id)
    return await compose(session, config, row, person, now) if wants(person, Topic(row.topic)) else None


async def _end_late(session: AsyncSession, now: datetime) -> None:
    """End what is of no use since its day is over. Safe to repeat."""
    today = now.astimezone(calendar().time_zone).date()
    over = today if now >= evening_of(today) else today - timedelta(days=1)
    waits = select(StaffMail).where(StaffMail.state == MailState.WAITING, StaffMail.day <= over)
    for row in await session.scalars(waits.with_for_update(skip_locked=True)):
        row.detail = f"{TOO_LATE} {row.detail}" if row.detail else TOO_LATE
        end(STAFF_MAIL, row, MailState.FAILED, now)


STAFF_MAIL = Kind("staff_mail", StaffMail, _compose)
