"""A department with nothing but a mailbox: that a request is to be mailed there.

A request that is new in such a department, or opened again there, makes one row in the transaction that makes it so;
`bot.delivery.mailbox` sends it. What the link in the mail opens is in `bot.cases.work_links`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.status import ACTIVE
from bot.city.current import city
from bot.db.tables import MailboxMail, ServiceRequest, Update

log = structlog.get_logger(__name__)

# A month of work. The link is the only key to its page, so it ends; every further mail brings another.
LINK_WORKS_FOR = timedelta(days=30)
# How history names who works at a mailbox, behind the department: staff:Public Works@mailbox.
MAILBOX = "mailbox"
# Of bot.delivery.mailing.states, which nothing in here may import.
_WAITING, _NEEDLESS = "waiting", "needless"


class Reason(StrEnum):
    """Why a request is mailed."""

    NEW = "new"  # filed there, or given to it
    OPENED = "opened"  # it had ended, and is to be done after all
    ANSWERED = "answered"  # it waited for its resident, who answered
    AGAIN = "again"  # somebody asked for it once more


async def mail_department(
    session: AsyncSession, request: ServiceRequest, update: Update, reason: Reason
) -> None:
    """Have a request mailed to its department's mailbox, once for an entry of its history; nothing where it has none."""
    if request.department in city().mailboxes and request.status in ACTIVE:
        await write_mail(session, request, reason, update.created_at, update.id)


async def write_mail(
    session: AsyncSession,
    request: ServiceRequest,
    reason: Reason,
    now: datetime,
    update_id: int | None = None,
) -> None:
    """The row of a mail that is to go out. `now` is aware; its link works from then on."""
    await session.execute(
        insert(MailboxMail)
        .values(
            request_id=request.id,
            department=request.department,
            reason=reason,
            update_id=update_id,
            state=_WAITING,
            next_try_at=now,
            created_at=now,
            link_until=now + LINK_WORKS_FOR,
        )
        .on_conflict_do_nothing(index_elements=["update_id"])
    )
    log.info("mailbox.decided", request_id=request.id, reason=reason)


async def hold_mail(session: AsyncSession, update_id: int, until: datetime) -> None:
    """Have the mail that an entry of the history made go out later, so that it can be taken back. `until` is aware."""
    theirs = (MailboxMail.update_id == update_id, MailboxMail.state == _WAITING)
    await session.execute(update(MailboxMail).where(*theirs).values(next_try_at=until))


async def take_back_mail(session: AsyncSession, update_id: int) -> bool:
    """Have nothing mailed of an entry of the history; False, and nothing changed, where its mail has gone out or is going."""
    row = await session.scalar(
        select(MailboxMail).where(MailboxMail.update_id == update_id).with_for_update()
    )
    if row is not None and row.state not in (_WAITING, _NEEDLESS):
        return False
    if row is not None:
        row.state = _NEEDLESS
    return True
