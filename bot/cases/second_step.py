"""The second step of a login: a code of an app (TOTP, RFC 6238), or one of ten recovery codes that work once each.

The secret is kept encrypted under the installation's key, so that a copy of the database makes no codes. Recovery codes are
random and kept as hashes; they work after that key was changed, too.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp
import structlog
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.logging_in import Refused
from bot.cases.login_throttle import buckets, count_failure, forget_failures, waits_until
from bot.cases.staff import StaffMember, find_staff
from bot.db.tables import RecoveryCode, Staff
from bot.settings import secret_key, settings

log = structlog.get_logger(__name__)

RECOVERY_CODES = 10
ENROLLING = 15 * 60  # seconds in which the code of a new secret has to come back
_STEP = 30  # seconds
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # no l, o, 0, 1


class WrongCodeError(ValueError):
    """The code is wrong, was used already, or its time is over."""


def new_secret(staff: StaffMember) -> str:
    """A new secret for this person, sealed: it comes back with the first code and is kept then."""
    return _seal(f"{staff.id}:{pyotp.random_base32()}").decode("ascii")


def address_of(sealed: str, staff: StaffMember, issuer: str) -> str:
    """What the app reads from the picture: an `otpauth://` address. Raises `WrongCodeError` for what is not sealed for them."""
    return pyotp.TOTP(_open_for(sealed, staff)).provisioning_uri(name=staff.username, issuer_name=issuer)


def secret_of(sealed: str, staff: StaffMember) -> str:
    """The same to type in, in groups of four."""
    plain = _open_for(sealed, staff)
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


async def turn_on(
    session: AsyncSession, staff: StaffMember, sealed: str, code: str, now: datetime
) -> list[str]:
    """Keep the secret, whose first code proves that the app has it; gives new recovery codes. Raises `WrongCodeError`."""
    secret = _open_for(sealed, staff)
    row = await find_staff(session, staff.username, lock=True)
    row.totp_secret, row.totp_step = _seal(secret), _step_of(secret, code, now, None)
    record(session, staff.author, "staff.second_step_on", "staff", row.username)
    return await _new_recovery_codes(session, row.id)


async def renew_recovery_codes(session: AsyncSession, staff: StaffMember) -> list[str]:
    """Ten new ones; those before are void."""
    record(session, staff.author, "staff.recovery_codes_renewed", "staff", staff.username)
    return await _new_recovery_codes(session, staff.id)


async def turn_off(session: AsyncSession, username: str, actor: str) -> None:
    """Take the second step away: by its owner, or by an administrator for who lost the phone. Raises `UnknownStaffError`."""
    row = await find_staff(session, username, lock=True)
    row.totp_secret = row.totp_step = None
    await session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == row.id))
    record(session, actor, "staff.second_step_off", "staff", row.username)


async def check_code(
    session: AsyncSession, username: str, code: str, place: str, now: datetime
) -> Refused | None:
    """Take a code of the app, or a recovery code, once; None: it was right. Whoever guesses waits as with passwords.

    `place`: a network address. Raises `UnknownStaffError`.
    """
    row = await find_staff(session, username, lock=True)
    counted = buckets(f"second step of {row.username}", place, None)
    if (until := await waits_until(session, counted, now)) is not None:
        log.info("login.waits", staff_id=row.id)
        return Refused(until)
    if await _take(session, row, "".join(code.split()).lower(), now):
        await forget_failures(session, counted)
        return None
    until = await count_failure(session, counted, row.id, now)
    log.info("login.code_refused", staff_id=row.id, waits=until is not None)
    return Refused(until)


async def recovery_codes_left(session: AsyncSession, staff_id: int) -> int:
    left = select(func.count()).where(RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None))
    return await session.scalar(left) or 0


def is_required(staff: StaffMember) -> bool:
    """Whether the city wants a second step of this role."""
    return not staff.provided and staff.role in settings().second_step_roles


async def _take(session: AsyncSession, row: Staff, code: str, now: datetime) -> bool:
    if row.totp_secret is None:
        return False
    if len(code) == 6 and code.isascii() and code.isdigit():
        try:
            row.totp_step = _step_of(_open(row.totp_secret), code, now, row.totp_step)
        except WrongCodeError:
            return False
        return True
    used = await session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.staff_id == row.id,
            RecoveryCode.code_hash == _hashed(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    if used is not None:
        record(session, f"staff:{row.username}", "staff.recovery_code_used", "staff", row.username)
    return used is not None


def _step_of(secret: str, code: str, now: datetime, last: int | None) -> int:
    """The half minute that a code is of: this one, or one beside it, for clocks that differ; never one that was used."""
    app = pyotp.TOTP(secret)
    given = "".join(code.split())
    present = int(now.timestamp()) // _STEP
    for step in (present, present - 1, present + 1):
        if hmac.compare_digest(app.generate_otp(step), given) and (last is None or step > last):
            return step
    raise WrongCodeError


async def _new_recovery_codes(session: AsyncSession, staff_id: int) -> list[str]:
    codes = [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))  # 80 bits
        for _ in range(RECOVERY_CODES)
    ]
    await session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    session.add_all(RecoveryCode(staff_id=staff_id, code_hash=_hashed(code)) for code in codes)
    return codes


def _hashed(code: str) -> bytes:
    # Eighty random bits: a plain hash is enough, there is nothing to guess.
    return hashlib.sha256(code.replace("-", "").encode()).digest()


def _seal(words: str) -> bytes:
    return _box().encrypt(words.encode())


def _open(sealed: bytes, ttl: int | None = None) -> str:
    """Raises `WrongCodeError` where another installation, or another key of this one, sealed it."""
    try:
        return _box().decrypt(sealed, ttl=ttl).decode()
    except InvalidToken:
        raise WrongCodeError from None


def _open_for(sealed: str, staff: StaffMember) -> str:
    whose, _, secret = _open(sealed.encode(), ttl=ENROLLING).partition(":")
    if whose != str(staff.id):
        raise WrongCodeError
    return secret


def _box() -> Fernet:
    key = hmac.new(secret_key(settings()).encode(), b"cityline.second-step", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))
