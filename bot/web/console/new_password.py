"""The page on which somebody of staff chooses their own password, by a link that an administrator gave them."""

from __future__ import annotations

import secrets

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.password_links import LinkOverError, account_of
from bot.cases.password_rules import MAX_PASSWORD, MIN_PASSWORD
from bot.cases.staff import StaffDataError, set_password
from bot.db.session import transaction
from bot.web.access import LOGIN_PAGE, place_of, read_form
from bot.web.console.login import MAX_LOGIN_POST
from bot.web.language import say
from bot.web.slots import BusyError, Slots
from bot.web.templating import render

router = APIRouter(prefix="/console/password", include_in_schema=False)

# Hashing is costly on purpose, and anybody may send this form: see the login.
_hashing = Slots(at_once=1, in_line=8, of_one_place=2)


@router.get("/{token}")
async def password_page(request: Request, token: str) -> Response:
    try:
        async with transaction() as session:
            username = await account_of(session, token)
    except LinkOverError:
        return render(request, "accounts/link_over.html", status=410)
    return _page(request, username)


@router.post("/{token}")
async def choose_password(request: Request, token: str) -> Response:
    """Set it, and end all logins of the account. The link itself is the proof, so nobody needs to be logged in."""
    form = await read_form(request, MAX_LOGIN_POST)
    chosen, again = (str(form.get(name, "")).replace("\x00", "") for name in ("password", "again"))
    try:
        async with transaction() as session:
            username = await account_of(session, token)
        if not secrets.compare_digest(chosen.encode(), again.encode()):
            return _page(request, username, say("The two are not the same."), 422)
        async with _hashing.taken(place_of(request)), transaction() as session:
            username = await account_of(session, token)
            await set_password(session, username, chosen, actor=f"staff:{username}")
    except LinkOverError:
        return render(request, "accounts/link_over.html", status=410)
    except StaffDataError as error:
        return _page(request, username, str(error), 422)
    except BusyError:
        return _page(
            request,
            username,
            say("Many people are here right now. Please try again in a few seconds."),
            429,
        )
    return RedirectResponse(LOGIN_PAGE, 303, headers={"Cache-Control": "no-store"})


def _page(request: Request, username: str, problem: str = "", status: int = 200) -> Response:
    context = {"username": username, "problem": problem, "shortest": MIN_PASSWORD, "longest": MAX_PASSWORD}
    return render(request, "accounts/password.html", context, status=status)
