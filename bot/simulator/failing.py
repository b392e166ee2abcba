"""Carries out a fault on one API request: refuses it, holds it, or tears its connection."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.simulator.faults import Fault, FaultKind
from bot.simulator.world import World

TRANSPORT = "cityline.simulator.transport"
TRICKLE = 0.5  # seconds between two bytes of a slow file: no reader's time-out between two bytes is as short


class TearableProtocol(HttpToolsProtocol):
    """uvicorn's HTTP, which also tells the application its connection so that a fault can tear it."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: {"transport": self.transport}}


class TornResponse(Response):
    """No answer: the connection ends. With `reset` the other side sees ECONNRESET, otherwise a plain end."""

    def __init__(self, *, reset: bool) -> None:
        super().__init__(status_code=500)
        self._reset = reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        extension: dict[str, Any] = (scope.get("extensions") or {}).get(TRANSPORT, {})
        transport: asyncio.Transport | None = extension.get("transport")
        if transport is None:
            # Another server: promise a body that never comes, which breaks the connection too.
            await send({"type": "http.response.start", "status": 500, "headers": [(b"content-length", b"1")]})
            raise ConnectionAbortedError
        if self._reset:
            sock = transport.get_extra_info("socket")
            if sock is not None:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        # uvicorn must notice that the connection is gone before it looks for the missing answer.
        while (await receive())["type"] != "http.disconnect":
            pass


async def hold(request: Request, seconds: float) -> Response:
    """Say nothing until the caller gives up or `seconds` have passed, then end the connection."""
    try:
        async with asyncio.timeout(seconds):
            # The body has been read, so the next thing to receive is that the caller has gone.
            while (await request.receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        pass
    return TornResponse(reset=False)


async def with_faults(
    world: World,
    request: Request,
    provider: str,
    method: str,
    act: Callable[[], Awaitable[Response]],
    refuse: Callable[[int, Fault], Response],
) -> Response:
    """Run `act` unless a fault is in force; `refuse(status, fault)` makes the provider's error body."""
    fault = world.faults.for_request(provider, method)
    if fault is None:
        return await act()
    seconds = world.config.hang if fault.hang is None else fault.hang
    match fault.kind:
        case FaultKind.HTTP_429:
            return refuse(429, fault)
        case FaultKind.RESET:
            return TornResponse(reset=True)
        case FaultKind.TIMEOUT:
            return await hold(request, seconds)
        case FaultKind.TIMEOUT_AFTER_SEND:
            await act()
            return await hold(request, seconds)
        case _:
            return refuse(500, fault)


async def media_with_faults(
    world: World, provider: str, content: bytes, content_type: str, missing: Callable[[], Response]
) -> Response:
    """A resident's file as it is downloaded, unless a fault is in force; `missing` makes the provider's 404."""
    fault = world.faults.for_media(provider)
    if fault is None:
        return Response(content, media_type=content_type)
    length = {"Content-Length": str(len(content))}
    match fault.kind:
        case FaultKind.MEDIA_MISSING:
            return missing()
        case FaultKind.MEDIA_CUT:
            return CutResponse(content, media_type=content_type)
        case _:
            seconds = world.config.hang if fault.hang is None else fault.hang
            return StreamingResponse(_trickle(content, seconds), media_type=content_type, headers=length)


async def _trickle(content: bytes, seconds: float) -> AsyncIterator[bytes]:
    """A byte now and then for `seconds`, then the rest."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    sent = 0
    while sent < len(content) and loop.time() < end:
        yield content[sent : sent + 1]
        sent += 1
        await asyncio.sleep(min(TRICKLE, max(0.0, end - loop.time())))
    yield content[sent:]


class CutResponse(Response):
    """Half of a body whose whole length was promised, then the end of the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await TornResponse(reset=False)(scope, receive, send)
