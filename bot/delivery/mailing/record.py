"""What follows of an attempt to send a mail, kept on its row: the one policy of `bot.failures`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import OneMail
from bot.delivery.alarm import sound_alarm
from bot.delivery.mailing.kind import Kind, RowT
from bot.delivery.mailing.states import CUT_OFF_AFTER, MailState, wait_after
from bot.failures import TRIES, FailureKind, reason_of
from bot.mail.outcomes import MailError

log = structlog.get_logger(__name__)

CUT_OFF = "The worker ended while it was handed over: it may have gone out, and is not sent again."


async def settle_cut_off(session: AsyncSession, kind: Kind[RowT], now: datetime) -> None:
    """End what nobody is at any more. Safe to repeat."""
    table = kind.table
    cut_off = select(table).where(table.state == MailState.SENDING, table.began_at < now - CUT_OFF_AFTER)
    for row in await session.scalars(cut_off.with_for_update(skip_locked=True)):
        row.detail = CUT_OFF
        end(kind, row, MailState.UNCONFIRMED, now)


def end(kind: Kind[Any], row: OneMail, state: MailState, now: datetime) -> None:
    """Nothing more is done about this mail."""
    row.state, row.ended_at = state, now
    log.info(f"{kind.name}.ended", **{f"{kind.name}_id": row.id}, state=state, attempts=row.attempts)


async def record_sent(
    session: AsyncSession, kind: Kind[RowT], row_id: int, number: int, now: datetime
) -> None:
    """The server has it. That is the truth also where another worker took this one for dead meanwhile."""
    row = await session.get_one(kind.table, row_id, with_for_update=True)
    if row.attempts == number and row.state in (MailState.SENDING, MailState.UNCONFIRMED):
        row.failure = row.detail = None
        end(kind, row, MailState.SENT, now)


async def record_refused(
    session: AsyncSession, kind: Kind[RowT], row_id: int, number: int, error: MailError, now: datetime
) -> None:
    """It certainly did not go out: tried again, or ended where that would be of no use."""
    row = await _under_way(session, kind, row_id, number)
    if row is None:
        return
    row.failure, row.detail = error.failure, str(error)
    if error.failure is FailureKind.DETERMINISTIC:
        end(kind, row, MailState.FAILED, now)
    else:
        row.state, row.next_try_at = MailState.WAITING, now + wait_after(row.attempts)


async def record_unconfirmed(
    session: AsyncSession, kind: Kind[RowT], row_id: int, number: int, reason: str, now: datetime
) -> None:
    """It may have gone out, and nobody can be asked."""
    row = await _under_way(session, kind, row_id, number)
    if row is not None:
        row.failure, row.detail = FailureKind.TRANSIENT, reason
        end(kind, row, MailState.UNCONFIRMED, now)


async def record_unwritten(
    session: AsyncSession, kind: Kind[RowT], row_id: int, error: BaseException, now: datetime
) -> None:
    """Its words could not be made, by a fault of ours: after a few times in a row it is given up."""
    row = await session.get_one(kind.table, row_id, with_for_update=True)
    if row.state != MailState.WAITING:
        return
    row.attempts = row.attempts + 1 if row.failure == FailureKind.DETERMINISTIC else 1
    row.failure, row.detail = FailureKind.DETERMINISTIC, reason_of(error)
    row.next_try_at = now + wait_after(row.attempts)
    if row.attempts >= TRIES:
        end(kind, row, MailState.FAILED, now)


async def put_off(session: AsyncSession, kind: Kind[RowT], error: MailError, now: datetime) -> None:
    """The server cannot be used: whatever is due waits, each as long as it has been tried in vain."""
    if error.failure is FailureKind.MISCONFIGURED:
        sound_alarm("mail", str(error))
    for row in await session.scalars(kind.due(now).with_for_update(skip_locked=True)):
        row.attempts += 1
        row.failure, row.detail = error.failure, str(error)
        row.next_try_at = now + wait_after(row.attempts)
    log.warning(f"{kind.name}.put_off", failure=error.failure, reason=str(error))


async def _under_way(session: AsyncSession, kind: Kind[RowT], row_id: int, number: int) -> RowT | None:
    """The row, as long as this attempt is the last word on it."""
    row = await session.get_one(kind.table, row_id, with_for_update=True)
    return row if row.state == MailState.SENDING and row.attempts == number else None
