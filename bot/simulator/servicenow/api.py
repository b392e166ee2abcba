"""The instance over HTTP: OAuth, Table API, Case API, Attachment API, and the ways in which it can fail."""

from __future__ import annotations

import asyncio
import base64
import binascii
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from bot.simulator.servicenow.instance import AbortedError, Instance, NoRecordError
from bot.simulator.servicenow.model import REFERENCES
from bot.simulator.servicenow.query import Row

CASES = "sn_customerservice_case"
DEFAULT_LIMIT, MOST = 10_000, 10_000


@dataclass(slots=True)
class Access:
    """Who may come in, and for how long a token is good."""

    username: str = "cityline"
    password: str = "open-sesame"  # noqa: S105 - of the stand-in
    client_id: str = "cityline-client"
    client_secret: str = "client-secret"  # noqa: S105 - of the stand-in
    token_seconds: float = 1800.0
    tokens: dict[str, float] = field(default_factory=dict)  # token → when it ends, monotonic
    refresh_tokens: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Failing:
    """What goes wrong next: so many answers of a kind, one after the other."""

    statuses: list[int] = field(default_factory=list)
    retry_after: str = "1"
    lost_answers: int = 0  # done, and the answer never comes
    hang_seconds: float = 0.0


class ServiceNowApi:
    """Routes of one instance."""

    def __init__(
        self, instance: Instance, access: Access | None = None, failing: Failing | None = None
    ) -> None:
        self.instance = instance
        self.access = access or Access()
        self.failing = failing or Failing()
        self.requests: list[str] = []  # "POST /api/…" of each, as they came

    def router(self) -> APIRouter:
        router = APIRouter()
        router.add_api_route("/oauth_token.do", self.token, methods=["POST"])
        router.add_api_route("/api/now/attachment", self.list_files, methods=["GET"])
        router.add_api_route("/api/now/attachment/file", self.attach, methods=["POST"])
        router.add_api_route("/api/now/attachment/{sys_id}", self.file, methods=["GET", "DELETE"])
        router.add_api_route("/api/now/attachment/{sys_id}/file", self.fetch, methods=["GET"])
        for path, fixed in (("/api/now/table/{table}", None), ("/api/sn_customerservice/case", CASES)):
            self._add_records(router, path, fixed)
        return router

    def _add_records(self, router: APIRouter, path: str, fixed: str | None) -> None:
        async def many(request: Request) -> Response:
            return await self.records(request, fixed or str(request.path_params["table"]))

        async def one(request: Request) -> Response:
            table = fixed or str(request.path_params["table"])
            return await self.record(request, table, str(request.path_params["sys_id"]))

        router.add_api_route(path, many, methods=["GET", "POST"])
        router.add_api_route(path + "/{sys_id}", one, methods=["GET", "PUT", "PATCH", "DELETE"])

    async def token(self, request: Request) -> Response:
        form = await request.form()
        access, kind = self.access, form.get("grant_type")
        client = (form.get("client_id"), form.get("client_secret"))
        # Or in the header, as RFC 6749 has it (section 2.3.1).
        by_header = _basic(request.headers.get("authorization", ""))
        ours = f"{access.client_id}:{access.client_secret}"
        known = client == (access.client_id, access.client_secret) or by_header == ours
        who = form.get("username") == access.username and form.get("password") == access.password
        again = form.get("refresh_token") in access.refresh_tokens
        allowed = {"client_credentials": True, "password": who, "refresh_token": again}.get(str(kind), False)
        if not (known and allowed):
            return JSONResponse({"error": "access_denied", "error_description": "access_denied"}, 401)
        token, refresh = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        access.tokens[token] = time.monotonic() + access.token_seconds
        answer: dict[str, Any] = {
            "access_token": token,
            "scope": "useraccount",
            "token_type": "Bearer",
            "expires_in": int(access.token_seconds),
        }
        if kind != "client_credentials":
            access.refresh_tokens.add(refresh)
            answer["refresh_token"] = refresh
        return JSONResponse(answer)

    async def records(self, request: Request, table: str) -> Response:
        if (refusal := await self._refusal(request)) is not None:
            return refusal
        if request.method == "POST":
            values = await _values(request)
            if table not in self.instance.records:
                return _error(400, "Invalid table", table)
            if values is None:
                return _unreadable()
            sys_id = self.instance.create(table, values, self.access.username)
            return await self._done(201, self._shown(table, self.instance.record(table, sys_id), request))
        try:
            rows = self.instance.rows(table, request.query_params.get("sysparm_query", ""))
        except KeyError:
            return _error(400, "Invalid table", table)
        offset, limit = (
            _number(request, "sysparm_offset", 0),
            _number(request, "sysparm_limit", DEFAULT_LIMIT),
        )
        size = min(limit, MOST)
        page = rows[offset : offset + size]
        answer = JSONResponse({"result": [self._shown(table, row, request) for row in page]})
        answer.headers["X-Total-Count"] = str(len(rows))
        if (links := _pages(request, offset, size, len(rows))) and not _is_true(
            request, "sysparm_suppress_pagination_header"
        ):
            answer.headers["Link"] = links
        return answer

    async def record(self, request: Request, table: str, sys_id: str) -> Response:
        if (refusal := await self._refusal(request)) is not None:
            return refusal
        if table not in self.instance.records:
            return _error(400, "Invalid table", table)
        try:
            if request.method in ("PUT", "PATCH"):
                values = await _values(request)
                if values is None:
                    return _unreadable()
                self.instance.update(table, sys_id, values, self.access.username)
            if request.method == "DELETE":
                self.instance.delete(table, sys_id, self.access.username)
                return Response(status_code=204)
            return await self._done(200, self._shown(table, self.instance.record(table, sys_id), request))
        except NoRecordError:
            return _error(
                404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval"
            )
        except AbortedError as error:
            return _error(403, "Operation Failed", str(error))

    async def list_files(self, request: Request) -> Response:
        if (refusal := await self._refusal(request)) is not None:
            return refusal
        rows = self.instance.rows("sys_attachment", request.query_params.get("sysparm_query", ""))
        return JSONResponse({"result": [_file(request, row) for row in rows]})

    async def file(self, request: Request, sys_id: str) -> Response:
        """What is known of a file; or away with it."""
        if (refusal := await self._refusal(request)) is not None:
            return refusal
        kept = self.instance.attachments.get(sys_id)
        if kept is None:
            return _error(404, "No Record found", "")
        if request.method == "DELETE":
            del self.instance.attachments[sys_id]
            return Response(status_code=204)
        return await self._done(200, _file(request, kept.row()))

    async def attach(self, request: Request) -> Response:
        content = await request.body()
        if (refusal := await self._refusal(request)) is not None:
            return refusal
        asked = request.query_params
        try:
            kept = self.instance.attach(
                asked.get("table_name", ""),
                asked.get("table_sys_id", ""),
                asked.get("file_name", ""),
                request.headers.get("content-type", ""),
                content,
                self.access.username,
            )
        except (NoRecordError, KeyError):
            return _error(404, "No Record found", "The record of the attachment does not exist")
        return await self._done(201, _file(request, kept.row()))

    async def fetch(self, request: Request, sys_id: str) -> Response:
        if (refusal := await self._refusal(request)) is not None:
            return refusal
        kept = self.instance.attachments.get(sys_id)
        if kept is None:
            return _error(404, "No Record found", "")
        return Response(kept.content, media_type=kept.content_type)

    async def _refusal(self, request: Request) -> Response | None:
        """Why it is not done: nobody we know, or something that is to fail."""
        self.requests.append(f"{request.method} {request.url.path}")
        if self.failing.hang_seconds:
            await asyncio.sleep(self.failing.hang_seconds)
        if self.failing.statuses:
            status = self.failing.statuses.pop(0)
            answer = _error(status, "Failing on purpose", "")
            if status == 429:
                answer.headers["Retry-After"] = self.failing.retry_after
            return answer
        if not self._is_known(request.headers.get("authorization", "")):
            return _error(401, "User Not Authenticated", "Required to provide Auth information")
        return None

    async def _done(self, status: int, result: Mapping[str, Any]) -> Response:
        if self.failing.lost_answers > 0:
            self.failing.lost_answers -= 1
            return Response(status_code=504)
        return JSONResponse({"result": result}, status)

    def _is_known(self, authorization: str) -> bool:
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() == "bearer":
            return self.access.tokens.get(given, 0.0) > time.monotonic()
        return _basic(authorization) == f"{self.access.username}:{self.access.password}"

    def _shown(self, table: str, row: Row, request: Request) -> dict[str, Any]:
        """A record as the parameters want it: fields, and values, display values, or both."""
        wanted = [name for name in request.query_params.get("sysparm_fields", "").split(",") if name]
        names = wanted or list(row)
        mode = request.query_params.get("sysparm_display_value", "false").lower()
        shown: dict[str, Any] = {}
        for name in names:
            if name not in row:
                continue
            both = {"value": row[name], "display_value": self.instance.shown(table, name, row[name])}
            parts = {"all": ("display_value", "value"), "true": ("display_value",)}.get(mode, ("value",))
            link = _link(request, name, row[name])
            told = {part: both[part] for part in parts} | ({"link": link} if link else {})
            shown[name] = told if link or mode == "all" else both[parts[0]]
        return shown


def _pages(request: Request, offset: int, size: int, count: int) -> str:
    """Where the other pages of a list are, as RFC 8288 writes it; "" where there are none."""
    if size < 1 or count <= size:
        return ""
    starts = {"first": 0, "prev": offset - size, "next": offset + size, "last": (count - 1) // size * size}
    return ",".join(
        f'<{request.url.include_query_params(sysparm_offset=start)}>;rel="{name}"'
        for name, start in starts.items()
        if 0 <= start < count
    )


def _is_true(request: Request, name: str) -> bool:
    return request.query_params.get(name, "false").lower() == "true"


def _file(request: Request, row: Row) -> dict[str, str]:
    address = f"{str(request.base_url).rstrip('/')}/api/now/attachment/{row['sys_id']}/file"
    return {**row, "download_link": address}


def _link(request: Request, name: str, value: str) -> str:
    """Where the record is that a field refers to; "" for a field that refers to none, and where none is wanted."""
    if name not in REFERENCES or not value or _is_true(request, "sysparm_exclude_reference_link"):
        return ""
    return f"{str(request.base_url).rstrip('/')}/api/now/table/{REFERENCES[name]}/{value}"


def _basic(authorization: str) -> str:
    """Name and password of a header of basic authentication, with a colon between; "" for another."""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(given, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


async def _values(request: Request) -> dict[str, str] | None:
    """What a body says of fields; None for one that cannot be read."""
    try:
        body = await request.json()
    except ValueError:
        return None
    return {str(name): _text(value) for name, value in body.items()} if isinstance(body, dict) else None


def _text(value: Any) -> str:
    """A value as fields keep it: nothing is "", and what is true is "true"."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _unreadable() -> JSONResponse:
    return _error(400, "Exception while reading request", "The payload is not valid JSON")


def _number(request: Request, name: str, usual: int) -> int:
    given = request.query_params.get(name, "")
    return int(given) if given.isascii() and given.isdigit() else usual


def _error(status: int, message: str, detail: str) -> JSONResponse:
    return JSONResponse({"error": {"message": message, "detail": detail}, "status": "failure"}, status)
