"""Who is asking: the login behind a page, and the proof that a post came from our own form.

Each dependency asks the table of `bot.web.permissions` for the route it stands before; `changing`, `admin` and
`administering` are other names for the reader of a route, and let nobody in whom the table does not.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote, urlsplit

import structlog
from fastapi import FastAPI, Path, Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.looks import RememberedLooks, note_look
from bot.cases.mentions import count_unseen
from bot.cases.roles import Permission
from bot.cases.second_step import is_required
from bot.cases.sight import Subject, conversations_in_sight, is_in_sight
from bot.cases.staff import StaffMember
from bot.cases.staff_sessions import Login, find_login
from bot.conversation.danger_marks import open_alarms
from bot.conversation.waiting import count_waiting_for
from bot.db.changes import current_version
from bot.db.session import transaction
from bot.settings import settings
from bot.web.language import ENGLISH, speak
from bot.web.permissions import check_permission, route_of, subjects_of
from bot.web.templating import render

log = structlog.get_logger(__name__)

HOME = "/console/requests"
LOGIN_PAGE = "/console/login"
SECOND_STEP_PAGE = "/console/account/second-step"
MAX_FILES = 10
MAX_POST = 120 * 1024 * 1024  # bytes: ten photos of a good camera
MAX_FIELD = 64 * 1024  # bytes of one field that is not a file
MOST_ALARMS = 6  # shown at once; as soon as one is seen to, the next one comes up
MAX_ID = 2**63 - 1  # of a row; a larger one in an address is a mistake, not a question for the database

_NUMBER = re.compile(r"^[0-9]{1,19}$")

RowId = Annotated[int, Path(ge=1, le=MAX_ID)]
Reference = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,40}$")]
Before = Annotated[int | None, Query(ge=1, le=MAX_ID)]


class SecondStepNeededError(Exception):
    """The city wants a second step of this role, and this account has none yet."""


class LoginNeededError(Exception):
    """Nobody is logged in, or no longer."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A form that a logged-in member of staff sent from one of our pages."""

    login: Login
    form: FormData

    def text(self, name: str) -> str:
        """A field's words, line ends as `\\n`; "" when it is not there."""
        value = self.form.get(name)
        # PostgreSQL keeps no NUL, and no keyboard has one.
        return value.replace("\r\n", "\n").replace("\x00", "").strip() if isinstance(value, str) else ""

    def numbers(self, name: str) -> tuple[int, ...]:
        """All values of a field that are whole numbers."""
        values = self.form.getlist(name)
        numbers = (int(value) for value in values if isinstance(value, str) and _NUMBER.match(value))
        return tuple(number for number in numbers if number <= MAX_ID)

    def files(self, name: str) -> list[UploadFile]:
        """The files of a field; a file input left empty sends one without a name."""
        return [
            value for value in self.form.getlist(name) if isinstance(value, UploadFile) and value.filename
        ]


def cookie_name() -> str:
    """Of the login."""
    return own_cookie("cityline") if is_secure() else "cityline_session"


def own_cookie(name: str) -> str:
    """A cookie of this name as the browser knows it: with https it takes one from this very host only, whose path is `/`."""
    return f"__Host-{name}" if is_secure() else name


def is_secure() -> bool:
    return settings().base_url.startswith("https://")


async def signed_in(request: Request) -> Login:
    """Dependency of every page behind the login. Raises `LoginNeededError`, 403, or 404 for what is out of their sight."""
    return await _login(request, counts_as_use=True)


async def watching(request: Request) -> Login:
    """The same for what a page asks by itself: an open tab alone does not keep a login alive."""
    return await _login(request, counts_as_use=False)


async def posted(request: Request) -> Posted:
    """Dependency of every post behind the login. Raises what `signed_in` does, 411 or 413."""
    login = await _login(request, counts_as_use=True)
    form = await read_form(request)
    if not same_token(form.get("csrf_token"), login.csrf_token):
        log.warning("console.form_refused", staff_id=login.staff.id, route=route_of(request))
        raise HTTPException(403)
    return Posted(login, form)


changing = posted  # of what changes a record
admin = signed_in  # of a page for those who look after the console
administering = posted  # of their posts


async def read_form(request: Request, most: int = MAX_POST) -> FormData:
    """The form of a post, its size in bytes checked before anything is read. Raises 411, 413 or 400."""
    length = request.headers.get("content-length", "")
    if not _NUMBER.match(length):
        raise HTTPException(411)
    if int(length) > most:
        raise HTTPException(413)
    return await request.form(max_files=MAX_FILES + 5, max_fields=100, max_part_size=MAX_FIELD)


def place_of(request: Request) -> str:
    """The network address a request came from, as far as the proxy says."""
    return request.client.host if request.client else ""


def same_token(given: object, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), expected.encode())


async def _login(request: Request, *, counts_as_use: bool) -> Login:
    token = request.cookies.get(cookie_name())
    if not token:
        raise LoginNeededError
    async with transaction() as session:
        login = await find_login(session, token, datetime.now(UTC), counts_as_use=counts_as_use)
        # Before anything of the page is read: what changes from here on, an open page hears of.
        request.state.version = await current_version(session)
        if login is None:
            raise LoginNeededError
        speak(login.staff.language or ENGLISH)
        await show_above(session, request, login.staff)
        request.state.login = login
        request.state.mentions = await count_unseen(session, login.staff)
        check_permission(request, login.staff)
        if is_required(login.staff) and not login.staff.second_step and not _sets_it_up(request):
            raise SecondStepNeededError
        await _check_sight(session, request, login.staff)
        if counts_as_use and request.method == "GET":
            await _note_looks(session, request, login.staff)
    return login


async def show_above(session: AsyncSession, request: Request, staff: StaffMember) -> None:
    """Load what stands over every page: who waits for a person, and danger that nobody has seen to, for who may read conversations."""
    request.state.waiting, request.state.alarms = 0, []
    # Pictures and streams show nobody who waits.
    is_drawn = not request.headers.get("accept", "").startswith(("image/", "text/event-stream"))
    if is_drawn and staff.may(Permission.CONVERSATIONS):
        request.state.waiting = await count_waiting_for(session, staff.id)
        request.state.alarms = await open_alarms(session, MOST_ALARMS, conversations_in_sight(staff))


def _sets_it_up(request: Request) -> bool:
    """Whoever has to set up a second step may do that, or leave."""
    return request.url.path in (SECOND_STEP_PAGE, "/console/logout")


async def _check_sight(session: AsyncSession, request: Request, staff: StaffMember) -> None:
    for kind, key in subjects_of(request):
        if kind is not Subject.REQUEST and not _is_row_id(key):
            raise HTTPException(422)
        if not await is_in_sight(session, staff, kind, key):
            # The route alone: what is not there may be a word that somebody typed.
            log.info("console.not_in_sight", staff_id=staff.id, route=route_of(request))
            raise HTTPException(404)


async def _note_looks(session: AsyncSession, request: Request, staff: StaffMember) -> None:
    """What is opened here is noted, where it has somebody's data in it: before it is shown, or it is not shown."""
    now = datetime.now(UTC)
    remembered: RememberedLooks = request.app.state.looks
    for kind, key in subjects_of(request):
        # A small picture is a part of the page around it.
        if request.path_params.get("variant") == "thumb" or remembered.knows(staff.author, kind, key, now):
            continue
        await note_look(session, staff.author, kind, key, now)
        remembered.remember(staff.author, kind, key, now)


def _is_row_id(key: str) -> bool:
    return bool(_NUMBER.match(key)) and 1 <= int(key) <= MAX_ID


def safe_next(path: str | None) -> str:
    """Where to go after the login: a page of our console, whatever the address bar claims."""
    if not path or not path.startswith("/console/") or "\\" in path or "//" in path:
        return HOME
    return HOME if path.startswith((LOGIN_PAGE, "/console/logout")) else path


def add_login_redirect(app: FastAPI) -> None:
    @app.exception_handler(SecondStepNeededError)
    async def to_the_second_step(request: Request, _: SecondStepNeededError) -> Response:
        if request.headers.get("hx-request"):
            return Response(status_code=403, headers={"Cache-Control": "no-store"})
        return RedirectResponse(SECOND_STEP_PAGE, 303, headers={"Cache-Control": "no-store"})

    @app.exception_handler(LoginNeededError)
    async def to_the_login(request: Request, _: LoginNeededError) -> Response:
        if request.headers.get("hx-request"):
            # The page that asked says so itself; sending it away would lose what is being typed there.
            return Response(status_code=401, headers={"Cache-Control": "no-store"})
        if request.method != "GET":
            referer = urlsplit(request.headers.get("referer", ""))
            back = login_address(referer.path)
            return render(request, "logged_out.html", {"login_address": back}, status=401)
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(login_address(here), 303, headers={"Cache-Control": "no-store"})


def login_address(back_to: str) -> str:
    wanted = safe_next(back_to)
    return LOGIN_PAGE if wanted == HOME else f"{LOGIN_PAGE}?next={quote(wanted)}"
