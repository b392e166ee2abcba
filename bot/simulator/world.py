"""All the simulator's state in one place: nothing outlives the process."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from typing import Any

import httpx
import structlog

from bot.certificates import believed
from bot.simulator.config import SimulatorConfig
from bot.simulator.faults import FaultBook
from bot.simulator.hub import Hub
from bot.simulator.ids import Minter
from bot.simulator.media import MediaStore, StoredMedia
from bot.simulator.phones import PhoneBook

log = structlog.get_logger(__name__)

CONNECTIONS = 32  # to the product at one moment


class World:
    """Phones, files, faults and the line to the product."""

    def __init__(self, config: SimulatorConfig) -> None:
        self.config = config
        self.mint = Minter(config.seed)
        self.hub = Hub()
        self.faults = FaultBook()
        self.media = MediaStore(config.max_media)
        self.phones = PhoneBook(self.hub, config.clock, config.max_phones, config.max_messages_per_phone)
        self.http = httpx.AsyncClient(
            timeout=httpx.Timeout(config.read_timeout, connect=config.connect_timeout),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=CONNECTIONS),
            trust_env=False,
            verify=believed(),
        )
        # httpx's pool looks at every waiting request whenever one ends; so they wait here instead.
        self.lines = asyncio.Semaphore(CONNECTIONS)
        self._tasks: set[asyncio.Task[None]] = set()

    def now(self) -> datetime:
        return self.config.clock()

    def keep(self, content: bytes, content_type: str, name: str | None = None) -> StoredMedia:
        """Keep a file under a key that cannot be guessed."""
        return self.media.put(StoredMedia(self.mint.hex(40), content, content_type, name))

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something on its own; it ends with the simulator at the latest."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("simulator.task_failed", error=type(error).__name__, exc_info=error)

    async def close(self) -> None:
        self.hub.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.http.aclose()
