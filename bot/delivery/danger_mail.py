"""Mail to staff of danger that nobody acknowledged: to everybody with an address, at any hour, each once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.mail_choices import choice_of
from bot.db.session import transaction
from bot.db.tables import Conversation, Danger, DangerMail, Staff
from bot.delivery.mailing.kind import Kind
from bot.delivery.mailing.record import settle_cut_off
from bot.delivery.mailing.send import send_due
from bot.delivery.mailing.states import MailState
from bot.delivery.staff_mail.compose import wording
from bot.mail.message import Mail
from bot.settings import Settings


async def give_danger_mail(session: AsyncSession, danger_id: int, now: datetime) -> None:
    """Write down who is to be mailed: open accounts with an address, but for those who do not want it. Safe to repeat."""
    wanting = select(
        literal(danger_id), Staff.id, literal(MailState.WAITING.value), literal(now), literal(now)
    ).where(Staff.email.is_not(None), Staff.disabled_at.is_(None), Staff.wants_danger)
    columns = ("danger_id", "staff_id", "state", "next_try_at", "created_at")
    await session.execute(insert(DangerMail).from_select(columns, wanting).on_conflict_do_nothing())


async def mail_danger(config: Settings, now: datetime) -> int:
    """Send what is due; gives how many went out. Safe to repeat, and by several workers at once. `now` is aware."""
    async with transaction() as session:
        await settle_cut_off(session, DANGER_MAIL, now)
    return await send_due(DANGER_MAIL, config, now)


async def _compose(session: AsyncSession, config: Settings, row: DangerMail, now: datetime) -> Mail | None:
    """None where somebody has seen to it meanwhile, or the account was closed. It says nothing of what the resident wrote."""
    danger = await session.get_one(Danger, row.danger_id)
    person = await session.get_one(Staff, row.staff_id)
    if danger.acknowledged_at is not None or person.disabled_at is not None or not person.email:
        return None
    conversation = await session.get_one(Conversation, danger.conversation_id)
    choice = choice_of(person)
    words = wording(config, choice.language, now).danger(
        danger.told_at, conversation.contact.channel, danger.conversation_id
    )
    return Mail(
        f"cityline.danger.{danger.id}.{row.id}",
        choice.email,
        words.subject,
        words.text,
        choice.language,
        now,
        about=f"cityline.danger.{danger.id}",
    )


DANGER_MAIL = Kind("danger_mail", DangerMail, _compose)
