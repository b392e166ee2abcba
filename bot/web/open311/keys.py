"""Who asks: the key that is shown, and the city that is meant."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from starlette.requests import Request

from bot.cases.api_keys import Key, Right, UnknownKeyError, UsedTooOftenError, use_key
from bot.cases.published import Reader
from bot.city.current import city
from bot.db.session import transaction
from bot.settings import settings
from bot.web.open311.errors import ProtocolError, refused
from bot.web.open311.params import Params


def jurisdiction() -> str:
    """The `jurisdiction_id` of this city."""
    configured = settings().our_jurisdiction
    return (configured or _host(city().human_help.url)).casefold()


def check_jurisdiction(params: Params) -> None:
    """Only one city is served, so nobody need name it; whoever names another one gets 404."""
    named = params.text("jurisdiction_id").casefold()
    if named and named not in (jurisdiction(), f"www.{jurisdiction()}"):
        raise refused(404, "unknown_jurisdiction", ours=jurisdiction())


async def reader_of(request: Request, params: Params) -> Reader:
    """Who reads; a key is not needed for that, but one that is shown has to be right. Raises 403, 404 or 429."""
    check_jurisdiction(params)
    shown = _shown(request, params)
    key = await _used(shown) if shown else None
    config = settings()
    return Reader(
        key_id=key.id if key else None,
        everything=config.open311 == "all",
        residents_words=config.open311_descriptions == "residents",
    )


async def key_with(right: Right, request: Request, params: Params) -> Key:
    """The key of who writes. Raises 403 for one that is missing, wrong, or may not, 404 and 429."""
    check_jurisdiction(params)
    shown = _shown(request, params)
    if not shown:
        raise refused(403, "key_missing")
    key = await _used(shown)
    if not key.may(right):
        raise refused(403, "key_may_not", right=right)
    return key


def _shown(request: Request, params: Params) -> str:
    return params.text("api_key") or request.headers.get("x-api-key", "").strip()


async def _used(secret: str) -> Key:
    """In a transaction of its own: the use counts, whatever becomes of what was sent with it."""
    try:
        async with transaction() as session:
            return await use_key(session, secret, datetime.now(UTC))
    except UnknownKeyError:
        raise refused(403, "key_wrong") from None
    except UsedTooOftenError as error:
        raise ProtocolError(429, ("status_429", {}), retry_after=error.seconds) from None


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
