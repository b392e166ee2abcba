"""Posts to the product as a provider does: with patience, and with faults when told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakValueDictionary

import httpx
import structlog

from bot.simulator.config import Retries
from bot.simulator.faults import FaultKind
from bot.simulator.world import World

log = structlog.get_logger(__name__)

CONCURRENT_COPIES = 3


@dataclass(frozen=True, slots=True)
class Post:
    """One webhook: where, what, and with which headers."""

    provider: str
    url: str
    content: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the product said, or `status` 0 when nothing could be reached."""

    status: int
    content_type: str = ""
    body: bytes = b""
    attempts: int = 1

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300


class Lanes:
    """One lock per phone: webhooks of one phone go out in the order they were said."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: str) -> asyncio.Lock:
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock


async def deliver(world: World, post: Post, retries: Retries, *, repeat_refused: bool) -> Answer:
    """Post until it is taken. `repeat_refused`: repeat after any status but 2xx, not only after 5xx."""
    fault = world.faults.for_webhook(post.provider)
    if fault is not None and fault.kind is FaultKind.WEBHOOK_CONCURRENT:
        copies = [_patiently(world, post, retries, repeat_refused) for _ in range(CONCURRENT_COPIES)]
        return (await asyncio.gather(*copies))[0]
    answer = await _patiently(world, post, retries, repeat_refused)
    if fault is not None:
        await _patiently(world, post, retries, repeat_refused)
    return answer


async def _patiently(world: World, post: Post, retries: Retries, repeat_refused: bool) -> Answer:
    answer = Answer(0)
    for attempt in range(1, retries.attempts + 1):
        answer = await _once(world, post, attempt)
        again = not answer.taken and (repeat_refused or answer.status == 0 or answer.status >= 500)
        if not again or attempt == retries.attempts:
            break
        await asyncio.sleep(retries.pause(attempt))
    if not answer.taken:
        log.warning(
            "simulator.webhook_not_taken",
            provider=post.provider,
            status=answer.status,
            attempts=answer.attempts,
        )
    return answer


async def _once(world: World, post: Post, attempt: int) -> Answer:
    try:
        async with world.lines:
            response = await world.http.post(
                world.config.connect_url(post.url), content=post.content, headers=dict(post.headers)
            )
    except httpx.HTTPError:
        return Answer(0, attempts=attempt)
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Answer(response.status_code, kind, response.content, attempt)
