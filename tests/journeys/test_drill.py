"""The drill: engine away, provider away, database restarted, no room for photos, a worker that stands still.

Everything is away for some seconds here; `DRILL_SECONDS=600` makes it the ten minutes of a bad day. While each of it lasts
residents go on texting, and at the end each has one request with its photo, and each answer once and in order.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import resource
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import psutil
import psycopg
import pytest

from tests import reports
from tests.journeys.stack import Said, Stack, eventually, running_stack
from tests.photos import jpeg

SECONDS = float(os.environ.get("DRILL_SECONDS", "12"))
STALL = min(SECONDS, 60.0)
pytestmark = [pytest.mark.engine, pytest.mark.faults, pytest.mark.timeout(900 + int(5 * SECONDS))]

EACH = 6  # residents who write while one thing is away
PATIENCE = 240.0
REFERENCE = re.compile(r"SM-[2-9C-Y]{6}")


@contextlib.asynccontextmanager
async def engine_away(stack: Stack) -> AsyncIterator[None]:
    """The engine is killed as soon as it comes back."""
    stop = asyncio.Event()

    async def keep_killing() -> None:
        while not stop.is_set():
            if "engine" in stack.processes():
                with contextlib.suppress(psutil.Error, KeyError):
                    stack.kill("engine")
            await asyncio.sleep(0.5)

    killing = asyncio.create_task(keep_killing())
    try:
        yield
    finally:
        stop.set()
        await killing


@contextlib.asynccontextmanager
async def provider_away(stack: Stack) -> AsyncIterator[None]:
    """Twilio and Telegram answer nothing but 500, or tear the connection."""
    for fault in ({"kind": "http_500", "probability": 0.5, "seed": 1}, {"kind": "reset"}):
        (await stack.http.post(f"{stack.simulator}/simulator/faults", json=fault)).raise_for_status()
    try:
        yield
    finally:
        (await stack.http.delete(f"{stack.simulator}/simulator/faults")).raise_for_status()


@contextlib.asynccontextmanager
async def database_restarted(stack: Stack) -> AsyncIterator[None]:
    """A crash in the middle of it; the supervisor starts it again."""
    pid = int((stack.data / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    asyncio.get_running_loop().call_later(SECONDS / 4, os.kill, pid, signal.SIGQUIT)
    yield


@contextlib.asynccontextmanager
async def no_room_for_photos(stack: Stack) -> AsyncIterator[None]:
    """No file of the worker may grow: as on a full disk, writing a photo fails."""
    worker = stack.processes()["worker"]
    worker.rlimit(psutil.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            worker.rlimit(psutil.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextlib.asynccontextmanager
async def worker_stalled(stack: Stack) -> AsyncIterator[None]:
    """The worker stands still, alive, and goes on as if nothing had been."""
    worker = stack.processes()["worker"]
    worker.suspend()
    try:
        yield
    finally:
        worker.resume()


TROUBLES = {
    "engine away": (engine_away, SECONDS),
    "provider away": (provider_away, SECONDS),
    "database restarted": (database_restarted, SECONDS),
    "no room for photos": (no_room_for_photos, SECONDS),
    "worker stalled": (worker_stalled, STALL),
}


async def say_with_photo(stack: Stack, channel: str, address: str, text: str, shade: int) -> None:
    response = await stack.http.post(
        f"{stack.simulator}/simulator/phones/{channel}/{address}/say",
        data={"say": json.dumps({"text": text})},
        files=[("files", ("photo.jpg", jpeg(shade=shade), "image/jpeg"))],
    )
    response.raise_for_status()


async def texts(stack: Stack, channel: str, address: str) -> list[str]:
    return [message["text"] for message in await stack.from_city(channel, address)]


async def until(stack: Stack, channel: str, address: str, pattern: str) -> None:
    def came(said: Said) -> bool:
        return any(re.search(pattern, message["text"] or "") for message in said)

    try:
        await stack.until_said(channel, address, came, pattern, PATIENCE + SECONDS)
    except AssertionError:
        said = await texts(stack, channel, address)
        raise AssertionError(f"{channel} {address} never read {pattern!r} but {said}") from None


async def report(stack: Stack, channel: str, address: str, number: int) -> None:
    """What, where and a photo, then the word that files it."""
    await say_with_photo(stack, channel, address, reports.report(number), 20 + number)
    await until(stack, channel, address, re.escape(reports.corner(number)))
    await stack.say(channel, address, "1")
    await until(stack, channel, address, REFERENCE.pattern)


async def test_whatever_is_away_for_a_while_nothing_is_lost_and_nothing_comes_twice() -> None:
    people: list[tuple[str, str, int]] = []
    async with running_stack() as stack:
        for step, (name, (trouble, lasts)) in enumerate(TROUBLES.items()):
            began, tasks = time.monotonic(), []
            async with trouble(stack):
                for each in range(EACH):
                    number = step * EACH + each
                    channel = "sms" if number % 2 else "telegram"
                    address = f"+1424556{number:04d}" if channel == "sms" else str(8_000_000 + number)
                    people.append((channel, address, number))
                    tasks.append(asyncio.create_task(report(stack, channel, address, number)))
                    await asyncio.sleep(lasts / EACH)
                await asyncio.sleep(max(0.0, began + lasts - time.monotonic()))
            over = time.monotonic()
            await asyncio.gather(*tasks)
            print(
                f"{name} for {lasts:.0f} s: {EACH} residents had filed {time.monotonic() - over:.1f} s after it"
            )
        await eventually(lambda: not _under_way(stack), "nothing is stuck", PATIENCE)
        for channel, address, number in people:
            said = await texts(stack, channel, address)
            twice = {text: count for text, count in Counter(said).items() if count > 1}
            assert not twice, (channel, address, twice)
            summary = next(place for place, text in enumerate(said) if reports.corner(number) in text)
            filed = next(place for place, text in enumerate(said) if REFERENCE.search(text))
            assert summary < filed, said
        rows = _rows(
            stack,
            "SELECT r.conversation_id, count(DISTINCT r.id), count(p.id) FROM service_requests r "
            "LEFT JOIN request_photos p ON p.request_id = r.id GROUP BY 1",
        )
        assert len(rows) == len(people)
        assert {(requests, photos) for _, requests, photos in rows} == {(1, 1)}
        assert _rows(stack, "SELECT id, reason FROM turns WHERE parked_at IS NOT NULL") == []
        assert (
            _rows(stack, "SELECT id, reason FROM media WHERE state <> 'kept' AND provider_ref IS NOT NULL")
            == []
        )


def _rows(stack: Stack, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        return connection.execute(query).fetchall()


def _under_way(stack: Stack) -> bool:
    return bool(
        _rows(
            stack,
            "SELECT 1 FROM messages WHERE state IN ('received', 'queued', 'sending')"
            " UNION ALL SELECT 1 FROM turns WHERE finished_at IS NULL"
            " UNION ALL SELECT 1 FROM media WHERE state = 'waiting' LIMIT 1",
        )
    )
