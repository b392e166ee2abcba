"""What a failed HTTP exchange with a provider means for the message that was in it.

The line that matters: was the whole request written to the connection? Before that the provider cannot
have acted and the message may be sent again; after that nobody knows until the provider is asked.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx

from bot.channels.lease import LeaseEndedError, current_lease
from bot.channels.messages import Outcome, PictureFault

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
WRITE_SECONDS = 20.0
POOL_SECONDS = 5.0
# An attempt may write for so long: as long as it takes to get a connection, and then the few bytes of a text, or pictures.
WORDS_LEASE_SECONDS = POOL_SECONDS + CONNECT_SECONDS + 2.0
UPLOAD_LEASE_SECONDS = POOL_SECONDS + CONNECT_SECONDS + WRITE_SECONDS + 5.0
MAX_RETRY_AFTER = 3600.0  # a provider that says more than an hour is asked again after an hour

# An ambiguous send is looked up only after this long: the provider may still be working on a request whose answer
# got lost, and its message list lags its API by a second or two. A resident waits meanwhile, so no longer.
SETTLE_SECONDS = 5.0

_WRITTEN = "cityline.written"  # our key among a request's extensions
_ABOUT_TO_WRITE = ("send_request_headers.started", "send_request_body.started")

# Nothing of the message left: httpx raises these while it waits for a connection, connects (DNS, TCP, TLS) or
# still writes the request; a provider that has not got the whole body cannot act on it.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.WriteError,
    httpx.WriteTimeout,
)
# The request never could be sent: a wrong base URL in the settings.
_IMPOSSIBLE = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a provider's code means: for the delivery, and in our words for staff and logs."""

    outcome: Outcome  # of a message of words alone
    detail: str
    picture: PictureFault | None = None  # of a message with pictures: that they are to blame, not the words


def timeouts(read: float = READ_SECONDS) -> httpx.Timeout:
    """Time-outs of one request to a provider, in seconds."""
    return httpx.Timeout(
        connect=CONNECT_SECONDS, read=read, write=max(WRITE_SECONDS, read), pool=POOL_SECONDS
    )


async def watch_writing(request: httpx.Request) -> None:
    """Request hook of our clients: notes on the request whether it was wholly written, and holds it to its lease.

    httpx alone does not tell: it swallows an error while writing, since an early answer may be waiting to be read, and
    then reports the broken connection as a failed read.
    """
    written: dict[str, bool] = {}
    lease = current_lease()

    async def trace(event: str, info: object) -> None:
        if lease and event.endswith(_ABOUT_TO_WRITE):
            lease.require()
        if event.endswith("send_request_body.complete"):
            written["whole"] = True
            if lease:
                lease.note_written()

    request.extensions = {**request.extensions, "trace": trace, _WRITTEN: written}


HOOKS = {"request": [watch_writing]}


def meaning_of_transport(error: BaseException) -> Meaning:
    """What a request without an answer means."""
    if isinstance(error, LeaseEndedError):
        outcome = Outcome.AMBIGUOUS if error.written else Outcome.RETRY
        return Meaning(outcome, "the attempt took too long")
    if isinstance(error, _IMPOSSIBLE):
        return Meaning(Outcome.MISCONFIGURED, "the provider's base URL cannot be used")
    if isinstance(error, _NOT_SENT) or _surely_unwritten(error):
        return Meaning(Outcome.RETRY, "no connection to the provider")
    if isinstance(error, httpx.ReadTimeout):
        return Meaning(Outcome.AMBIGUOUS, "no answer in time")
    return Meaning(Outcome.AMBIGUOUS, "the connection broke before the answer")


def _surely_unwritten(error: BaseException) -> bool:
    if not isinstance(error, httpx.TransportError):
        return False
    try:
        written = error.request.extensions.get(_WRITTEN)
    except RuntimeError:  # raised outside a request
        return False
    return written is not None and not written


def retry_after_seconds(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds of a `Retry-After` header (a number or an HTTP date), at most an hour; `now` is Unix time."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - now
        except (TypeError, ValueError):
            return None
    if seconds != seconds:  # NaN, which min and max would let through
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)


def quieten_libraries() -> None:
    """Keep the providers' libraries from logging URLs and parameters.

    httpx logs every URL at INFO, and a Telegram URL holds the bot's token; the Bot class logs texts at DEBUG.
    """
    for name in ("httpx", "httpcore", "hpack", "telegram", "twilio", "twilio.http_client"):
        logger = logging.getLogger(name)
        if logger.level < logging.WARNING:
            logger.setLevel(logging.WARNING)
