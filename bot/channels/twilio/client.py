"""The connection to Twilio: its own REST client, over httpx."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot.certificates import believed
from bot.channels.transport import HOOKS, quieten_libraries, retry_after_seconds, timeouts
from bot.channels.twilio.errors import TwilioRefusedError
from bot.settings import TWILIO_API, Settings

RECEIPT_PATH = "/channels/sms/receipt"

# A stand-in on this machine redirects its media to itself under another of these names.
LOOPBACK = ("127.0.0.1", "localhost", "::1")

# Where Twilio's media links lead (https://www.twilio.com/docs/messaging/guides/accessing-media): a leading dot is any
# host below. The S3 hosts are Amazon's, shared by everybody, but a link to them only comes out of Twilio's own answer.
TWILIO_MEDIA_HOSTS = (".twilio.com", ".twiliocdn.com", "s3-external-1.amazonaws.com", "s3.amazonaws.com")


class HttpxTwilio(AsyncHttpClient):  # type: ignore[misc]  # the twilio package is untyped
    """Lets `twilio.rest.Client` speak through httpx; raises httpx errors and TwilioRefusedError, logs nothing."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        super().__init__(logging.getLogger("twilio.http_client"), is_async=True)
        self.http = http

    async def request(
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the package's signature
        allow_redirects: bool = False,
    ) -> Response:
        """One exchange; the arguments are those of the twilio package."""
        answer = await self.http.request(
            method,
            url,
            params=params or None,
            data=data or None,
            headers=headers,
            auth=auth,
            timeout=httpx.USE_CLIENT_DEFAULT if timeout is None else timeout,
            follow_redirects=allow_redirects,
        )
        if answer.status_code >= 300:
            raise TwilioRefusedError(
                answer.status_code, _error_code(answer), retry_after_seconds(answer.headers, time.time())
            )
        return Response(answer.status_code, answer.text, dict(answer.headers))


def _error_code(answer: httpx.Response) -> int | None:
    try:
        code = answer.json().get("code")
    except (ValueError, AttributeError):
        return None
    return code if isinstance(code, int) else None


def _media_hosts(base: str) -> tuple[str, ...]:
    parts = urlsplit(base)
    host = parts.hostname or ""
    if base == TWILIO_API or host.endswith(".twilio.com"):
        return TWILIO_MEDIA_HOSTS
    if host in LOOPBACK:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return tuple(f"{name}:{port}" for name in LOOPBACK)
    return ()


def _messaging_base(base: str) -> str:
    """Where the part of the API is that Twilio keeps on another host; a stand-in has all on one."""
    parts = urlsplit(base)
    host = parts.hostname or ""
    if host.startswith("api.") and host.endswith(".twilio.com"):
        return f"{parts.scheme}://messaging.{host.removeprefix('api.')}"
    return base


@dataclass(frozen=True, slots=True)
class TwilioClient:
    """What sending and fetching need; made by `open_client`, closed by `aclose`."""

    rest: Client
    http: httpx.AsyncClient
    account_sid: str
    auth_token: str
    sender: str  # number or messaging service
    api_base_url: str
    messaging_base_url: str  # of what Twilio keeps apart from the rest: the list of deactivated numbers
    receipt_url: str  # our message id is added as `?message=`
    media_hosts: tuple[str, ...]  # besides the API's own address

    async def aclose(self) -> None:
        await self.http.aclose()


def open_client(
    settings: Settings,
    *,
    timeout: httpx.Timeout | None = None,
    media_hosts: tuple[str, ...] | None = None,
) -> TwilioClient:
    """A client of the configured account; raises ValueError when Twilio is not configured.

    Must be made and used in one event loop. A stand-in's links may lead to its own address only, on the loopback under
    any of its names, unless `media_hosts` says otherwise.
    """
    if not (settings.twilio_account_sid and settings.twilio_auth_token and settings.twilio_from):
        raise ValueError("Twilio is not configured")
    quieten_libraries()
    base = settings.twilio_api_base_url.rstrip("/")
    http = httpx.AsyncClient(
        timeout=timeout or timeouts(), event_hooks=HOOKS, follow_redirects=False, verify=believed()
    )
    token = settings.twilio_auth_token.get_secret_value()
    # An empty environment: the twilio package would else read TWILIO_EDGE and TWILIO_REGION behind our settings' back.
    rest = Client(
        settings.twilio_account_sid, token, http_client=HttpxTwilio(http), environment={"TWILIO_CLIENT": ""}
    )
    rest.api.base_url = base
    if media_hosts is None:
        media_hosts = _media_hosts(base)
    return TwilioClient(
        rest=rest,
        http=http,
        account_sid=settings.twilio_account_sid,
        auth_token=token,
        sender=settings.twilio_from,
        api_base_url=base,
        messaging_base_url=_messaging_base(base),
        receipt_url=settings.base_url + RECEIPT_PATH,
        media_hosts=media_hosts,
    )
