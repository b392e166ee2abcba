"""Checking a name and a password.

A refusal never says which of the two was wrong, and takes as long for a name nobody has. No transaction is open while the
password is hashed, and who has to wait is refused before it is.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.hashing import hash_password, is_outdated, matches
from bot.cases.login_throttle import Bucket, buckets, count_failure, forget_failures, waits_until
from bot.cases.password_rules import MAX_PASSWORD
from bot.cases.staff import StaffMember, member_of
from bot.db.session import transaction
from bot.db.tables import Staff

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that has logged in before, as its signed cookie says."""

    staff_id: int
    nonce: str
    password_mark: str  # of the password it logged in with: a new one makes it a stranger


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt to log in."""

    username: str
    password: str
    place: str  # network address
    device: Device | None = None


@dataclass(frozen=True, slots=True)
class LoggedIn:
    staff: StaffMember
    password_mark: str
    second_step_mark: str = ""  # of the secret of their second step; "": they have none


@dataclass(frozen=True, slots=True)
class Refused:
    """`waits_until`: of who failed too often, right password or not; None: name or password were wrong."""

    waits_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Account:
    id: int
    password_hash: str
    disabled: bool


async def is_known(username: str, device: Device | None) -> bool:
    """Whether the browser has logged in to this account before, with the password that it has now."""
    async with transaction() as session:
        return _knows(await _account(session, username), device)


async def log_in(attempt: Try, now: datetime) -> LoggedIn | Refused:
    """Check one try, and count it where it fails. Who is right is not in yet: their second step may be to come."""
    username = attempt.username.strip().lower()
    async with transaction() as session:
        account = await _account(session, username)
        device = attempt.device if _knows(account, attempt.device) else None
        counted = buckets(username, attempt.place, device.nonce if device else None)
        until = await waits_until(session, counted, now)
    if until is not None:
        log.info("login.waits", staff_id=account.id if account else None)
        return Refused(until)
    # One that is too long is nobody's, whatever it begins with; it takes as long as any other, and no longer.
    fits = len(attempt.password) <= MAX_PASSWORD
    right = await matches(
        account.password_hash if account and fits else None, attempt.password[:MAX_PASSWORD]
    )
    fresh_hash = (
        await hash_password(attempt.password)
        if account and right and is_outdated(account.password_hash)
        else None
    )
    async with transaction() as session:
        if account is None or not right or account.disabled:
            return await _failed(session, counted, account, now)
        row = await session.get_one(Staff, account.id)
        if row.disabled_at is not None or row.password_hash != account.password_hash:
            return Refused()  # changed in this moment
        if fresh_hash is not None:
            row.password_hash = fresh_hash
        await forget_failures(session, counted)
        return logged_in(row)


async def still_logging_in(session: AsyncSession, staff_id: int, mark: str) -> LoggedIn | None:
    """Who gave their password a moment ago; None where it was changed since, or the account closed."""
    row = await session.get(Staff, staff_id)
    if row is None or row.disabled_at is not None:
        return None
    return logged_in(row) if hmac.compare_digest(password_mark(row.password_hash), mark) else None


def logged_in(row: Staff) -> LoggedIn:
    """Who it is, with the marks by which their browsers are known."""
    second = hashlib.sha256(row.totp_secret).hexdigest()[:16] if row.totp_secret else ""
    return LoggedIn(member_of(row), password_mark(row.password_hash), second)


def password_mark(password_hash: str) -> str:
    """Tells one password hash from another; the hash itself has a random salt, so this tells nothing else."""
    return hashlib.sha256(password_hash.encode()).hexdigest()[:16]


async def _failed(
    session: AsyncSession, counted: tuple[Bucket, ...], account: _Account | None, now: datetime
) -> Refused:
    until = await count_failure(session, counted, account.id if account else None, now)
    log.info("login.refused", staff_id=account.id if account else None, waits=until is not None)
    return Refused(until)


async def _account(session: AsyncSession, username: str) -> _Account | None:
    row = await session.scalar(select(Staff).where(Staff.username == username.strip().lower()))
    return _Account(row.id, row.password_hash, row.disabled_at is not None) if row else None


def _knows(account: _Account | None, device: Device | None) -> bool:
    return (
        account is not None
        and device is not None
        and device.staff_id == account.id
        and hmac.compare_digest(device.password_mark, password_mark(account.password_hash))
    )
