"""Logging in by the city's identity provider: there and back."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict

import structlog
from fastapi import APIRouter
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.provided_accounts import NotLetInError, let_in
from bot.db.session import transaction
from bot.settings import secret_key, settings
from bot.web.access import is_secure, own_cookie, safe_next, same_token
from bot.web.console.login import enter, form_page
from bot.web.identity import Going, ProviderError, address_to_go, who_came_back

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/console/oidc", include_in_schema=False)

COOKIE = "cityline_going"
AWAY_FOR = 15 * 60  # seconds in which somebody has to come back


@router.get("")
async def go(request: Request, next: str | None = None) -> Response:
    """Send them to the provider. 404 where there is none."""
    _configured()
    going = Going(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
    try:
        address = await address_to_go(settings(), going)
    except ProviderError as error:
        log.error("oidc.away", reason=str(error))
        return form_page(request, safe_next(next), problem="provider", status=503)
    answer = RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})
    # Lax: it has to come along when the provider sends them back.
    answer.set_cookie(
        own_cookie(COOKIE),
        _serializer().dumps({**asdict(going), "next": safe_next(next)}),
        max_age=AWAY_FOR,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(),
    )
    return answer


@router.get("/callback")
async def come_back(request: Request, code: str = "", state: str = "") -> Response:
    """Take back whom we sent, and nobody else. The provider's own words are not shown."""
    _configured()
    try:
        kept = _serializer().loads(request.cookies.get(own_cookie(COOKIE), ""), max_age=AWAY_FOR)
        going, wanted = Going(kept["state"], kept["nonce"], kept["verifier"]), safe_next(kept["next"])
    except (BadSignature, KeyError):
        return form_page(request, safe_next(None), problem="stale", status=403)
    if not code or not same_token(state, going.state):
        return form_page(request, wanted, problem="stale", status=403)
    try:
        who = await who_came_back(settings(), code, going)
        async with transaction() as session:
            result = await let_in(session, who)
    except ProviderError as error:
        log.error("oidc.not_believed", reason=str(error))
        return form_page(request, wanted, problem="provider", status=503)
    except NotLetInError:
        log.info("login.not_let_in")
        return form_page(request, wanted, problem="not_let_in", status=403)
    answer = await enter(request, result, wanted, by="oidc")
    answer.delete_cookie(own_cookie(COOKIE), path="/", httponly=True, samesite="lax", secure=is_secure())
    return answer


def _configured() -> None:
    if not settings().oidc_configured:
        raise HTTPException(404)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        secret_key(settings()),
        salt="cityline.oidc",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )
