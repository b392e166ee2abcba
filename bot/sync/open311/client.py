"""The connection to an endpoint: every answer a value or a `SyncError`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson

from bot.certificates import believed
from bot.channels.transport import quieten_libraries, retry_after_seconds, timeouts
from bot.settings import Settings
from bot.sync.failures import (
    MOST_DETAIL,
    AwayError,
    GoneError,
    NotLetInError,
    RefusedError,
    SlowDownError,
    SyncError,
)

KEY_HEADER = "X-Api-Key"  # of a Cityline; the protocol's own place is the query, which ends in access logs


class Client:
    """An endpoint as HTTP; made with the settings, closed by `aclose`, used in one event loop."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        quieten_libraries()
        assert settings.open311_endpoint_url is not None  # noqa: S101 - settings check it
        self.base_url = settings.open311_endpoint_url
        key = settings.open311_endpoint_key
        self._key = key.get_secret_value() if key else ""
        self._jurisdiction = settings.open311_endpoint_jurisdiction
        self._http = httpx.AsyncClient(
            timeout=timeouts(30.0),
            verify=believed(),
            transport=transport,
            headers={"Accept": "application/json"},
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    async def get(self, path: str, **query: str) -> list[dict[str, Any]]:
        """The list of an answer; one that is no list is a list of one."""
        known = {"jurisdiction_id": self._jurisdiction, "api_key": self._key}
        given = {name: value for name, value in {**known, **query}.items() if value}
        return _rows(await self._exchange("GET", path, params=given))

    async def post(self, path: str, fields: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        """What was made. A field may come several times."""
        known = [("jurisdiction_id", self._jurisdiction), ("api_key", self._key)]
        pairs = [(name, value) for name, value in (*known, *fields) if value]
        body = urlencode(pairs).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        return _rows(await self._exchange("POST", path, content=body, headers=headers))

    async def fetch(self, url: str, most: int) -> bytes:
        """A picture of theirs, `most` bytes at most; b"" for a longer one."""
        parts = bytearray()
        try:
            async with self._http.stream("GET", url) as answer:
                error = meaning_of(answer, await answer.aread() if answer.is_error else b"")
                if error is not None:
                    raise error
                async for part in answer.aiter_bytes():
                    parts += part
                    if len(parts) > most:
                        return b""
        except httpx.TransportError:
            raise AwayError("Their pictures cannot be fetched.") from None
        return bytes(parts)

    async def _exchange(self, method: str, path: str, **more: Any) -> Any:
        headers = {KEY_HEADER: self._key, **more.pop("headers", {})} if self._key else more.pop("headers", {})
        try:
            answer = await self._http.request(method, f"{self.base_url}/{path}", headers=headers, **more)
        except httpx.TransportError:
            raise AwayError("The Open311 endpoint does not answer.") from None
        except (httpx.InvalidURL, httpx.TooManyRedirects):
            raise NotLetInError("OPEN311_URL leads nowhere.") from None
        error = meaning_of(answer, answer.content)
        if error is not None:
            raise error
        try:
            return orjson.loads(answer.content)
        except orjson.JSONDecodeError:
            raise AwayError("The Open311 endpoint answered with something else than JSON.") from None


def meaning_of(answer: httpx.Response, body: bytes) -> SyncError | None:
    """What an answer that is none means; None for a good one."""
    status = answer.status_code
    if status < 300:
        return None
    if status < 400:
        return NotLetInError("OPEN311_URL leads elsewhere: the answer is a redirect.")
    if status in (401, 403):
        return NotLetInError(f"The Open311 endpoint does not take our key. {_detail(body)}".strip())
    if status in (404, 410):
        return GoneError("The request is not there any more.")
    if status == 429:
        seconds = retry_after_seconds(answer.headers, time.time())
        return SlowDownError("The Open311 endpoint takes no more for now.", seconds)
    if status in (408, 425) or status >= 500:
        return AwayError(f"The Open311 endpoint answers that something is broken there ({status}).")
    return RefusedError(f"The Open311 endpoint refused it ({status}). {_detail(body)}".strip())


def _detail(body: bytes) -> str:
    """Their own words for it, for staff."""
    try:
        errors = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    rows = errors if isinstance(errors, list) else [errors]
    said = " ".join(str(row.get("description") or "") for row in rows if isinstance(row, dict))
    return " ".join(said.split())[:MOST_DETAIL]


def _rows(answer: Any) -> list[dict[str, Any]]:
    if isinstance(answer, dict):  # some put the list below a name
        lists = [value for value in answer.values() if isinstance(value, list)]
        answer = lists[0] if len(answer) == 1 and lists else [answer]
    if not isinstance(answer, list) or not all(isinstance(row, dict) for row in answer):
        raise AwayError("The Open311 endpoint answered with something else than a list.")
    return answer
