"""The second step under "Account": setting it up with an app, recovery codes, taking it away; and ending one's logins."""

from __future__ import annotations

from datetime import UTC, datetime

import segno
from fastapi import APIRouter, Depends
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.second_step import (
    WrongCodeError,
    address_of,
    check_code,
    is_required,
    new_secret,
    recovery_codes_left,
    renew_recovery_codes,
    secret_of,
    turn_off,
    turn_on,
)
from bot.cases.staff import StaffMember
from bot.cases.staff_sessions import Login, end_logins
from bot.city.current import city
from bot.db.session import transaction
from bot.web.access import SECOND_STEP_PAGE as PAGE
from bot.web.access import Posted, RowId, place_of, posted, signed_in
from bot.web.templating import render

router = APIRouter(prefix="/console/account", include_in_schema=False)


@router.get("/second-step")
async def second_step(request: Request, login: Login = Depends(signed_in)) -> Response:
    """Its state; where there is none, a new secret to set one up with."""
    return await _page(request, login.staff)


@router.post("/second-step")
async def set_up(request: Request, post: Posted = Depends(posted)) -> Response:
    """Turn it on, with the first code of the app. The recovery codes are shown in this answer and never again."""
    staff, sealed = post.login.staff, post.text("secret")
    if staff.second_step:
        return RedirectResponse(PAGE, 303)
    try:
        async with transaction() as session:
            codes = await turn_on(session, staff, sealed, post.text("code"), datetime.now(UTC))
            # A login that is open elsewhere was made without it.
            await end_logins(session, staff, but=post.login.id)
    except WrongCodeError:
        return await _page(request, staff, sealed=sealed, problem="wrong", status=422)
    return render(request, "account/recovery_codes.html", {"codes": codes, "new": True})


@router.post("/second-step/codes")
async def new_codes(request: Request, post: Posted = Depends(posted)) -> Response:
    """Ten new recovery codes, for a code of the app."""
    if not await _is_right(request, post):
        return await _page(request, post.login.staff, problem="wrong", status=422)
    async with transaction() as session:
        codes = await renew_recovery_codes(session, post.login.staff)
    return render(request, "account/recovery_codes.html", {"codes": codes, "new": False})


@router.post("/second-step/off")
async def take_away(request: Request, post: Posted = Depends(posted)) -> Response:
    """Turn it off, for a code; not where the city wants one."""
    staff = post.login.staff
    if is_required(staff):
        return await _page(request, staff, problem="required", status=409)
    if not await _is_right(request, post):
        return await _page(request, staff, problem="wrong", status=422)
    async with transaction() as session:
        await turn_off(session, staff.username, staff.author)
    return RedirectResponse(PAGE, 303)


@router.post("/logins/end")
async def end_others(post: Posted = Depends(posted)) -> Response:
    """End all one's logins but this one."""
    async with transaction() as session:
        await end_logins(session, post.login.staff, but=post.login.id)
    return RedirectResponse("/console/account#logins", 303)


@router.post("/logins/{login_id}/end")
async def end_one(login_id: RowId, post: Posted = Depends(posted)) -> Response:
    """End one of one's own; of what is no login of theirs nothing happens."""
    async with transaction() as session:
        await end_logins(session, post.login.staff, but=post.login.id, only=login_id)
    return RedirectResponse("/console/account#logins", 303)


async def _is_right(request: Request, post: Posted) -> bool:
    async with transaction() as session:
        username, now = post.login.staff.username, datetime.now(UTC)
        return await check_code(session, username, post.text("code"), place_of(request), now) is None


async def _page(
    request: Request, staff: StaffMember, *, sealed: str = "", problem: str = "", status: int = 200
) -> Response:
    context: dict[str, object] = {"problem": problem, "required": is_required(staff)}
    if staff.second_step:
        async with transaction() as session:
            context["codes_left"] = await recovery_codes_left(session, staff.id)
        return render(request, "account/second_step.html", context, status=status)
    try:
        address = address_of(sealed, staff, f"{city().name} 311") if sealed else ""
    except WrongCodeError:  # the page was open for too long
        address = ""
    if not address:
        sealed = new_secret(staff)
        address = address_of(sealed, staff, f"{city().name} 311")
    context |= {"sealed": sealed, "secret": secret_of(sealed, staff), "picture": _picture(address)}
    return render(request, "account/second_step.html", context, status=status)


def _picture(address: str) -> Markup:
    """A QR code as SVG of ours: numbers and path commands, nothing of anybody's words."""
    code = segno.make(address, error="m")
    return Markup(code.svg_inline(scale=4, border=3, dark="#000", light="#fff", omitsize=True))  # noqa: S704
