"""The stand-in instance of ServiceNow on a real socket, and what a case worker does in it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from fastapi import FastAPI

from bot.simulator.servicenow.api import Access, Failing, ServiceNowApi
from bot.simulator.servicenow.instance import Instance

CASES = "sn_customerservice_case"
WORKER = "abel.tuter"
TICK = 0.02  # seconds


class _Prompt(uvicorn.Server):
    """Looks fifty times a second whether it should end."""

    async def main_loop(self) -> None:
        while not await self.on_tick(counter=0):  # noqa: ASYNC110 - uvicorn has no event to wait for
            await asyncio.sleep(TICK)


@dataclass
class RunningInstance:
    """The instance, its ways to fail, and its address."""

    instance: Instance
    api: ServiceNowApi
    url: str
    table: str = CASES
    settings: dict[str, str] = field(default_factory=dict)

    def records(self) -> list[dict[str, str]]:
        return list(self.instance.records[self.table].values())

    def only(self) -> dict[str, str]:
        """The one record there is."""
        (record,) = self.records()
        return record

    def of(self, key: str) -> dict[str, str]:
        (record,) = [one for one in self.records() if one["correlation_id"] == key]
        return record

    def work(self, sys_id: str, **values: str) -> None:
        """A case worker changes a record."""
        self.instance.update(self.table, sys_id, values, WORKER)

    def photograph(self, sys_id: str, content: bytes, name: str = "IMG_2041.jpg") -> None:
        self.instance.attach(self.table, sys_id, name, "image/jpeg", content, WORKER)

    def written(self, sys_id: str, element: str) -> list[str]:
        """What stands in a journal of a record, oldest first."""
        return [
            one["value"]
            for one in self.instance.journal
            if one["element_id"] == sys_id and one["element"] == element
        ]

    def files(self, sys_id: str) -> list[str]:
        return [one.file_name for one in self.instance.attachments.values() if one.table_sys_id == sys_id]


@contextmanager
def running_instance(groups: list[str] | None = None) -> Iterator[RunningInstance]:
    """Run one in a thread."""
    instance = Instance(groups=groups or [])
    api = ServiceNowApi(instance, Access(), Failing())
    app = FastAPI()
    app.include_router(api.router())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = _Prompt(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield RunningInstance(instance, api, f"http://127.0.0.1:{listening.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join(15)
            assert not thread.is_alive()
