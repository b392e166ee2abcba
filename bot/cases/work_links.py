"""The link in a mail to a department's mailbox, `/w/<token>`: whoever has it works on that one request.

It is made of the id of the mail's row (`bot.cases.link_tokens`), works for a month from its mail, and ends early when
another department has the request. `bot.web.work_page` shows the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.link_tokens import row_of_token, token_of
from bot.cases.lookup import lock_request
from bot.cases.mailbox import Reason, write_mail
from bot.cases.status import ACTIVE
from bot.city.current import city
from bot.db.tables import MailboxMail, ServiceRequest
from bot.settings import settings

PATH = "/w/"
# Between two mails that somebody asked for by an old link: whoever finds one cannot fill a mailbox.
AGAIN_AFTER = timedelta(hours=1)
_KIND = "work-link"
_PHOTO_KIND = "work-photo"


class WorkLinkError(Exception):
    """The link cannot be used."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class WorkLinkUnknownError(WorkLinkError):
    """We did not make this link."""


class WorkLinkWithdrawnError(WorkLinkError):
    """Another department has the request by now, or this one works with its mailbox no more."""


class WorkLinkExpiredError(WorkLinkError):
    """The link's time is over. `renewable`: another one can be mailed to where it came from."""

    def __init__(self, request_id: int | None, *, renewable: bool) -> None:
        super().__init__()
        self.request_id, self.renewable = request_id, renewable


@dataclass(frozen=True, slots=True)
class WorkLink:
    """A link that works."""

    mail_id: int
    request_id: int
    reference: str
    department: str


def work_url(mail_id: int) -> str:
    """The whole address of the page that a mail leads to. Never log it: it is all that one needs to change the request."""
    return f"{settings().base_url}{PATH}{token_of(_KIND, mail_id)}"


async def open_work_link(session: AsyncSession, token: str, now: datetime) -> WorkLink:
    """What a link is for. Raises `WorkLinkUnknownError`, `…Expired` or `…Withdrawn`. `now` is aware.

    A wrong token costs no look-up in the database.
    """
    mail_id = row_of_token(_KIND, token)
    if mail_id is None:
        raise WorkLinkUnknownError
    mail = await session.get(MailboxMail, mail_id)
    if mail is None:  # so old that it is forgotten
        raise WorkLinkExpiredError(None, renewable=False)
    request = await session.get_one(ServiceRequest, mail.request_id)
    if request.department != mail.department or mail.department not in city().mailboxes:
        raise WorkLinkWithdrawnError
    if now >= mail.link_until:
        raise WorkLinkExpiredError(request.id, renewable=request.status in ACTIVE)
    return WorkLink(mail.id, request.id, request.reference, mail.department)


async def mail_again(session: AsyncSession, request: ServiceRequest, now: datetime) -> bool:
    """Have an unfinished request mailed once more; False where a mail is on its way, or there is no mailbox. `now` is aware."""
    await lock_request(session, request)  # of two clicks one comes after the other
    under_way = exists().where(MailboxMail.request_id == request.id, MailboxMail.ended_at.is_(None))
    if request.department not in city().mailboxes or request.status not in ACTIVE:
        return False
    if await session.scalar(select(under_way)):
        return False
    await write_mail(session, request, Reason.AGAIN, now)
    return True


async def renew_work_link(session: AsyncSession, token: str, now: datetime) -> bool:
    """Have a link whose time is over sent anew, to the mailbox and nowhere else. False: one was sent within the hour, or
    it works as it is.

    Raises as `open_work_link` does for a link that cannot be renewed. `now` is aware.
    """
    try:
        await open_work_link(session, token, now)
    except WorkLinkExpiredError as expired:
        if not expired.renewable:
            raise
        request = await session.get_one(ServiceRequest, expired.request_id)
        lately = exists().where(
            MailboxMail.request_id == request.id, MailboxMail.created_at > now - AGAIN_AFTER
        )
        return not await session.scalar(select(lately)) and await mail_again(session, request, now)
    return False


def photo_proof(link: WorkLink, photo_id: int) -> str:
    """Stands in the form for a photo that was kept with it: whoever has the link can name no other photo there is."""
    return token_of(f"{_PHOTO_KIND}.{link.mail_id}", photo_id)


def proved_photo(link: WorkLink, proof: str) -> int | None:
    """The photo it stands for; None for a proof that this link's page did not give."""
    return row_of_token(f"{_PHOTO_KIND}.{link.mail_id}", proof)
