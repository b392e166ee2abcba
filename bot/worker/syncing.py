"""What a worker does with the city's other system: exchanges of requests, and looking for changes there."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.sync.exchange import exchange as exchange_request
from bot.sync.pulling import pull
from bot.worker.services import Services


async def exchange(services: Services, request_id: int) -> None:
    """Bring a request and its record together; nothing where the city has no other system any more."""
    if services.system is not None:
        await exchange_request(services.system, services.photos, request_id, datetime.now(UTC))


async def keep_pulling(services: Services) -> None:
    """Look for changes every few seconds, for ever."""
    seconds = services.settings.sync_poll_seconds
    # A little less: several workers look in turns, and none waits for a whole round because it came a moment early.
    every = timedelta(seconds=seconds * 0.9)
    while True:
        if services.system is not None:
            await pull(services.system, datetime.now(UTC), every)
        await asyncio.sleep(seconds)
