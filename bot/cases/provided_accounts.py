"""Accounts of who logs in by the city's identity provider: known by what the provider calls them for ever, made at their first login.

The provider says who somebody is and which role they have; department and sight stay what an administrator of ours said. An account
that was made here is nobody's there: a username that somebody could choose at the provider opens nothing.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.logging_in import LoggedIn, logged_in
from bot.cases.roles import Role
from bot.cases.staff import (
    LastAdminError,
    StaffDataError,
    UsernameTakenError,
    create_staff,
    find_staff,
    new_password,
    set_duties,
)
from bot.db.tables import Staff


class NotLetInError(Exception):
    """The provider knows them, and the city lets them in not: no role, a closed account, or a username that is another's."""


@dataclass(frozen=True, slots=True)
class Provided:
    """What the provider says of somebody."""

    subject: str  # never given to anybody else
    username: str  # as they know it; it may change there
    name: str
    role: Role | None  # None: none of their groups has one


async def let_in(session: AsyncSession, who: Provided) -> LoggedIn:
    """The account of who logged in there, with the role they have now. Raises `NotLetInError`."""
    row = await session.scalar(select(Staff).where(Staff.oidc_subject == who.subject).with_for_update())
    if who.role is None or (row is not None and row.disabled_at is not None):
        raise NotLetInError
    if row is None:
        row = await _first_time(session, who, who.role)
    elif row.role != who.role:
        await _change_role(session, row, who.role)
    return logged_in(row)


async def _first_time(session: AsyncSession, who: Provided, role: Role) -> Staff:
    username = re.sub(r"[^a-z0-9._-]+", "-", who.username.partition("@")[0].lower()).strip("._-")[:64]
    try:
        # Nobody learns the password: they are known by the provider alone.
        await create_staff(session, username, new_password(), name=who.name[:120], role=role, actor="oidc")
    except (StaffDataError, UsernameTakenError):
        raise NotLetInError from None
    row = await find_staff(session, username)
    row.oidc_subject = who.subject
    return row


async def _change_role(session: AsyncSession, row: Staff, role: Role) -> None:
    with contextlib.suppress(LastAdminError):  # somebody has to be able to open accounts
        await set_duties(
            session,
            row.username,
            role=role,
            department=row.department,
            own_department_only=row.own_department_only and role is not Role.ADMIN,
            actor="oidc",
        )
