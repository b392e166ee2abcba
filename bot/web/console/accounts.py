"""The page "Accounts": who of staff may log in and what they may, as `cityline staff` does it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.assignment import UnknownDepartmentError, check_department
from bot.cases.audit import record
from bot.cases.login_throttle import throttled_accounts
from bot.cases.password_links import DAYS, password_token
from bot.cases.roles import Role
from bot.cases.second_step import turn_off
from bot.cases.staff import (
    StaffDataError,
    StaffMember,
    UnknownStaffError,
    UsernameTakenError,
    create_staff,
    disable_staff,
    enable_staff,
    end_all_logins,
    find_staff,
    lift_waits,
    member_of,
    new_password,
    set_duties,
)
from bot.city.current import city
from bot.db.session import transaction
from bot.db.tables import Staff
from bot.settings import settings
from bot.web.access import Posted, admin, administering
from bot.web.language import mark
from bot.web.templating import render

router = APIRouter(prefix="/console/accounts", include_in_schema=False)

PAGE = 50
Username = Annotated[str, Path(pattern=r"^[a-z0-9._-]{1,64}$")]

ROLE_WORDS = {
    Role.REVIEWER: mark("reads, and marks what was read"),
    Role.CREW: mark("works requests outside; sees no conversation, no name, no number"),
    Role.AGENT: mark("works requests and writes to residents"),
    Role.MANAGER: mark("an agent who also edits the texts and hands out records"),
    Role.ADMIN: mark("everything, accounts and audit included"),
}


@dataclass(frozen=True, slots=True)
class AccountForm:
    """What is filled in for an account."""

    username: str = ""
    name: str = ""
    role: Role = Role.AGENT
    department: str = ""
    own_department_only: bool = False

    @classmethod
    def read(cls, post: Posted) -> AccountForm:
        role = post.text("role")
        return cls(
            post.text("username").lower(),
            post.text("name")[:120],
            Role(role) if role in set(Role) else Role.REVIEWER,  # the least
            post.text("department"),
            post.text("own_department_only") == "yes",
        )

    @classmethod
    def of(cls, member: StaffMember) -> AccountForm:
        return cls(
            member.username, member.name, member.role, member.department or "", member.own_department_only
        )


@router.get("", dependencies=[Depends(admin)])
async def accounts(request: Request, q: str = "", after: str = "") -> Response:
    """A page of accounts by username, or of those whose name or username begins with `q`."""
    return await _list(request, AccountForm(), q=q.replace("\x00", "")[:80], after=after.replace("\x00", ""))


@router.post("")
async def add_account(request: Request, post: Posted = Depends(administering)) -> Response:
    """Make an account; its owner chooses the password by a link that the next page shows."""
    form = AccountForm.read(post)
    try:
        check_department(form.department)
        async with transaction() as session:
            member = await create_staff(
                session,
                form.username,
                new_password(),  # nobody learns it
                name=form.name,
                role=form.role,
                department=form.department or None,
                own_department_only=form.own_department_only,
                actor=post.login.staff.author,
            )
    except (StaffDataError, UsernameTakenError, UnknownDepartmentError) as error:
        return await _list(request, form, problem=str(error), status=422)
    return await _show(request, member.username, link=True, saved="added")


@router.get("/{username}", dependencies=[Depends(admin)])
async def account_page(request: Request, username: Username, saved: str = "") -> Response:
    return await _show(request, username, saved=saved)


@router.post("/{username}")
async def save_duties(
    request: Request, username: Username, post: Posted = Depends(administering)
) -> Response:
    """Another role or department; it holds from their next click on."""
    form = AccountForm.read(post)
    try:
        check_department(form.department)
        async with transaction() as session:
            await set_duties(
                session,
                username,
                role=form.role,
                department=form.department or None,
                own_department_only=form.own_department_only,
                actor=post.login.staff.author,
            )
    except UnknownStaffError:
        raise HTTPException(404) from None
    except (StaffDataError, UnknownDepartmentError) as error:
        return await _show(request, username, form=form, problem=str(error), status=422)
    return _back_to(username, "duties")


@router.post("/{username}/disable")
async def post_disable(
    request: Request, username: Username, post: Posted = Depends(administering)
) -> Response:
    async def disable(session: AsyncSession, actor: str) -> None:
        await disable_staff(session, username, actor=actor, now=datetime.now(UTC))

    return await _do(request, username, post, disable, "disabled")


@router.post("/{username}/enable")
async def post_enable(
    request: Request, username: Username, post: Posted = Depends(administering)
) -> Response:
    async def enable(session: AsyncSession, actor: str) -> None:
        await enable_staff(session, username, actor=actor)

    return await _do(request, username, post, enable, "enabled")


@router.post("/{username}/unlock")
async def post_unlock(
    request: Request, username: Username, post: Posted = Depends(administering)
) -> Response:
    async def unlock(session: AsyncSession, actor: str) -> None:
        await lift_waits(session, username, actor=actor)

    return await _do(request, username, post, unlock, "unlocked")


@router.post("/{username}/reset-second-step")
async def post_reset_second_step(
    request: Request, username: Username, post: Posted = Depends(administering)
) -> Response:
    """For who lost phone and recovery codes. Their logins end."""

    async def reset(session: AsyncSession, actor: str) -> None:
        await turn_off(session, username, actor)
        await end_all_logins(session, username)

    return await _do(request, username, post, reset, "second_step")


@router.post("/{username}/link")
async def post_link(request: Request, username: Username, post: Posted = Depends(administering)) -> Response:
    """Show a link by which they choose a new password. The old one works until they do."""
    async with transaction() as session:
        if await session.scalar(select(Staff.id).where(Staff.username == username)) is None:
            raise HTTPException(404)
        record(session, post.login.staff.author, "staff.password_link_made", "staff", username)
    return await _show(request, username, link=True)


async def _do(
    request: Request,
    username: str,
    post: Posted,
    deed: Callable[[AsyncSession, str], Awaitable[None]],
    saved: str,
) -> Response:
    try:
        async with transaction() as session:
            await deed(session, post.login.staff.author)
    except UnknownStaffError:
        raise HTTPException(404) from None
    except StaffDataError as error:
        return await _show(request, username, problem=str(error), status=409)
    return _back_to(username, saved)


def _back_to(username: str, saved: str) -> Response:
    return RedirectResponse(f"/console/accounts/{username}?saved={saved}", 303)


async def _list(
    request: Request,
    form: AccountForm,
    *,
    q: str = "",
    after: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    query = select(Staff).where(Staff.username > after).order_by(Staff.username).limit(PAGE + 1)
    if q:
        query = query.where(
            or_(
                Staff.username.startswith(q.lower(), autoescape=True),
                Staff.name.icontains(q, autoescape=True),
            )
        )
    async with transaction() as session:
        members = [member_of(row) for row in await session.scalars(query)]
        context = {
            "members": members[:PAGE],
            "more": len(members) > PAGE,
            "throttled": await throttled_accounts(session, datetime.now(UTC)),
        }
    more: dict[str, object] = {"form": form, "problem": problem, "q": q, "continued": bool(after)}
    return render(request, "accounts/list.html", {**context, **more, **_choices()}, status=status)


async def _show(
    request: Request,
    username: str,
    *,
    form: AccountForm | None = None,
    link: bool = False,
    saved: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    async with transaction() as session:
        try:
            member = member_of(await find_staff(session, username))
        except UnknownStaffError:
            raise HTTPException(404) from None
        token = await password_token(session, username) if link else ""
        throttled = (await throttled_accounts(session, datetime.now(UTC))).get(username)
    context: dict[str, object] = {
        "member": member,
        "form": form or AccountForm.of(member),
        "link": f"{settings().base_url}/console/password/{token}" if link else "",
        "link_days": DAYS,
        "throttled": throttled,
        "saved": saved,
        "problem": problem,
    }
    return render(request, "accounts/page.html", {**context, **_choices()}, status=status)


def _choices() -> dict[str, object]:
    return {"roles": ROLE_WORDS, "departments": city().departments}
