"""Accounts of the console: who may log in, with which password, and what they may do.

A refused login never says why, and takes as long for a name nobody has as for a wrong password: see `log_in`.
Failures are counted in the session's transaction, so a refusal is a return value, not an exception that
would roll the count back.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.db.tables import Staff, StaffSession

log = structlog.get_logger(__name__)

MIN_PASSWORD = 10  # characters; length is what counts (NIST SP 800-63B), so no rules about digits and signs
MAX_PASSWORD = 256  # nobody gets to make us hash a book
FREE_TRIES = 5  # failures before the first wait
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)  # a lock-out must not become a way to keep a clerk out for a day

_USERNAME = re.compile(r"^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$")
_hasher = PasswordHasher()  # argon2-cffi's defaults are RFC 9106's low-memory profile


class Role(StrEnum):
    ADMIN = "admin"
    AGENT = "agent"  # works requests
    VIEWER = "viewer"  # reads only


class UsernameTakenError(ValueError):
    """Somebody has this username already."""


class StaffDataError(ValueError):
    """A username or password does not meet the rules; the message says which rule."""


class UnknownStaffError(LookupError):
    """There is no account with this username."""


@dataclass(frozen=True, slots=True)
class StaffMember:
    """An account, without anything secret."""

    id: int
    username: str
    name: str
    role: Role
    department: str | None
    disabled: bool
    created_at: datetime

    @property
    def author(self) -> str:
        """How history, messages and audit name this person."""
        return f"staff:{self.username}"

    @property
    def may_change(self) -> bool:
        return self.role in (Role.ADMIN, Role.AGENT)


def member_of(row: Staff) -> StaffMember:
    return StaffMember(
        row.id,
        row.username,
        row.name,
        Role(row.role),
        row.department,
        row.disabled_at is not None,
        row.created_at,
    )


async def create_staff(
    session: AsyncSession,
    username: str,
    password: str,
    *,
    name: str = "",
    role: Role = Role.AGENT,
    department: str | None = None,
    actor: str = "system",
) -> StaffMember:
    """Make an account. Raises `StaffDataError` or `UsernameTakenError`."""
    username = username.strip().lower()
    if not _USERNAME.match(username):
        raise StaffDataError("A username has 1 to 64 small letters, digits, dots, dashes or underscores.")
    _check_password(username, password)
    row = await session.scalar(
        insert(Staff)
        .values(
            username=username,
            name=name.strip() or username,
            password_hash=await _hash(password),
            role=role,
            department=department,
        )
        .on_conflict_do_nothing(index_elements=["username"])
        .returning(Staff)
    )
    if row is None:
        raise UsernameTakenError(f"There is an account {username!r} already.")
    record(session, actor, "staff.created", "staff", username, role=role)
    return member_of(row)


async def set_password(session: AsyncSession, username: str, password: str, *, actor: str = "system") -> None:
    """Give an account a new password, lift its lock-out and end its logins everywhere.

    Raises `UnknownStaffError` or `StaffDataError`.
    """
    row = await _find(session, username)
    _check_password(row.username, password)
    row.password_hash = await _hash(password)
    row.failed_logins, row.locked_until = 0, None
    await session.execute(delete(StaffSession).where(StaffSession.staff_id == row.id))
    record(session, actor, "staff.password_set", "staff", row.username)


async def disable_staff(session: AsyncSession, username: str, *, actor: str = "system") -> None:
    """Shut an account and end its logins; what it did stays. Raises `UnknownStaffError`."""
    row = await _find(session, username)
    row.disabled_at = row.disabled_at or datetime.now(UTC)
    await session.execute(delete(StaffSession).where(StaffSession.staff_id == row.id))
    record(session, actor, "staff.disabled", "staff", row.username)


async def enable_staff(session: AsyncSession, username: str, *, actor: str = "system") -> None:
    """Open an account again. Raises `UnknownStaffError`."""
    row = await _find(session, username)
    row.disabled_at, row.failed_logins, row.locked_until = None, 0, None
    record(session, actor, "staff.enabled", "staff", row.username)


async def list_staff(session: AsyncSession) -> list[StaffMember]:
    """All accounts by username."""
    return [member_of(row) for row in await session.scalars(select(Staff).order_by(Staff.username))]


def new_password() -> str:
    """A random password that can be read out: four groups of five, 98 bits."""
    alphabet = "abcdefghijkmnpqrstuvwxyz23456789"  # no l, o, 0, 1
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))


async def log_in(session: AsyncSession, username: str, password: str, now: datetime) -> StaffMember | None:
    """Check a login and count failures. None for whatever reason: name, password, lock-out, closed account.

    The password is hashed in every case, so the time tells nothing either. While an account waits, the right
    password is refused as well: otherwise a guesser would learn it during the wait.
    """
    row = await session.scalar(
        # Locked: guesses sent side by side are counted one after the other.
        select(Staff).where(Staff.username == username.strip().lower()).with_for_update()
    )
    matches = await asyncio.to_thread(
        _verify, row.password_hash if row else _nobodys_hash(), password[:MAX_PASSWORD]
    )
    if row is None:
        log.info("login.refused")
        return None
    if row.locked_until is not None and row.locked_until > now:
        log.info("login.locked", staff_id=row.id)
        return None
    if not matches or row.disabled_at is not None:
        row.failed_logins += 1
        row.locked_until = now + wait if (wait := wait_after(row.failed_logins)) else None
        log.info("login.refused", staff_id=row.id, failures=row.failed_logins)
        return None
    row.failed_logins, row.locked_until = 0, None
    if _hasher.check_needs_rehash(row.password_hash):
        row.password_hash = await _hash(password)
    member = member_of(row)
    record(session, member.author, "staff.logged_in", "staff", row.username)
    return member


def wait_after(failures: int) -> timedelta:
    """How long an account waits after so many failures in a row: nothing, then 30 s, doubling to an hour."""
    if failures < FREE_TRIES:
        return timedelta()
    doublings = min(failures - FREE_TRIES, 16)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


async def _find(session: AsyncSession, username: str) -> Staff:
    row = await session.scalar(select(Staff).where(Staff.username == username.strip().lower()))
    if row is None:
        raise UnknownStaffError(f"There is no account {username!r}.")
    return row


def _check_password(username: str, password: str) -> None:
    if len(password) < MIN_PASSWORD:
        raise StaffDataError(f"A password has at least {MIN_PASSWORD} characters.")
    if len(password) > MAX_PASSWORD:
        raise StaffDataError(f"A password has at most {MAX_PASSWORD} characters.")
    if username in password.lower() and len(password) < MIN_PASSWORD + len(username):
        raise StaffDataError("A password is more than the username and a few characters.")
    if len(set(password)) < 4:
        raise StaffDataError("A password has at least four different characters.")


async def _hash(password: str) -> str:
    # About 50 ms of processor time: not in the event loop.
    return await asyncio.to_thread(_hasher.hash, password)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except VerifyMismatchError:
        return False
    except (InvalidHashError, VerificationError):
        log.error("login.broken_hash")
        return False


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    """What the password of an unknown name is compared with, made with the same cost as all others."""
    return _hasher.hash(secrets.token_urlsafe(32))
