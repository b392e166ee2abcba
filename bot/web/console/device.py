"""The cookie by which a browser that has logged in before is known again: it is no login, only no stranger."""

from __future__ import annotations

import hashlib
import secrets

from itsdangerous import BadSignature, TimestampSigner
from starlette.requests import Request
from starlette.responses import Response

from bot.cases.logging_in import Device, LoggedIn
from bot.settings import secret_key, settings
from bot.web.access import is_secure, own_cookie

COOKIE = "cityline_device"
KEPT_FOR = 180 * 24 * 3600  # seconds
SECOND_COOKIE = "cityline_second"
SECOND_STEP_KEPT_FOR = 30 * 24 * 3600  # seconds
HALF_WAY_FOR = 5 * 60  # seconds between password and code
_SECOND_SALT = "cityline.device.second-step"
_HALF_WAY_SALT = "cityline.login.half-way"
_SALT = "cityline.device"  # a key signs several kinds of things; none passes for another


def known_device(request: Request) -> Device | None:
    """What the cookie says; None where there is none of ours."""
    try:
        value = (
            _signer().unsign(request.cookies.get(own_cookie(COOKIE), ""), max_age=KEPT_FOR).decode("ascii")
        )
        staff_id, nonce, mark = value.split("-")
        return Device(int(staff_id), nonce, mark)
    except (BadSignature, ValueError):
        return None


def remember_device(answer: Response, login: LoggedIn) -> None:
    """Let the browser be known the next time."""
    value = f"{login.staff.id}-{secrets.token_hex(16)}-{login.password_mark}"
    answer.set_cookie(
        own_cookie(COOKIE),
        _signer().sign(value).decode("ascii"),
        max_age=KEPT_FOR,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(),
    )


def knows_second_step(request: Request, login: LoggedIn) -> bool:
    """Whether somebody gave a code of this very second step here lately, and said that the browser is theirs."""
    try:
        value = _signer(_SECOND_SALT).unsign(
            request.cookies.get(own_cookie(SECOND_COOKIE), ""), max_age=SECOND_STEP_KEPT_FOR
        )
    except BadSignature:
        return False
    return value.decode("ascii") == _second_value(login)


def remember_second_step(answer: Response, login: LoggedIn) -> None:
    """Ask for no code in this browser for a month."""
    answer.set_cookie(
        own_cookie(SECOND_COOKIE),
        _signer(_SECOND_SALT).sign(_second_value(login)).decode("ascii"),
        max_age=SECOND_STEP_KEPT_FOR,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(),
    )


def half_way(login: LoggedIn) -> str:
    """Proof that the password was given, for the form that asks for the code."""
    return _signer(_HALF_WAY_SALT).sign(f"{login.staff.id}-{login.password_mark}").decode("ascii")


def read_half_way(given: str) -> tuple[int, str] | None:
    """Whose password was given, and its mark; None once that is too long ago."""
    try:
        value = _signer(_HALF_WAY_SALT).unsign(given, max_age=HALF_WAY_FOR).decode("ascii")
        staff_id, mark = value.split("-")
        return int(staff_id), mark
    except (BadSignature, ValueError):
        return None


def _second_value(login: LoggedIn) -> str:
    return f"{login.staff.id}-{login.second_step_mark}"


def _signer(salt: str = _SALT) -> TimestampSigner:
    return TimestampSigner(
        secret_key(settings()), salt=salt, digest_method=hashlib.sha256, key_derivation="hmac"
    )
