"""Is this request Telegram's? https://core.telegram.org/bots/api#setwebhook (secret_token)"""

from __future__ import annotations

import hmac

from bot.channels.messages import SignatureError


def verify(*, secret_header: str | None, secret: str) -> None:
    """Raise SignatureError unless X-Telegram-Bot-Api-Secret-Token is the secret we gave setWebhook."""
    if not secret:
        raise SignatureError("no webhook secret is set, so no update can be trusted")
    if not secret_header:
        raise SignatureError("the X-Telegram-Bot-Api-Secret-Token header is missing")
    # A stranger wrote the header: nothing in it may raise anything else.
    given, expected = (value.encode("utf-8", "surrogatepass") for value in (secret_header, secret))
    if not hmac.compare_digest(given, expected):
        raise SignatureError("the X-Telegram-Bot-Api-Secret-Token header does not match")
