"""The connection to an instance: one request at a time, let in by OAuth or a password, every answer a value or a `SyncError`."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

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

TOKEN_PATH = "/oauth_token.do"  # noqa: S105 - a path
# One record is refused by a rule of theirs with the same number as an account without rights.
_RULE = re.compile(r"business rule|operation failed|data policy", re.IGNORECASE)
EARLIER = 30.0  # seconds before its end that a token is not used any more


class Client:
    """An instance as HTTP; made by `open_client`, closed by `aclose`, used in one event loop."""

    def __init__(self, settings: Settings) -> None:
        quieten_libraries()
        assert settings.servicenow_url is not None  # noqa: S101 - settings check it
        self.base_url = settings.servicenow_url
        self._settings = settings
        # Proxies of the environment (HTTPS_PROXY) are used, as everywhere.
        self._http = httpx.AsyncClient(
            base_url=self.base_url,
            timeout=timeouts(30.0),
            verify=believed(),
            headers={"Accept": "application/json"},
        )
        self._token: str | None = None
        self._refresh: str | None = None
        self._token_ends = 0.0

    async def aclose(self) -> None:
        await self._http.aclose()

    async def get(self, path: str, **parameters: str | int) -> Any:
        """The `result` of an answer."""
        return _result(await self.request("GET", path, params=parameters))

    async def send(self, method: str, path: str, body: Mapping[str, Any], **parameters: str) -> Any:
        answer = await self.request(method, path, params=parameters, json=dict(body))
        return _result(answer)

    async def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One exchange; a token that ended is made anew once. Raises a `SyncError`."""
        headers = more.pop("headers", {})
        for attempt in (1, 2):
            allowed = await self._authorization()
            answer = await self._exchange(method, path, headers={**headers, **allowed}, **more)
            if answer.status_code == 401 and self._token is not None and attempt == 1:
                self._token = None
                continue
            break
        error = meaning_of(answer)
        if error is not None:
            raise error
        return answer

    async def _exchange(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            return await self._http.request(method, path, **more)
        except httpx.TransportError:
            raise AwayError("ServiceNow does not answer.") from None
        except (httpx.InvalidURL, httpx.TooManyRedirects):
            raise NotLetInError("SERVICENOW_URL leads nowhere.") from None

    async def _authorization(self) -> dict[str, str]:
        if self._settings.servicenow_client_id is None:
            user, password = self._settings.servicenow_username, self._settings.servicenow_password
            assert user is not None  # noqa: S101 - settings check it
            assert password is not None  # noqa: S101 - settings check it
            given = httpx.BasicAuth(user, password.get_secret_value())
            return {
                "Authorization": next(given.auth_flow(httpx.Request("GET", "/"))).headers["Authorization"]
            }
        if self._token is None or time.monotonic() > self._token_ends:
            await self._get_token()
        return {"Authorization": f"Bearer {self._token}"}

    async def _get_token(self) -> None:
        """By refresh token where there is one, else by what the settings have."""
        if self._refresh is not None and await self._ask_for_token(
            {"grant_type": "refresh_token", "refresh_token": self._refresh}, may_fail=True
        ):
            return
        user, password = self._settings.servicenow_username, self._settings.servicenow_password
        if user and password:
            secret = password.get_secret_value()
            grant = {"grant_type": "password", "username": user, "password": secret}
        else:
            grant = {"grant_type": "client_credentials"}
        await self._ask_for_token(grant)

    async def _ask_for_token(self, grant: dict[str, str], *, may_fail: bool = False) -> bool:
        secret = self._settings.servicenow_client_secret
        assert secret is not None  # noqa: S101 - settings check it
        client = {
            "client_id": self._settings.servicenow_client_id,
            "client_secret": secret.get_secret_value(),
        }
        answer = await self._exchange("POST", TOKEN_PATH, data={**client, **grant})
        if answer.status_code in (400, 401, 403):
            self._refresh = None
            if may_fail:
                return False
            raise NotLetInError(
                "ServiceNow does not let us in: the OAuth client, its secret or its account is wrong."
            )
        error = meaning_of(answer)
        if error is not None:
            raise error
        token = _json(answer)
        if not isinstance(token, dict) or not isinstance(token.get("access_token"), str):
            raise AwayError("ServiceNow gave no token.")
        self._token, self._refresh = token["access_token"], token.get("refresh_token")
        self._token_ends = time.monotonic() + max(1.0, _seconds(token.get("expires_in")) - EARLIER)
        return True


def meaning_of(answer: httpx.Response) -> SyncError | None:
    """What an answer that is none means; None for a good one."""
    status = answer.status_code
    if status < 300:
        return None
    if status < 400:
        return NotLetInError("SERVICENOW_URL leads elsewhere: the answer is a redirect, as of a log-in page.")
    if status == 401:
        return NotLetInError("ServiceNow does not let us in: user or password is wrong.")
    if status == 403 and not _RULE.search(_detail(answer)):
        return NotLetInError(
            f"ServiceNow lets us in, but our account lacks a right. {_detail(answer)}".strip()
        )
    if status == 404:
        return GoneError("The record is not there any more.")
    if status == 429:
        return SlowDownError(
            "ServiceNow takes no more requests for now.", retry_after_seconds(answer.headers, time.time())
        )
    if status in (408, 425) or status >= 500:
        return AwayError(f"ServiceNow answers that something is broken there ({status}).")
    return RefusedError(f"ServiceNow refused it ({status}). {_detail(answer)}".strip())


def _detail(answer: httpx.Response) -> str:
    """Their own words for it, for staff."""
    body = _json(answer)
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return ""
    said = " ".join(str(error.get(part) or "") for part in ("message", "detail")).strip()
    return " ".join(said.split())[:MOST_DETAIL]


def _result(answer: httpx.Response) -> Any:
    body = _json(answer)
    if not isinstance(body, dict) or "result" not in body:
        raise AwayError(
            "ServiceNow answered with something else than a result: it may be asleep, or behind a log-in page."
        )
    return body["result"]


def _json(answer: httpx.Response) -> Any:
    try:
        return orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        return None


def _seconds(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return 0.0
