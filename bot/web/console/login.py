"""The door of the console: login and logout."""

from __future__ import annotations

import asyncio
import math
import secrets
import time
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.audit import record
from bot.cases.logging_in import LoggedIn, Refused, Try, is_known, log_in, still_logging_in
from bot.cases.second_step import check_code
from bot.cases.staff_sessions import LONGEST, end_login, find_login, start_login
from bot.db.session import transaction
from bot.settings import settings
from bot.web.access import (
    LOGIN_PAGE,
    Posted,
    cookie_name,
    is_secure,
    own_cookie,
    place_of,
    posted,
    read_form,
    safe_next,
    same_token,
)
from bot.web.console.browsers import browser_name
from bot.web.console.device import (
    half_way,
    known_device,
    knows_second_step,
    read_half_way,
    remember_device,
    remember_second_step,
)
from bot.web.slots import RETRY_AFTER, BusyError, Slots
from bot.web.templating import render

router = APIRouter(prefix="/console", include_in_schema=False)

MAX_LOGIN_POST = 16 * 1024  # bytes; anybody may send this form, so it stays small
FORM_COOKIE = "cityline_form"
# Refusals all take this long, so that neither hashing nor counting shows; hashing takes about 0.05 s.
REFUSAL_SECONDS = 0.4
# Hashing is costly on purpose: a flood of logins waits in line, and a browser that is known has a line of its own.
_for_strangers = Slots(at_once=1, in_line=16, of_one_place=4)
_for_known = Slots(at_once=1, in_line=16, of_one_place=4)


@router.get("/login")
async def login_page(request: Request, next: str | None = None) -> Response:
    token = request.cookies.get(cookie_name())
    if token:
        async with transaction() as session:
            if await find_login(session, token, datetime.now(UTC)) is not None:
                return RedirectResponse(safe_next(next), 303)
    return form_page(request, safe_next(next))


@router.post("/login")
async def try_login(request: Request) -> Response:
    """Open a login, or say no in one sentence that fits every reason."""
    began = time.monotonic()
    form = await read_form(request, MAX_LOGIN_POST)
    username, password, wanted = (_text(form.get(name)) for name in ("username", "password", "next"))
    if not same_token(
        form.get("form_token"), request.cookies.get(own_cookie(FORM_COOKIE)) or secrets.token_hex()
    ):
        # No cookie came back, or an old page: nothing is wrong with the name, so let them try again.
        return form_page(request, safe_next(wanted), username=username, problem="stale", status=403)
    now = datetime.now(UTC)
    attempt = Try(username, password, place_of(request), known_device(request))
    try:
        known = await is_known(username, attempt.device) if attempt.device else False
        async with (_for_known if known else _for_strangers).taken(attempt.place):
            result = await log_in(attempt, now)
    except BusyError:
        return form_page(request, safe_next(wanted), username=username, problem="busy", status=429)
    if isinstance(result, Refused):
        if result.waits_until is not None:
            return _waits_page(request, safe_next(wanted), username, result.waits_until - now)
        await asyncio.sleep(max(0.0, began + REFUSAL_SECONDS - time.monotonic()))
        return form_page(request, safe_next(wanted), username=username, problem="refused", status=401)
    if result.second_step_mark and not knows_second_step(request, result):
        return _code_page(request, safe_next(wanted), half_way(result))
    return await enter(request, result, wanted, by="known browser" if result.second_step_mark else "password")


@router.post("/login/code")
async def try_code(request: Request) -> Response:
    """The second step: a code of the app, or a recovery code."""
    form = await read_form(request, MAX_LOGIN_POST)
    pending, code, wanted = (_text(form.get(name)) for name in ("pending", "code", "next"))
    whose = read_half_way(pending)
    if whose is None or not same_token(
        form.get("form_token"), request.cookies.get(own_cookie(FORM_COOKIE)) or secrets.token_hex()
    ):
        return form_page(request, safe_next(wanted), problem="stale", status=403)
    now = datetime.now(UTC)
    async with transaction() as session:
        result = await still_logging_in(session, *whose)
        if result is None:
            return form_page(request, safe_next(wanted), problem="stale", status=403)
        refused = await check_code(session, result.staff.username, code, place_of(request), now)
    if refused is not None:
        wait = refused.waits_until - now if refused.waits_until else None
        return _code_page(request, safe_next(wanted), pending, refused=True, wait=wait)
    answer = await enter(request, result, wanted, by="code")
    if form.get("remember") == "yes":
        remember_second_step(answer, result)
    return answer


async def enter(request: Request, result: LoggedIn, wanted: str, *, by: str) -> Response:
    """Begin a login, note by which last proof, and lead to what was wanted."""
    before = request.cookies.get(cookie_name())
    async with transaction() as session:
        if before:  # whoever logs in again does not leave the earlier login behind
            await end_login(session, before)
        browser = browser_name(request.headers.get("user-agent", ""))
        token = await start_login(session, result.staff, datetime.now(UTC), browser)
        record(session, result.staff.author, "staff.logged_in", "staff", result.staff.username, by=by)
    answer = RedirectResponse(safe_next(wanted), 303, headers={"Cache-Control": "no-store"})
    answer.set_cookie(
        cookie_name(),
        token,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(),
    )
    answer.delete_cookie(
        own_cookie(FORM_COOKIE), path="/", httponly=True, samesite="strict", secure=is_secure()
    )
    remember_device(answer, result)
    return answer


@router.post("/logout")
async def log_out(request: Request, post: Posted = Depends(posted)) -> Response:
    token = request.cookies.get(cookie_name())
    if token is None:
        raise HTTPException(401)
    async with transaction() as session:
        await end_login(session, token)
    # The browser forgets the drafts it kept; pages are never cached, photos only together with the cookie.
    headers = {"Cache-Control": "no-store", "Clear-Site-Data": '"storage"'}
    answer = RedirectResponse(LOGIN_PAGE, 303, headers=headers)
    answer.delete_cookie(cookie_name(), path="/", httponly=True, samesite="lax", secure=is_secure())
    return answer


def _waits_page(request: Request, wanted: str, username: str, wait: timedelta) -> Response:
    """The form, and how long to wait. It is said for names nobody has, too, so it tells nothing about accounts."""
    seconds = max(1, math.ceil(wait.total_seconds()))
    answer = form_page(
        request, wanted, username=username, problem="waits", status=429, minutes=math.ceil(seconds / 60)
    )
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _code_page(
    request: Request, wanted: str, pending: str, *, refused: bool = False, wait: timedelta | None = None
) -> Response:
    """The form that asks for the code."""
    minutes = max(1, math.ceil(wait.total_seconds() / 60)) if wait else 0
    context = {"next": wanted, "pending": pending, "refused": refused, "minutes": minutes}
    answer = _with_token(request, "login_code.html", context, 429 if wait else 401 if refused else 200)
    if wait:
        answer.headers["Retry-After"] = str(max(1, math.ceil(wait.total_seconds())))
    return answer


def form_page(
    request: Request,
    wanted: str,
    *,
    username: str = "",
    problem: str = "",
    status: int = 200,
    minutes: int = 0,
) -> Response:
    """The form of the door, with what went wrong."""
    context = {
        "next": wanted,
        "username": username,
        "problem": problem,
        "minutes": minutes,
        "provider": settings().oidc_configured,
    }
    answer = _with_token(request, "login.html", context, status)
    if problem == "busy":
        answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


def _with_token(request: Request, template: str, context: dict[str, object], status: int) -> Response:
    """A form with a token that must come back with the cookie: nobody can log another in unnoticed."""
    token = secrets.token_urlsafe(24)
    answer = render(request, template, {**context, "form_token": token}, status=status)
    answer.set_cookie(
        own_cookie(FORM_COOKIE),
        token,
        max_age=3600,
        path="/",
        httponly=True,
        samesite="strict",
        secure=is_secure(),
    )
    return answer


def _text(value: object) -> str:
    return value.replace("\x00", "") if isinstance(value, str) else ""
