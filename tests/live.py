"""The stream of open pages as a browser reads it, over real HTTP."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import uvicorn

from bot.db.changes import current_version
from bot.db.session import transaction
from bot.web.app import create_app
from tests.console import Browser

PATIENCE = 20.0  # seconds


@dataclass(frozen=True)
class Event:
    name: str
    words: list[str]
    id: str


@asynccontextmanager
async def served() -> AsyncIterator[str]:
    """The address of a web process in this one."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(), log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.create_task(server._serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = server.force_exit = True
        await serving
        listener.close()


@asynccontextmanager
async def logged_in(address: str, username: str = "maria") -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which somebody has logged in."""
    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE, trust_env=False) as client:
        assert (await Browser(client).log_in(username)).status_code == 303
        yield client


@asynccontextmanager
async def listening(
    client: httpx.AsyncClient, here: str = "", since: int | None = None, **headers: str
) -> AsyncIterator[AsyncIterator[Event]]:
    """A stream that is open and has told what there was: what it gives from then on is new."""
    if since is None:
        async with transaction() as session:
            since = await current_version(session)
    query = {"since": str(since), "here": here}
    async with client.stream("GET", "/console/live", params=query, headers=headers) as answer:
        assert answer.status_code == 200, answer.status_code
        yield _events(answer)


async def _events(answer: httpx.Response) -> AsyncIterator[Event]:
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.strip()
        elif "event" in fields:
            yield Event(fields["event"], fields.get("data", "").split(), fields.get("id", ""))
            fields = {}


async def until(events: AsyncIterator[Event], topic: str) -> Event:
    """The next event that tells of this topic."""
    async with asyncio.timeout(PATIENCE):
        async for event in events:
            if topic in event.words:
                return event
    raise AssertionError(f"the stream ended before it told of {topic}")
