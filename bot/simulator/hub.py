"""Tells whoever watches a phone what happened on it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

Event = dict[str, Any]

BACKLOG = 2_000


class Subscription:
    """Events of some phones, in order. A watcher that falls too far behind is closed and reads anew."""

    def __init__(self, hub: Hub, keys: frozenset[str]) -> None:
        self._hub = hub
        self.keys = keys
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue(BACKLOG + 1)
        self.closed = False

    def offer(self, event: Event) -> None:
        if self.closed:
            return
        if self._queue.qsize() >= BACKLOG:
            self.close()
        else:
            self._queue.put_nowait(event)

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self._queue.put_nowait(None)

    async def next(self, seconds: float) -> Event | None:
        """The next event, or None after `seconds` or once closed."""
        try:
            async with asyncio.timeout(seconds):
                return await self._queue.get()
        except TimeoutError:
            return None

    def __enter__(self) -> Subscription:
        self._hub.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._hub.remove(self)


class Hub:
    """Passes events of a phone (`key`) to its watchers."""

    def __init__(self) -> None:
        self._watchers: dict[str, set[Subscription]] = defaultdict(set)
        self.closing = False

    def subscribe(self, keys: Iterable[str]) -> Subscription:
        return Subscription(self, frozenset(keys))

    def add(self, subscription: Subscription) -> None:
        if self.closing:
            subscription.close()
        for key in subscription.keys:
            self._watchers[key].add(subscription)

    def remove(self, subscription: Subscription) -> None:
        for key in subscription.keys:
            self._watchers[key].discard(subscription)
            if not self._watchers[key]:
                del self._watchers[key]

    def publish(self, key: str, event: Event) -> None:
        for subscription in tuple(self._watchers.get(key, ())):
            subscription.offer(event)

    def close(self) -> None:
        """Ends all event streams, so that the process can stop."""
        self.closing = True
        for watchers in self._watchers.values():
            for subscription in watchers:
                subscription.close()
