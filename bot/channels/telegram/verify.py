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
    if not hmac.compare_digest(secret_header.encode("utf-8"), secret.encode("utf-8")):
        raise SignatureError("the X-Telegram-Bot-Api-Secret-Token header does not match")
