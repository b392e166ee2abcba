"""A stand-in HTTP server on real sockets, which fails in every way a provider's can.

Each path is given replies in order; the last one repeats. What was asked is kept in `requests`.
"""

from __future__ import annotations

import asyncio
import email.parser
import email.policy
import json
import re
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from socket import SO_LINGER, SOL_SOCKET
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


class Fault(Enum):
    """What a server can do instead of answering."""

    HANG = "reads the request and never answers"
    RESET = "reads the request and resets the connection"
    CLOSE = "reads the request and closes the connection"
    RESET_EARLY = "resets the connection before the body is read"
    HALF = "answers half a body and closes"
    TRICKLE = "answers a byte now and then, without end"


@dataclass(frozen=True)
class Reply:
    """An answer; a dict or list is sent as JSON."""

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)

    def encoded(self) -> tuple[bytes, dict[str, str]]:
        if isinstance(self.body, bytes):
            return self.body, dict(self.headers)
        return json.dumps(self.body).encode(), {"Content-Type": "application/json", **self.headers}


@dataclass(frozen=True)
class Asked:
    """One request as it came over the wire."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    def form(self) -> dict[str, list[str]]:
        """The fields of a url-encoded or multipart body; files as their raw text."""
        kind = self.headers.get("content-type", "")
        if kind.startswith("multipart/form-data"):
            return _multipart(kind, self.body)
        return parse_qs(self.body.decode(), keep_blank_values=True)

    def fields(self) -> dict[str, str]:
        return {name: values[0] for name, values in self.form().items()}


def _multipart(kind: str, body: bytes) -> dict[str, list[str]]:
    parser = email.parser.BytesParser(policy=email.policy.HTTP)
    message = parser.parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    fields: dict[str, list[str]] = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        fields.setdefault(name, []).append(content.decode("utf-8", "replace"))
    return fields


Answering = Callable[[Asked], Reply]


class Standin:
    """`async with Standin() as provider`, then `provider.on("/path", Reply(...), Fault.RESET, …)`."""

    def __init__(self) -> None:
        self.requests: list[Asked] = []
        self._replies: list[tuple[re.Pattern[str], list[Reply | Fault | Answering]]] = []
        self._over = asyncio.Event()

    def on(self, path: str, *replies: Reply | Fault | Answering) -> None:
        """What a path (a regular expression, matched wholly) is answered; later calls come first."""
        self._replies.insert(0, (re.compile(path), list(replies)))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        self._over.set()
        self._server.close()
        await self._server.wait_closed()

    def _next(self, path: str) -> Reply | Fault | Answering:
        for pattern, replies in self._replies:
            if pattern.fullmatch(path):
                return replies.pop(0) if len(replies) > 1 else replies[0]
        return Reply(404, {"code": 20404, "ok": False, "error_code": 404, "description": "Not Found"})

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._exchange(reader, writer)
        writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ", 2)
        headers = {
            name.strip().lower(): value.strip()
            for name, value in (line.split(":", 1) for line in head[1:] if line)
        }
        parts = urlsplit(target)
        reply = self._next(parts.path)
        if reply is Fault.RESET_EARLY:
            _reset(writer)
            return
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        query = parse_qs(parts.query, keep_blank_values=True)
        asked = Asked(method, parts.path, query, headers, body)
        self.requests.append(asked)
        if callable(reply):
            reply = reply(asked)
        if reply is Fault.HANG:
            await self._over.wait()
        elif reply is Fault.RESET:
            _reset(writer)
        elif reply is Fault.HALF:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 500)
            await writer.drain()
        elif reply is Fault.TRICKLE:
            await self._trickle(writer)
        elif isinstance(reply, Reply):
            await _answer(writer, reply)

    async def _trickle(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not self._over.is_set():
            writer.write(b"x")
            await writer.drain()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), 0.05)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close so that the other side gets a reset instead of an end."""
    writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _answer(writer: asyncio.StreamWriter, reply: Reply) -> None:
    body, headers = reply.encoded()
    lines = [f"HTTP/1.1 {reply.status} Status", "Connection: close"]
    if "Transfer-Encoding" not in headers:
        lines.append(f"Content-Length: {0 if reply.status == 204 else len(body)}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    if headers.get("Transfer-Encoding") == "chunked":
        for start in range(0, len(body), 65536):
            chunk = body[start : start + 65536]
            writer.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
            await writer.drain()
        writer.write(b"0\r\n\r\n")
    else:
        writer.write(body)
    await writer.drain()
