"""Telegram's errors, and what each means for a message of ours.

Telegram has HTTP codes and English descriptions, no error numbers, so the descriptions are matched by the stable
part of their words. They come from the Bot API server's source (tdlib/telegram-bot-api, Client.cpp `fail_query`).
"""

from __future__ import annotations

from telegram.error import TelegramError

from bot.channels.messages import Outcome, PictureFault
from bot.channels.transport import Meaning


class TelegramRefusedError(TelegramError):
    """Telegram answered with an error; its description stays out of logs, since it can quote what was sent."""

    def __init__(self, status: int, description: str = "", retry_after: float | None = None) -> None:
        super().__init__(f"Telegram answered {status}")
        self.status = status
        self.description = description  # never logged
        self.retry_after = retry_after  # seconds


class BrokenAnswerError(TelegramError):
    """Telegram answered with success and something that is no answer of the Bot API."""

    def __init__(self) -> None:
        super().__init__("the answer was not Telegram's")


# (status, part of the description in lower case) → meaning; the first that fits.
DESCRIPTIONS: tuple[tuple[int, str, Meaning], ...] = (
    # The resident's own STOP button.
    (403, "bot was blocked by the user", Meaning(Outcome.OPTED_OUT, "the resident blocked the bot")),
    (403, "bot was kicked", Meaning(Outcome.OPTED_OUT, "the bot was removed from the chat")),
    (403, "bot is not a member", Meaning(Outcome.OPTED_OUT, "the bot was removed from the chat")),
    # Nobody is there any more. Not a STOP: nobody said so.
    (403, "user is deactivated", Meaning(Outcome.UNREACHABLE, "the account was deleted")),
    # A bot may not write first. The resident deleted the chat, or never pressed Start.
    (403, "can't initiate conversation", Meaning(Outcome.UNREACHABLE, "the resident has no chat with us")),
    (403, "can't send messages to bots", Meaning(Outcome.REJECTED, "the recipient is a bot")),
    (400, "chat not found", Meaning(Outcome.UNREACHABLE, "the chat does not exist")),
    (400, "user not found", Meaning(Outcome.UNREACHABLE, "the account does not exist")),
    (400, "peer_id_invalid", Meaning(Outcome.UNREACHABLE, "the chat does not exist")),
    (400, "input_user_deactivated", Meaning(Outcome.UNREACHABLE, "the account was deleted")),
    # Telegram could not fetch a photo from our address.
    (400, "failed to get http url content", Meaning(Outcome.REJECTED, "a photo's address is out of reach: look at PUBLIC_URL", PictureFault.UNFETCHED)),
    (400, "wrong file identifier", Meaning(Outcome.REJECTED, "a photo's address is not valid: look at PUBLIC_URL", PictureFault.UNFETCHED)),
    (400, "webpage_", Meaning(Outcome.REJECTED, "a photo could not be fetched: look at PUBLIC_URL", PictureFault.UNFETCHED)),
    # The same words would be refused again.
    (400, "message is too long", Meaning(Outcome.REJECTED, "the message is too long")),
    (400, "caption is too long", Meaning(Outcome.REJECTED, "the caption is too long")),
    (400, "text is empty", Meaning(Outcome.REJECTED, "the message is empty")),
    (400, "text must be non-empty", Meaning(Outcome.REJECTED, "the message is empty")),
    (400, "button_data_invalid", Meaning(Outcome.REJECTED, "a button's data is not valid")),
    (400, "image_process_failed", Meaning(Outcome.REJECTED, "a photo could not be read", PictureFault.REFUSED)),
    (400, "photo_invalid_dimensions", Meaning(Outcome.REJECTED, "a photo is too long and thin", PictureFault.REFUSED)),
    (400, "not enough rights to send photos", Meaning(Outcome.REJECTED, "the chat does not take photos", PictureFault.REFUSED)),
)  # fmt: skip

STATUSES: dict[int, Meaning] = {
    401: Meaning(Outcome.MISCONFIGURED, "the bot's token is wrong"),
    # What Telegram says to a token of the wrong form, and any server that is no Bot API to everything.
    404: Meaning(Outcome.MISCONFIGURED, "the bot's token or the API address is wrong"),
    409: Meaning(Outcome.MISCONFIGURED, "another process polls with this bot's token, or a webhook is set"),
    413: Meaning(Outcome.REJECTED, "the photos are too large", PictureFault.REFUSED),
    429: Meaning(Outcome.RETRY, "too many messages at once"),
    # An unknown refusal of one chat must not stop messages to all the others, so it is no MISCONFIGURED.
    403: Meaning(Outcome.UNREACHABLE, "the chat does not take our messages"),
    # Telegram's own servers answer these when a request failed inside (restarts, "Internal Server Error:
    # closing"): nothing was sent, and unlike a broken connection this is their word for it. With no way to look up,
    # taking it for AMBIGUOUS would lose every message of an outage.
    500: Meaning(Outcome.RETRY, "Telegram is having trouble"),
    502: Meaning(Outcome.RETRY, "Telegram is having trouble"),
    503: Meaning(Outcome.RETRY, "Telegram is having trouble"),
    # A gateway gave up waiting for the server behind it, which may have sent the message all the same.
    504: Meaning(Outcome.AMBIGUOUS, "Telegram's gateway timed out"),
}


def classify(status: int, description: str = "") -> Meaning:
    """What an error answer of a `send…` method means."""
    words = description.lower()
    for code, part, meaning in DESCRIPTIONS:
        if code == status and part in words:
            return meaning
    known = STATUSES.get(status)
    if known:
        return known
    if status >= 500:
        return Meaning(Outcome.AMBIGUOUS, f"Telegram answered {status}")
    # Nobody knows what it disliked. Words are worth a second try without the pictures.
    return Meaning(Outcome.REJECTED, f"Telegram refused the message with {status}", PictureFault.REFUSED)
