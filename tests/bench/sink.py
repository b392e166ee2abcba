"""A provider that takes every SMS at once and notes when: the end of the way of a message, for benchmarks.

The simulator shows and keeps everything, which costs time that is not the product's.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs

SID = "AC" + "5" * 32
TOKEN = "benchmark-auth-token"
NUMBER = "+13105550100"


class ProviderSink:
    """`async with ProviderSink(port)`: answers `POST …/Messages.json` on the loopback."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.arrivals: dict[str, list[float]] = defaultdict(list)  # number → moments, time.perf_counter
        self.waiting: dict[str, asyncio.Event] = {}
        self._count = 0
        self._last = 0.0

    def settings(self) -> dict[str, str]:
        """What makes Cityline send here."""
        return {
            "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_FROM": NUMBER,
            "TWILIO_API_BASE_URL": f"http://127.0.0.1:{self.port}",
        }

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()

    async def until_quiet(self, seconds: float = 3.0) -> None:
        """Wait until nothing came for some seconds."""
        self._last = time.perf_counter()
        while time.perf_counter() - self._last < seconds:  # noqa: ASYNC110 - silence has no event
            await asyncio.sleep(0.2)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                arrived = time.perf_counter()
                length = 0
                for line in head.split(b"\r\n"):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                self._take(await reader.readexactly(length), arrived)
                writer.write(self._answer())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the sender closed its connection, or the benchmark is over
        finally:
            writer.close()

    def _take(self, body: bytes, arrived: float) -> None:
        to = parse_qs(body.decode()).get("To", [""])[0]
        self.arrivals[to].append(arrived)
        self._last = arrived
        if event := self.waiting.get(to):
            event.set()

    def _answer(self) -> bytes:
        self._count += 1
        content = json.dumps({"sid": f"SM{self._count:032x}", "status": "queued"}).encode()
        return (
            b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
            b"Content-Length: " + str(len(content)).encode() + b"\r\n\r\n" + content
        )
