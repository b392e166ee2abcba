"""Fetching a file over HTTP with every limit that a stranger's link needs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from bot.channels.messages import FetchedMedia, MediaError, MediaProblem
from bot.channels.transport import retry_after_seconds

MAX_BYTES = 20 * 1024 * 1024
MAX_REDIRECTS = 4
# For a whole file. A time-out between two bytes does not end one that trickles, and there are few slots for files.
LONGEST_SECONDS = 30.0
# Photos do not compress, and a compressed answer could unfold to gigabytes between two looks at its length.
_HEADERS = {"Accept-Encoding": "identity"}
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Where files may be fetched: one base address, and hosts it may redirect to.

    Without it a forged link would make us fetch from inside the city's own network.
    """

    base_url: str  # compared by scheme, host and port
    others: tuple[
        str, ...
    ] = ()  # https hosts; ".example.com" is any host below; "host:port" is exact, http too

    def is_base(self, url: httpx.URL) -> bool:
        """Whether credentials may go there."""
        return _origin(url) == _origin(httpx.URL(self.base_url))

    def allows(self, url: httpx.URL) -> bool:
        if self.is_base(url):
            return True
        host = url.host.lower()
        for other in self.others:
            if ":" in other:
                if url.scheme in ("http", "https") and f"{host}:{_origin(url)[2]}" == other:
                    return True
            elif url.scheme == "https" and _origin(url)[2] == 443 and _matches(host, other):
                return True
        return False


def _matches(host: str, pattern: str) -> bool:
    return host.endswith(pattern) if pattern.startswith(".") else host == pattern


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host.lower(), url.port or (443 if url.scheme == "https" else 80)


async def download(
    http: httpx.AsyncClient,
    url: str,
    *,
    hosts: AllowedHosts,
    auth: tuple[str, str] | None = None,
    max_bytes: int = MAX_BYTES,
) -> FetchedMedia:
    """Fetch a file of at most `max_bytes` within `LONGEST_SECONDS`, following redirects among the allowed hosts.

    Credentials go to the base address only. The body is streamed and dropped as soon as it is too long. Raises
    MediaError, which never holds the URL: Telegram's links contain the token, Twilio's are worth hiding.
    """
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            return await _fetch(http, url, hosts, auth, max_bytes)
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, ValueError):
        raise MediaError(MediaProblem.FORBIDDEN_HOST) from None
    except (httpx.HTTPError, TimeoutError):
        # `from None`, since httpx's errors carry the request and with it the URL.
        raise MediaError(MediaProblem.UNAVAILABLE) from None


async def _fetch(
    http: httpx.AsyncClient, url: str, hosts: AllowedHosts, auth: tuple[str, str] | None, max_bytes: int
) -> FetchedMedia:
    target = httpx.URL(url)
    if urlsplit(url).username is not None:  # user:password@host disguises where a link leads
        raise MediaError(MediaProblem.FORBIDDEN_HOST)
    for _ in range(MAX_REDIRECTS + 1):
        if not hosts.allows(target):
            raise MediaError(MediaProblem.FORBIDDEN_HOST)
        request_auth = httpx.BasicAuth(*auth) if auth and hosts.is_base(target) else None
        async with http.stream(
            "GET", target, auth=request_auth, headers=_HEADERS, follow_redirects=False
        ) as answer:
            if answer.status_code in _REDIRECTS and "location" in answer.headers:
                target = target.join(answer.headers["location"])
                continue
            _require_success(answer.status_code, answer.headers)
            content = await _read(answer, max_bytes)
            return FetchedMedia(content, answer.headers.get("content-type"))
    raise MediaError(MediaProblem.FORBIDDEN_HOST)  # a circle of redirects


def _require_success(status: int, headers: Mapping[str, str]) -> None:
    if 200 <= status <= 299:
        return
    raise MediaError(problem_of_status(status), retry_after_seconds(headers, time.time()))


def problem_of_status(status: int) -> MediaProblem:
    """What an HTTP status means for a file."""
    if status in (404, 410):
        return MediaProblem.GONE
    if status in (401, 403):
        return MediaProblem.MISCONFIGURED
    if status == 413:
        return MediaProblem.TOO_LARGE
    if status in (408, 409, 425, 429) or status >= 500:
        return MediaProblem.UNAVAILABLE
    return MediaProblem.GONE


async def _read(answer: httpx.Response, max_bytes: int) -> bytes:
    declared = answer.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes:
        raise MediaError(MediaProblem.TOO_LARGE)
    content = bytearray()
    async for chunk in answer.aiter_raw(64 * 1024):
        content += chunk
        if len(content) > max_bytes:
            raise MediaError(MediaProblem.TOO_LARGE)
    return bytes(content)
