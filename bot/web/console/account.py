"""The page "Account": what somebody of staff gets by mail, and what became of their last mails."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.alarm_choices import AlarmChoice, choose_alarms, find_alarm_choice
from bot.cases.mail_choices import MailChoice, Topic, choose_mail, find_choice
from bot.cases.staff import StaffDataError
from bot.cases.staff_sessions import Login, logins_of
from bot.city.catalogue import LANGUAGES
from bot.db.session import transaction
from bot.delivery.staff_mail.decide import sees_all
from bot.delivery.staff_mail.unsettled import last_mails
from bot.mail.address import MOST_CHARACTERS, MailAddressError
from bot.settings import settings
from bot.web.access import Posted, posted, signed_in
from bot.web.templating import render

router = APIRouter(prefix="/console/account", include_in_schema=False)

MOST_MAILS = 5  # of their last ones


@router.get("")
async def account(
    request: Request, login: Login = Depends(signed_in), saved: bool = False, alarms_saved: bool = False
) -> Response:
    """Their own account, whatever their role."""
    async with transaction() as session:
        choice = await find_choice(session, login.staff.username)
    return await _page(request, login, choice, saved=saved, alarms_saved=alarms_saved)


@router.post("")
async def save_account(request: Request, post: Posted = Depends(posted)) -> Response:
    """Save what they want by mail: of their own account alone, so viewers may, too."""
    topics = frozenset(topic for topic in Topic if post.text(topic) == "yes")
    choice = MailChoice(post.text("email"), topics, post.text("language"))
    staff = post.login.staff
    try:
        async with transaction() as session:
            await choose_mail(session, staff.username, choice, actor=staff.author)
    except (MailAddressError, StaffDataError) as error:
        return await _page(request, post.login, choice, problem=str(error), status=422)
    return RedirectResponse("/console/account?saved=true", 303)


@router.post("/alarms")
async def save_alarms(post: Posted = Depends(posted)) -> Response:
    """Save what they want to hear of danger and of who waits: of their own account alone, so viewers may, too."""
    choice = AlarmChoice(*(post.text(name) == "yes" for name in ("mail", "danger_sound", "waiting_sound")))
    async with transaction() as session:
        await choose_alarms(session, post.login.staff.username, choice, post.login.staff.author)
    return RedirectResponse("/console/account?alarms_saved=true#alarms", 303)


async def _page(
    request: Request,
    login: Login,
    choice: MailChoice,
    *,
    saved: bool = False,
    alarms_saved: bool = False,
    problem: str = "",
    status: int = 200,
) -> Response:
    async with transaction() as session:
        alarms = await find_alarm_choice(session, login.staff.username)
        mails = await last_mails(session, login.staff.username, MOST_MAILS)
        logins = await logins_of(session, login.staff.id, datetime.now(UTC))
    context = {
        "logins": logins,
        "choice": choice,
        "languages": LANGUAGES,
        "of_all": sees_all(login.staff.role, login.staff.department),
        "configured": settings().mail_configured,
        "most_characters": MOST_CHARACTERS,
        "mails": mails,
        "alarms": alarms,
        "alarms_saved": alarms_saved,
        "saved": saved,
        "problem": problem,
    }
    return render(request, "account/page.html", context, status=status)
