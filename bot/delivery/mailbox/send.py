"""Sending what `bot.cases.mailbox` wrote down, in the order of each request, for as long as it takes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists
from sqlalchemy.orm import aliased

from bot.db.session import transaction
from bot.db.tables import MailboxMail
from bot.delivery.mailbox.compose import compose
from bot.delivery.mailing.kind import Kind
from bot.delivery.mailing.record import settle_cut_off
from bot.delivery.mailing.send import send_due
from bot.settings import Settings

_earlier = aliased(MailboxMail)
# One that is under way, or waits for its next try, is not overtaken by a later one of the same request.
_in_turn = ~exists().where(
    _earlier.request_id == MailboxMail.request_id,
    _earlier.id < MailboxMail.id,
    _earlier.ended_at.is_(None),
)
MAILBOX_MAIL = Kind("mailbox_mail", MailboxMail, compose, (_in_turn,))


async def mail_mailboxes(config: Settings, now: datetime) -> int:
    """Send what is due; gives how many went out. Safe to repeat, and by several workers at once. `now` is aware.

    Nothing is given up for being late: a mail is worth sending as long as its department has to do the work, and is
    needless as soon as it has not.
    """
    async with transaction() as session:
        await settle_cut_off(session, MAILBOX_MAIL, now)
    return await send_due(MAILBOX_MAIL, config, now)
