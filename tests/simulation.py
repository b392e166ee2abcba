"""The simulator on a real socket, and a city whose webhooks it calls."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
from twilio.rest import Client

from bot.simulator.app import create_app
from bot.simulator.config import SimulatorConfig
from bot.simulator.run import SimulatorServer
from tests.standin import Asked, Reply, Standin

SMS = "+13105551234"
CHAT = "55512345"
TICK = 0.02  # seconds


class _Noticed(list[Asked]):
    """A list that tells when something was added."""

    def __init__(self) -> None:
        super().__init__()
        self.event = asyncio.Event()

    def append(self, asked: Asked) -> None:
        super().append(asked)
        self.event.set()


class City(Standin):
    """The product's side: takes webhooks and lets a test wait for them."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: _Noticed = _Noticed()
        self.on("/channels/.*", Reply(204))

    def taken(self, path: str) -> list[Asked]:
        return [asked for asked in self.requests if asked.path == path]

    async def wait_for(self, count: int, path: str) -> list[Asked]:
        """The first `count` requests of a path, once they are there."""
        async with asyncio.timeout(15):
            while len(self.taken(path)) < count:
                self.requests.event.clear()
                await self.requests.event.wait()
        return self.taken(path)[:count]


@dataclass
class Simulation:
    """A running simulator and ways to speak to it."""

    config: SimulatorConfig
    http: httpx.AsyncClient

    @property
    def url(self) -> str:
        return self.config.base_url

    async def say(self, channel: str, address: str, **what: Any) -> list[dict[str, Any]]:
        answer = await self.http.post(f"/simulator/phones/{channel}/{address}/say", json=what)
        assert answer.status_code == 200, answer.text
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    async def shown(
        self, channel: str, address: str, count: int = 1, after: int = 0, sender: str | None = None
    ) -> list[dict[str, Any]]:
        """What the phone shows, once there are `count` messages."""
        query: dict[str, Any] = {"after": after, "wait": 15, "count": count}
        if sender:
            query["from"] = sender
        answer = await self.http.get(
            f"/simulator/phones/{channel}/{address}/messages", params=query, timeout=20
        )
        messages: list[dict[str, Any]] = answer.json()["messages"]
        assert len(messages) >= count, messages
        return messages

    async def state(self, channel: str, address: str, seq: int, wanted: str) -> dict[str, Any]:
        """A message of a phone, once it has reached a state."""
        async with self.http.stream(
            "GET", f"/simulator/phones/{channel}/{address}/events", timeout=20
        ) as stream:
            async for line in stream.aiter_lines():
                if not line.startswith("data:"):
                    continue
                found = next(one for one in await self.shown(channel, address) if one["seq"] == seq)
                if found["state"] == wanted:
                    return found
        raise AssertionError("the stream ended")

    async def fault(self, kind: str, **settings: Any) -> int:
        answer = await self.http.post("/simulator/faults", json={"kind": kind, **settings})
        assert answer.status_code == 201, answer.text
        number: int = answer.json()["id"]
        return number

    def twilio(self) -> Client:
        """The official client, pointed here."""
        credentials = self.config.credentials
        client = Client(credentials.account_sid, credentials.auth_token, environment={"TWILIO_CLIENT": ""})
        client.api.base_url = self.url
        return client

    @property
    def messages_path(self) -> str:
        return f"/2010-04-01/Accounts/{self.config.credentials.account_sid}/Messages"

    async def text(self, **fields: Any) -> httpx.Response:
        """Post a message as the city, without a client library."""
        credentials = self.config.credentials
        form = {"From": credentials.from_number, "To": SMS, **fields}
        return await self.http.post(
            f"{self.messages_path}.json",
            data={name: value for name, value in form.items() if value is not None},
            auth=(credentials.account_sid, credentials.auth_token),
        )

    async def bot(self, method: str, **fields: Any) -> httpx.Response:
        """Call a Bot API method as the city."""
        return await self.http.post(f"/bot{self.config.credentials.telegram_token}/{method}", json=fields)


class _PromptServer(SimulatorServer):
    """Looks fifty times a second whether it should end, and rests no longer: uvicorn's own tenths add up to minutes."""

    async def main_loop(self) -> None:
        while not await self.on_tick(counter=0):  # noqa: ASYNC110 - uvicorn has no event to wait for
            await asyncio.sleep(TICK)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.end_waiting()
        for server in self.servers:
            server.close()
        for connection in tuple(self.server_state.connections):
            connection.shutdown()
        async with asyncio.timeout(10):
            while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110
                await asyncio.sleep(TICK)
        await self.lifespan.shutdown()


@contextmanager
def serving(config: SimulatorConfig) -> Iterator[SimulatorConfig]:
    """Run a simulator in a thread; its address is put into the configuration."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = replace(config, base_url=f"http://127.0.0.1:{listening.getsockname()[1]}")
        server = _PromptServer(create_app(config), "127.0.0.1", 0)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield config
        finally:
            server.should_exit = True
            thread.join(15)
            assert not thread.is_alive()
