"""Bounds for what anybody may ask for: so many at once, so many in line, so many of one place; the rest is told to come back.

A flood then costs its own line only. It holds no connection to the database and no processor that a webhook needs.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.web.access import place_of

RETRY_AFTER = 3  # seconds, for who is turned away


class BusyError(Exception):
    """The line is full."""


class Slots:
    """`at_once` work, `in_line` wait; of these at most `of_one_place` are of the same place."""

    def __init__(self, at_once: int, in_line: int, of_one_place: int) -> None:
        self._working = asyncio.Semaphore(at_once)
        self._most = at_once + in_line
        self._of_one_place = of_one_place
        self._inside: Counter[str] = Counter()

    @asynccontextmanager
    async def taken(self, place: str) -> AsyncIterator[None]:
        """Wait for a slot and have it for the block. Raises `BusyError` at once when the line is full."""
        if self._inside.total() >= self._most or self._inside[place] >= self._of_one_place:
            raise BusyError
        self._inside[place] += 1
        try:
            async with self._working:
                yield
        finally:
            self._inside[place] -= 1
            if not self._inside[place]:
                del self._inside[place]


@asynccontextmanager
async def or_busy(slots: Slots, request: Request) -> AsyncIterator[None]:
    """A slot for the block. Raises 429 when the line is full."""
    try:
        async with slots.taken(place_of(request)):
            yield
    except BusyError:
        raise HTTPException(429, headers={"Retry-After": str(RETRY_AFTER)}) from None
