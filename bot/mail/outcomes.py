"""What a mail server's answers mean: one table for all of them.

A server's own words are never kept: they quote addresses. Its code is, which is what its manual explains.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass

import aiosmtplib

from bot.failures import FailureKind

BROKE_OFF = "The connection to the mail server broke off."


class MailError(Exception):
    """A mail did not go out; the message is a sentence for staff. `failure`: what that means for trying again."""

    def __init__(self, sentence: str, failure: FailureKind) -> None:
        super().__init__(sentence)
        self.failure = failure


class ServerError(MailError):
    """The server cannot be used at all just now: what fails of one mail fails of all."""


class UnconfirmedError(Exception):
    """The mail was handed over and the answer never came: whether it went out is not known."""

    def __init__(self) -> None:
        super().__init__("The mail server broke off before it said that it has the mail.")


@dataclass(frozen=True, slots=True)
class _Meaning:
    sentence: str
    permanent: FailureKind  # of a 5xx; a 4xx always says "later" itself


# Where the server said no → what that means.
_REFUSED: dict[type[aiosmtplib.SMTPResponseException], _Meaning] = {
    aiosmtplib.SMTPAuthenticationError: _Meaning(
        "The mail server refuses the log-in of CITYLINE_SMTP_URL", FailureKind.MISCONFIGURED
    ),
    aiosmtplib.SMTPSenderRefused: _Meaning(
        "The mail server refuses the sender CITYLINE_MAIL_FROM", FailureKind.MISCONFIGURED
    ),
    aiosmtplib.SMTPRecipientRefused: _Meaning(
        "The mail server refuses this e-mail address", FailureKind.DETERMINISTIC
    ),
    aiosmtplib.SMTPDataError: _Meaning("The mail server refuses this mail", FailureKind.DETERMINISTIC),
}
_OTHERWISE = _Meaning("The mail server refuses to talk with us", FailureKind.MISCONFIGURED)
_CLOSES = 421  # "service not available": the connection is over, whatever it was about


def while_connecting(error: Exception) -> ServerError:
    """What it means that no mail could even be begun."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _server_error(_refusal(error))
    if _comes_of(error, ssl.SSLCertVerificationError):
        return ServerError(
            "The mail server's certificate is not one we trust for that name.", FailureKind.MISCONFIGURED
        )
    if _comes_of(error, ssl.SSLError) and not _comes_of(error, ssl.SSLEOFError):
        return ServerError(
            "The mail server does not speak TLS as CITYLINE_SMTP_URL says.", FailureKind.MISCONFIGURED
        )
    if isinstance(error, TimeoutError | OSError):
        return ServerError("The mail server does not answer.", FailureKind.TRANSIENT)
    # What is left of the library's errors: STARTTLS or logging in is not offered.
    return ServerError(
        "The mail server does not offer what CITYLINE_SMTP_URL asks for (TLS, logging in).",
        FailureKind.MISCONFIGURED,
    )


def while_addressing(error: aiosmtplib.SMTPException) -> MailError:
    """What it means that sender or recipient was not taken: nothing has gone out."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        refusal = _refusal(error)
        return _server_error(refusal) if _is_of_server(error) else refusal
    return ServerError(BROKE_OFF, FailureKind.TRANSIENT)


def while_handing_over(error: aiosmtplib.SMTPResponseException) -> MailError:
    """What it means that the server answered the mail itself with a no: nothing has gone out."""
    refusal = _refusal(error)
    return _server_error(refusal) if error.code == _CLOSES else refusal


def _refusal(error: aiosmtplib.SMTPResponseException) -> MailError:
    meaning = next((found for kind, found in _REFUSED.items() if isinstance(error, kind)), _OTHERWISE)
    # Some codes are no SMTP at all: whatever answers there is not what we look for.
    later = 400 <= error.code < 500
    return MailError(
        f"{meaning.sentence} ({error.code}).", FailureKind.TRANSIENT if later else meaning.permanent
    )


def _is_of_server(error: aiosmtplib.SMTPResponseException) -> bool:
    return error.code == _CLOSES or not isinstance(error, aiosmtplib.SMTPRecipientRefused)


def _server_error(error: MailError) -> ServerError:
    return ServerError(str(error), error.failure)


def _comes_of(error: BaseException | None, kind: type[BaseException]) -> bool:
    """Whether it is of that kind, or was made of one: the library wraps what TLS says."""
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False
