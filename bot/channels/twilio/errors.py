"""Twilio's error codes, and what each means for a message of ours.

One table for both places where a code turns up: the answer to `POST Messages` and a receipt.
Codes and causes: https://www.twilio.com/docs/api/errors
"""

from __future__ import annotations

from twilio.base.exceptions import TwilioException

from bot.channels.messages import Outcome, PictureFault
from bot.channels.transport import Meaning
from bot.text.digits import machine_number


class TwilioRefusedError(TwilioException):  # type: ignore[misc]  # the twilio package is untyped
    """Twilio answered with an error; holds its numbers only, since its words quote phone numbers."""

    def __init__(self, status: int, code: int | None, retry_after: float | None = None) -> None:
        super().__init__(f"Twilio answered {status}, code {code}")
        self.status = status
        self.code = code
        self.retry_after = retry_after  # seconds


CODES: dict[int, Meaning] = {
    # The account. Nothing goes out to anybody until people act, so nobody's message is given up for it.
    20003: Meaning(Outcome.MISCONFIGURED, "the account SID or auth token is wrong"),
    20005: Meaning(Outcome.MISCONFIGURED, "the Twilio account is not active"),
    20006: Meaning(Outcome.MISCONFIGURED, "the account may not use this part of the API"),
    20008: Meaning(Outcome.MISCONFIGURED, "test credentials cannot send messages"),
    20403: Meaning(Outcome.MISCONFIGURED, "the account may not send messages"),
    20404: Meaning(Outcome.MISCONFIGURED, "Twilio does not know this account"),
    30002: Meaning(Outcome.MISCONFIGURED, "the Twilio account is suspended"),
    # The sender. The same: a setting or a registration is missing, whoever the recipient is.
    21212: Meaning(Outcome.MISCONFIGURED, "the sending number is not valid"),
    21603: Meaning(Outcome.MISCONFIGURED, "no sending number is set"),
    21606: Meaning(Outcome.MISCONFIGURED, "the sending number cannot send messages"),
    21607: Meaning(Outcome.MISCONFIGURED, "the sending number is not verified (trial account)"),
    21659: Meaning(Outcome.MISCONFIGURED, "the sending number does not belong to Twilio"),
    21660: Meaning(Outcome.MISCONFIGURED, "the sending number belongs to another account"),
    21701: Meaning(Outcome.MISCONFIGURED, "the messaging service does not exist"),
    21703: Meaning(Outcome.MISCONFIGURED, "the messaging service has no numbers"),
    21704: Meaning(Outcome.MISCONFIGURED, "the messaging service has no numbers"),
    21705: Meaning(Outcome.MISCONFIGURED, "the messaging service is not valid"),
    21712: Meaning(Outcome.MISCONFIGURED, "the number is in another messaging service"),
    30010: Meaning(Outcome.MISCONFIGURED, "the message costs more than the account allows"),
    30032: Meaning(Outcome.MISCONFIGURED, "the toll-free number is not verified"),
    30034: Meaning(Outcome.MISCONFIGURED, "the number is not registered for A2P 10DLC"),
    30035: Meaning(Outcome.MISCONFIGURED, "the A2P 10DLC registration is not finished"),
    63007: Meaning(Outcome.MISCONFIGURED, "the sending number is no WhatsApp sender"),
    # Our own callback address is one Twilio cannot use: PUBLIC_URL.
    21609: Meaning(Outcome.MISCONFIGURED, "the receipt address is not valid: look at PUBLIC_URL"),
    # A trial account reaches verified numbers only. Not the resident's fault, nor a reason to try again.
    21608: Meaning(Outcome.REJECTED, "a trial account can only reach verified numbers"),
    # Slow down. Twilio has not taken the message, so that sending again is safe.
    20429: Meaning(Outcome.RETRY, "too many requests at once"),
    21611: Meaning(Outcome.RETRY, "the sending number's queue is full"),
    30001: Meaning(Outcome.RETRY, "the sending number's queue was full"),
    30022: Meaning(Outcome.RETRY, "the carrier's rate limit is reached"),
    30023: Meaning(Outcome.RETRY, "the carrier's daily limit is reached"),
    63018: Meaning(Outcome.RETRY, "WhatsApp's rate limit is reached"),
    # The resident said STOP. Twilio keeps its own list, which ours must follow and never argue with.
    21610: Meaning(Outcome.OPTED_OUT, "the resident has opted out"),
    # The number. Trying again does not help, but the next message may: phones are switched on again, so this does
    # not end a conversation.
    21211: Meaning(Outcome.UNREACHABLE, "the number is not valid"),
    21214: Meaning(Outcome.UNREACHABLE, "the number cannot be reached"),
    21217: Meaning(Outcome.UNREACHABLE, "the number is not valid"),
    21614: Meaning(Outcome.UNREACHABLE, "the number is not a mobile number"),
    30003: Meaning(Outcome.UNREACHABLE, "the phone is off or out of reach"),
    30004: Meaning(Outcome.UNREACHABLE, "the phone or its carrier blocks the message"),
    30005: Meaning(Outcome.UNREACHABLE, "the number does not exist any more"),
    30006: Meaning(Outcome.UNREACHABLE, "the number is a landline or its carrier cannot be reached"),
    63003: Meaning(Outcome.UNREACHABLE, "the number is not on WhatsApp"),
    63024: Meaning(Outcome.UNREACHABLE, "the number is not on WhatsApp"),
    # This message. It would be refused again, word for word.
    21408: Meaning(Outcome.REJECTED, "the account does not send to that country"),
    21602: Meaning(Outcome.REJECTED, "the message is empty"),
    21604: Meaning(Outcome.REJECTED, "the message has no recipient"),
    21605: Meaning(Outcome.REJECTED, "the message is too long"),
    21617: Meaning(Outcome.REJECTED, "the message is too long"),
    21619: Meaning(Outcome.REJECTED, "the message is empty"),
    30007: Meaning(Outcome.REJECTED, "the carrier filtered the message as unwanted"),
    63016: Meaning(Outcome.REJECTED, "WhatsApp takes no free text after 24 hours of silence"),
    # Its pictures. 21612 and 30008 are said of words alone, too, but of a message with pictures mostly because of them:
    # a number that takes no MMS, a carrier that does not say what it disliked.
    21612: Meaning(Outcome.UNREACHABLE, "the number cannot be reached from ours", PictureFault.REFUSED),
    30008: Meaning(Outcome.REJECTED, "the carrier did not say why it failed", PictureFault.REFUSED),
    30011: Meaning(Outcome.REJECTED, "the number does not take photos", PictureFault.REFUSED),
    30019: Meaning(Outcome.REJECTED, "the photos are too large for the carrier", PictureFault.REFUSED),
    11751: Meaning(Outcome.REJECTED, "the photos are too large", PictureFault.REFUSED),
    12300: Meaning(Outcome.REJECTED, "a photo's type is not taken", PictureFault.REFUSED),
    21623: Meaning(Outcome.REJECTED, "the message has too many photos", PictureFault.REFUSED),
    21620: Meaning(
        Outcome.REJECTED, "a photo's address is not valid: look at PUBLIC_URL", PictureFault.UNFETCHED
    ),
    11200: Meaning(
        Outcome.REJECTED, "a photo could not be fetched: look at PUBLIC_URL", PictureFault.UNFETCHED
    ),
    63019: Meaning(
        Outcome.REJECTED, "a photo could not be fetched: look at PUBLIC_URL", PictureFault.UNFETCHED
    ),
}


# It was refused for the number or service it was to go out from: another one of ours may do.
SENDER_CODES = frozenset({21212, 21603, 21606, 21607, 21659, 21660, 21701, 21703, 21704, 21705, 21712, 63007})


def meaning_of(code: int | str | None) -> Meaning | None:
    """What an error code of an answer or a receipt means; None for codes the table does not have."""
    number = machine_number(code) if isinstance(code, str) else code
    return None if number is None else CODES.get(number)


def classify(status: int, code: int | None) -> Meaning:
    """What an answer of `POST Messages` means.

    The HTTP status first where it decides alone, then the code, then the status' class.
    """
    if status >= 500 or status == 408:
        # Twilio's API is not idempotent, and a gateway's 5xx says nothing of what happened behind it.
        return Meaning(Outcome.AMBIGUOUS, f"Twilio answered {status}")
    known = meaning_of(code)
    if known:
        return known
    if status == 429:
        return Meaning(Outcome.RETRY, "too many requests at once")
    if status in (401, 403):
        return Meaning(Outcome.MISCONFIGURED, "the account SID or auth token is wrong")
    if status == 404 or 300 <= status < 400:
        return Meaning(Outcome.MISCONFIGURED, "the account or the API address is wrong")
    # Nobody knows what it disliked. Words are worth a second try without the pictures.
    return Meaning(Outcome.REJECTED, f"Twilio refused the message with {status}", PictureFault.REFUSED)
