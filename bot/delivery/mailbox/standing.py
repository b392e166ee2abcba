"""How the mails to mailboxes stand: of one request, and of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.mailbox import Reason
from bot.db.tables import MailboxMail
from bot.delivery.mailing.states import UNDER_WAY, MailState
from bot.failures import FailureKind

LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DepartmentMail:
    """The last mail of a request to a mailbox."""

    department: str
    reason: Reason
    state: MailState
    at: datetime  # when it ended, or was written down
    problem: str  # what went wrong, in our words; "" for nothing
    under_way: bool


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """All of them."""

    waiting: int
    since: datetime | None  # of the oldest that waits
    failed: int  # of the last week: did not go out, or may not have
    misconfigured: str  # what keeps all of them from going out; "" for nothing


async def last_department_mail(session: AsyncSession, request_id: int) -> DepartmentMail | None:
    """What became of the last one that was of use; None where there is none."""
    row = await session.scalar(
        select(MailboxMail)
        .where(MailboxMail.request_id == request_id, MailboxMail.state != MailState.NEEDLESS)
        .order_by(MailboxMail.id.desc())
        .limit(1)
    )
    if row is None:
        return None
    state = MailState(row.state)
    return DepartmentMail(
        row.department,
        Reason(row.reason),
        state,
        row.ended_at or row.created_at,
        row.detail or "",
        state in UNDER_WAY,
    )


async def mailboxes_standing(session: AsyncSession, now: datetime) -> Mailboxes:
    """What waits and what went wrong. `now` is aware."""
    waits = MailboxMail.state.in_(UNDER_WAY)
    waiting, since = (
        await session.execute(select(func.count(), func.min(MailboxMail.created_at)).where(waits))
    ).one()
    failed = await session.scalar(
        select(func.count()).where(
            MailboxMail.state.in_([MailState.FAILED, MailState.UNCONFIRMED]),
            MailboxMail.created_at > now - LATELY,
        )
    )
    wrong = await session.scalar(
        select(MailboxMail.detail)
        .where(waits, MailboxMail.failure == FailureKind.MISCONFIGURED)
        .order_by(MailboxMail.id.desc())
        .limit(1)
    )
    return Mailboxes(waiting, since, failed or 0, wrong or "")
