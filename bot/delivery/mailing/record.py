"""What follows of an attempt to mail somebody, kept on its row: the one policy of `bot.failures`, and an end to everything in the evening."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.city.current import calendar
from bot.db.tables import StaffMail
from bot.delivery.alarm import sound_alarm
from bot.delivery.staff_mail.due import evening_of
from bot.delivery.staff_mail.states import CUT_OFF_AFTER, MailState, wait_after
from bot.failures import TRIES, FailureKind, reason_of
from bot.mail.outcomes import MailError

log = structlog.get_logger(__name__)

CUT_OFF = "The worker ended while it was handed over: it may have gone out, and is not sent again."
TOO_LATE = "It did not go out before the evening."


def due_for_sending(now: datetime) -> Select[StaffMail]:
    """What is to be sent now, oldest first."""
    waits = (StaffMail.state == MailState.WAITING) & (StaffMail.next_try_at <= now)
    return select(StaffMail).where(waits).order_by(StaffMail.id)


async def settle_old(session: AsyncSession, now: datetime) -> None:
    """End what nobody is at any more: what was cut off, and what is of no use since its day is over. Safe to repeat."""
    cut_off = select(StaffMail).where(
        StaffMail.state == MailState.SENDING, StaffMail.began_at < now - CUT_OFF_AFTER
    )
    for row in await session.scalars(cut_off.with_for_update(skip_locked=True)):
        row.detail = CUT_OFF
        end(row, MailState.UNCONFIRMED, now)
    today = now.astimezone(calendar().time_zone).date()
    over = today if now >= evening_of(today) else today - timedelta(days=1)
    waits = select(StaffMail).where(StaffMail.state == MailState.WAITING, StaffMail.day <= over)
    for row in await session.scalars(waits.with_for_update(skip_locked=True)):
        row.detail = f"{TOO_LATE} {row.detail}" if row.detail else TOO_LATE
        end(row, MailState.FAILED, now)


def end(row: StaffMail, state: MailState, now: datetime) -> None:
    """Nothing more is done about this mail."""
    row.state, row.ended_at = state, now
    log.info("staff_mail.ended", staff_mail_id=row.id, state=state, attempts=row.attempts)


async def record_sent(session: AsyncSession, row_id: int, number: int, now: datetime) -> None:
    """The server has it. That is the truth also where another worker took this one for dead meanwhile."""
    row = await session.get_one(StaffMail, row_id, with_for_update=True)
    if row.attempts == number and row.state in (MailState.SENDING, MailState.UNCONFIRMED):
        row.failure = row.detail = None
        end(row, MailState.SENT, now)


async def record_refused(
    session: AsyncSession, row_id: int, number: int, error: MailError, now: datetime
) -> None:
    """It certainly did not go out: tried again, or ended where that would be of no use."""
    row = await _under_way(session, row_id, number)
    if row is None:
        return
    row.failure, row.detail = error.failure, str(error)
    if error.failure is FailureKind.DETERMINISTIC:
        end(row, MailState.FAILED, now)
    else:
        row.state, row.next_try_at = MailState.WAITING, now + wait_after(row.attempts)


async def record_unconfirmed(
    session: AsyncSession, row_id: int, number: int, reason: str, now: datetime
) -> None:
    """It may have gone out, and nobody can be asked."""
    row = await _under_way(session, row_id, number)
    if row is not None:
        row.failure, row.detail = FailureKind.TRANSIENT, reason
        end(row, MailState.UNCONFIRMED, now)


async def record_unwritten(session: AsyncSession, row_id: int, error: BaseException, now: datetime) -> None:
    """Its words could not be made, by a fault of ours: after a few times in a row it is given up."""
    row = await session.get_one(StaffMail, row_id, with_for_update=True)
    if row.state != MailState.WAITING:
        return
    row.attempts = row.attempts + 1 if row.failure == FailureKind.DETERMINISTIC else 1
    row.failure, row.detail = FailureKind.DETERMINISTIC, reason_of(error)
    row.next_try_at = now + wait_after(row.attempts)
    if row.attempts >= TRIES:
        end(row, MailState.FAILED, now)


async def put_off(session: AsyncSession, error: MailError, now: datetime) -> None:
    """The server cannot be used: whatever is due waits, each as long as it has been tried in vain."""
    if error.failure is FailureKind.MISCONFIGURED:
        sound_alarm("mail", str(error))
    for row in await session.scalars(due_for_sending(now).with_for_update(skip_locked=True)):
        row.attempts += 1
        row.failure, row.detail = error.failure, str(error)
        row.next_try_at = now + wait_after(row.attempts)
    log.warning("staff_mail.put_off", failure=error.failure, reason=str(error))


async def _under_way(session: AsyncSession, row_id: int, number: int) -> StaffMail | None:
    """The row, as long as this attempt is the last word on it."""
    row = await session.get_one(StaffMail, row_id, with_for_update=True)
    return row if row.state == MailState.SENDING and row.attempts == number else None
