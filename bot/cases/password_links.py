"""A link by which somebody of staff chooses their own password: an administrator makes it and never learns the password.

Nothing of it is kept: it names the account and the password it replaces, under the installation's key. So it works once, and
a password that was set in any other way makes it void.
"""

from __future__ import annotations

import hashlib
import hmac

from itsdangerous import BadSignature, TimestampSigner
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.logging_in import password_mark
from bot.cases.staff import find_staff
from bot.db.tables import Staff
from bot.settings import secret_key, settings

DAYS = 3
_SALT = "cityline.password-link"


class LinkOverError(LookupError):
    """The link was used, is too old, or never was one of ours; or the account is closed."""


async def password_token(session: AsyncSession, username: str) -> str:
    """The last part of the link for an account. Raises `UnknownStaffError`."""
    row = await find_staff(session, username)
    return _signer().sign(f"{row.id}-{password_mark(row.password_hash)}").decode("ascii")


async def account_of(session: AsyncSession, token: str) -> str:
    """The username it is for. Raises `LinkOverError`."""
    try:
        staff_id, mark = _signer().unsign(token, max_age=DAYS * 24 * 3600).decode("ascii").split("-")
    except (BadSignature, ValueError):
        raise LinkOverError from None
    row = await session.scalar(select(Staff).where(Staff.id == int(staff_id), Staff.disabled_at.is_(None)))
    if row is None or not hmac.compare_digest(password_mark(row.password_hash), mark):
        raise LinkOverError
    return row.username


def _signer() -> TimestampSigner:
    return TimestampSigner(
        secret_key(settings()), salt=_SALT, digest_method=hashlib.sha256, key_derivation="hmac"
    )
