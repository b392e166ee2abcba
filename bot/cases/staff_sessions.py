"""Logins of the console, kept on our side: a random token in the cookie, only its hash in the database."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.staff import StaffMember, member_of
from bot.db.tables import Staff, StaffSession

IDLE = timedelta(hours=8)  # a working day at the desk; pages that refresh themselves do not count as use
LONGEST = timedelta(hours=24)  # then log in again, however busy
TOUCH_EVERY = timedelta(minutes=10)  # reading a page need not write a row each time


@dataclass(frozen=True, slots=True)
class Login:
    """A valid login: whose, and the token that each of its posts must carry."""

    staff: StaffMember
    csrf_token: str
    expires_at: datetime
    id: int


async def start_login(session: AsyncSession, staff: StaffMember, now: datetime, browser: str = "") -> str:
    """Begin a login and give the token for the cookie. Expired logins are swept out on the way."""
    token = secrets.token_urlsafe(32)
    await session.execute(delete(StaffSession).where(StaffSession.expires_at < now))
    session.add(
        StaffSession(
            token_hash=token_hash(token),
            staff_id=staff.id,
            csrf_token=secrets.token_urlsafe(32),
            browser=browser,
            expires_at=now + IDLE,
            created_at=now,
        )
    )
    return token


async def find_login(
    session: AsyncSession, token: str, now: datetime, *, counts_as_use: bool = True
) -> Login | None:
    """The login of a cookie's token, or None when it is unknown, over, or its account is closed."""
    found = (
        await session.execute(
            select(StaffSession, Staff)
            .join(Staff, Staff.id == StaffSession.staff_id)
            .where(
                StaffSession.token_hash == token_hash(token),
                StaffSession.expires_at > now,
                Staff.disabled_at.is_(None),
            )
        )
    ).one_or_none()
    if found is None:
        return None
    login, staff = found
    until = min(now + IDLE, login.created_at + LONGEST)
    if counts_as_use and until - login.expires_at > TOUCH_EVERY:
        login.expires_at = until
    return Login(member_of(staff), login.csrf_token, login.expires_at, login.id)


async def lasting_logins(
    session: AsyncSession, token_hashes: Collection[bytes], now: datetime
) -> frozenset[bytes]:
    """Which of these logins are not over, and of an open account; by `token_hash`. It does not count as use."""
    rows = await session.scalars(
        select(StaffSession.token_hash)
        .join(Staff, Staff.id == StaffSession.staff_id)
        .where(
            StaffSession.token_hash.in_(token_hashes),
            StaffSession.expires_at > now,
            Staff.disabled_at.is_(None),
        )
    )
    return frozenset(rows)


async def end_login(session: AsyncSession, token: str) -> None:
    """Log out: the token is worth nothing from now on."""
    await session.execute(delete(StaffSession).where(StaffSession.token_hash == token_hash(token)))


@dataclass(frozen=True, slots=True)
class OpenLogin:
    """A login as its owner sees it."""

    id: int
    browser: str  # "" for one of which it is not known
    began_at: datetime
    last_used_at: datetime  # to ten minutes


async def logins_of(session: AsyncSession, staff_id: int, now: datetime) -> list[OpenLogin]:
    """Those that are open, the last used first."""
    rows = await session.scalars(
        select(StaffSession)
        .where(StaffSession.staff_id == staff_id, StaffSession.expires_at > now)
        .order_by(StaffSession.expires_at.desc(), StaffSession.id.desc())
    )
    return [
        OpenLogin(row.id, row.browser, row.created_at, max(row.created_at, row.expires_at - IDLE))
        for row in rows
    ]


async def end_logins(session: AsyncSession, staff: StaffMember, *, but: int, only: int | None = None) -> int:
    """End a person's other logins, or one of them; gives how many. `but`: the one that asks."""
    which = StaffSession.staff_id == staff.id, StaffSession.id != but
    query = delete(StaffSession).where(*which)
    ended = await session.scalars(
        (query if only is None else query.where(StaffSession.id == only)).returning(StaffSession.id)
    )
    count = len(ended.all())
    if count:
        record(session, staff.author, "staff.logins_ended", "staff", staff.username, logins=count)
    return count


def token_hash(token: str) -> bytes:
    """What is kept of a token."""
    # The token is 256 random bits: a plain hash is enough, there is nothing to guess.
    return hashlib.sha256(token.encode()).digest()
