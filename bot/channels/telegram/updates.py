"""How updates reach us: by webhook, or fetched by long polling where there is no public address."""

from __future__ import annotations

from typing import Any

from telegram.error import TelegramError

from bot.channels.telegram.client import WEBHOOK_PATH, TelegramClient
from bot.channels.telegram.errors import TelegramRefusedError, classify
from bot.channels.telegram.parse import ALLOWED_UPDATES
from bot.channels.transport import READ_SECONDS, meaning_of_transport

POLL_SECONDS = 30
MAX_CONNECTIONS = 40  # Telegram's default: updates at once


class UpdatesError(Exception):
    """Telegram did not do what was asked; the message is a sentence for people, without secrets."""

    def __init__(self, sentence: str, retry_after: float | None = None, conflict: bool = False) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after  # seconds, where Telegram said so
        self.conflict = conflict  # another process polls, or a webhook is set


async def set_webhook(client: TelegramClient, *, base_url: str, secret: str) -> str:
    """Have updates posted to our web process; returns the address. Waiting updates are kept.

    Raises UpdatesError.
    """
    url = base_url.rstrip("/") + WEBHOOK_PATH
    try:
        await client.bot.set_webhook(
            url,
            secret_token=secret,
            allowed_updates=ALLOWED_UPDATES,
            max_connections=MAX_CONNECTIONS,
        )
    except TelegramError as error:
        raise _updates_error(
            error, "set the webhook; it wants a public https address in PUBLIC_URL"
        ) from None
    return url


async def delete_webhook(client: TelegramClient) -> None:
    """Stop posting, which polling needs; waiting updates are kept. Raises UpdatesError."""
    try:
        await client.bot.delete_webhook()
    except TelegramError as error:
        raise _updates_error(error, "remove the webhook") from None


async def get_updates(
    client: TelegramClient, *, offset: int | None, wait: int = POLL_SECONDS
) -> list[dict[str, Any]]:
    """Raw updates from `offset` on, waiting up to `wait` seconds for the first. Raises UpdatesError.

    Asking with an offset confirms every update before it: store what was returned first, then ask with
    `next_offset`. Raw, so that one update that cannot be read does not stop all that come after it.
    """
    arguments: dict[str, Any] = {"timeout": wait, "allowed_updates": list(ALLOWED_UPDATES)}
    if offset is not None:
        arguments["offset"] = offset
    try:
        updates = await client.bot.raw_updates(arguments, read_timeout=wait + READ_SECONDS)
    except TelegramError as error:
        raise _updates_error(error, "hand out updates") from None
    if not isinstance(updates, list) or not all(isinstance(update, dict) for update in updates):
        raise UpdatesError("Telegram's updates could not be read.")
    return updates


def next_offset(updates: list[dict[str, Any]], offset: int | None) -> int | None:
    """The offset that confirms these updates. One without a proper id is confirmed by those around it."""
    ids = [each for update in updates if isinstance(each := update.get("update_id"), int)]
    # The last one, not the highest: after a quiet week the ids start again at a random number.
    return ids[-1] + 1 if ids else offset


def _updates_error(error: TelegramError, purpose: str) -> UpdatesError:
    if isinstance(error, TelegramRefusedError):
        meaning = classify(error.status, error.description)
        return UpdatesError(
            f"Telegram did not {purpose}: {meaning.detail}.", error.retry_after, error.status == 409
        )
    detail = (
        meaning_of_transport(error.__cause__).detail if error.__cause__ else "the answer was not readable"
    )
    return UpdatesError(f"Telegram did not {purpose}: {detail}.")
