"""The cookie by which a browser that has logged in before is known again: it is no login, only no stranger."""

from __future__ import annotations

import hashlib
import secrets

from itsdangerous import BadSignature, TimestampSigner
from starlette.requests import Request
from starlette.responses import Response

from bot.cases.logging_in import Device, LoggedIn
from bot.settings import secret_key, settings
from bot.web.access import is_secure

COOKIE = "cityline_device"
KEPT_FOR = 180 * 24 * 3600  # seconds
_SALT = "cityline.device"  # a key signs several kinds of things; none passes for another


def known_device(request: Request) -> Device | None:
    """What the cookie says; None where there is none of ours."""
    try:
        value = _signer().unsign(request.cookies.get(COOKIE, ""), max_age=KEPT_FOR).decode("ascii")
        staff_id, nonce, mark = value.split("-")
        return Device(int(staff_id), nonce, mark)
    except (BadSignature, ValueError):
        return None


def remember_device(answer: Response, login: LoggedIn, path: str) -> None:
    """Let the browser be known the next time."""
    value = f"{login.staff.id}-{secrets.token_hex(16)}-{login.password_mark}"
    answer.set_cookie(
        COOKIE,
        _signer().sign(value).decode("ascii"),
        max_age=KEPT_FOR,
        path=path,
        httponly=True,
        samesite="lax",
        secure=is_secure(),
    )


def _signer() -> TimestampSigner:
    return TimestampSigner(
        secret_key(settings()), salt=_SALT, digest_method=hashlib.sha256, key_derivation="hmac"
    )
