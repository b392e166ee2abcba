"""As many turns as go through: residents who each send their next text as soon as the last is answered, and what it costs whom.

Processor time hardly depends on what else a machine does, so that it can be compared between runs where the turns a second cannot.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import httpx
import psutil

from tests.bench.sink import ProviderSink
from tests.bench.webhooks import REPLY_PATIENCE, Sender
from tests.journeys.stack import Stack

# A report as most go; each of its texts but the last is answered with one, so that what arrives answers what was sent.
CONVERSATION = ("hi", "there is a huge pothole at {place}", "yes send it", "yes text me")
GENERATOR, DATABASE = "load generator", "PostgreSQL"


@dataclass(frozen=True)
class ClosedLoop:
    """What so many residents at a time got through."""

    turns: int
    seconds: float
    spent: Mapping[str, float]  # seconds of processor time by process

    @property
    def per_second(self) -> float:
        return self.turns / self.seconds

    @property
    def per_turn(self) -> dict[str, float]:
        """Milliseconds of processor time of a turn, by process, most first."""
        costs = {name: 1000 * spent / self.turns for name, spent in self.spent.items()}
        return dict(sorted(costs.items(), key=lambda cost: -cost[1]))


async def closed_loop(stack: Stack, sink: ProviderSink, residents: int, seconds: int) -> ClosedLoop:
    """`residents` at a time for `seconds`; who ends a conversation is followed by somebody new."""
    turns = 0
    async with httpx.AsyncClient(timeout=30.0, trust_env=False) as client:
        before, began = _spent(stack), time.perf_counter()

        async def one_after_the_other() -> None:
            nonlocal turns
            while time.perf_counter() - began < seconds:
                sender = Sender(stack)
                for text in CONVERSATION:
                    arrived = sink.waiting[sender.number] = asyncio.Event()
                    signed = sender.sign(text)
                    response = await client.post(signed.url, data=signed.body, headers=signed.headers)
                    assert response.status_code == 204, response.status_code
                    await asyncio.wait_for(arrived.wait(), REPLY_PATIENCE)
                    turns += 1

        await asyncio.gather(*(one_after_the_other() for _ in range(residents)))
        took, after = time.perf_counter() - began, _spent(stack)
    return ClosedLoop(turns, took, {name: after[name] - before[name] for name in after})


def _spent(stack: Stack) -> Counter[str]:
    """Seconds of processor time so far, by process; what a backend of the database spent before it ended is its parent's."""
    named = {process.pid: name for name, process in stack.processes().items()}
    spent: Counter[str] = Counter({GENERATOR: sum(os.times()[:2])})
    for process in stack.all_processes():
        with suppress(psutil.Error):
            times = process.cpu_times()
            name = DATABASE if process.name() == "postgres" else named.get(process.pid, "supervisor")
            ended = times.children_user + times.children_system if name == DATABASE else 0.0
            spent[name] += times.user + times.system + ended
    return spent
