"""What an open console costs: 200 tabs that listen, while nothing changes, and how soon all of them hear of a change.

And what the marks of what changed cost the way of a message: webhooks with and without them, by turns in one run.

    nice .venv/bin/python -m tests.bench.bench_tabs
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import psycopg
from twilio.request_validator import RequestValidator

from tests.bench.sink import NUMBER, SID, TOKEN
from tests.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]
TABS = 200
OF_ONE = 20  # streams that one login may have
QUIET = 30.0  # seconds
CHANGES = 20
ROUNDS, TEXTS, AT_ONCE = 10, 150, 8
MARKED = (
    *("messages", "conversations", "contacts", "turns", "media", "service_requests", "updates"),
    *("additions", "subscribers", "feedback", "request_photos", "notices"),
)
_numbers = itertools.count(1)


def processor_seconds(web: psutil.Process, database: psutil.Process) -> float:
    """Of the web process and of PostgreSQL with all its connections."""
    spent = 0.0
    for process in (web, database, *database.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            used = process.cpu_times()
            spent += used.user + used.system
    return spent


async def idle_cost(web: psutil.Process, database: psutil.Process) -> float:
    """Milliseconds of a core in a second."""
    before = processor_seconds(web, database)
    await asyncio.sleep(QUIET)
    return (processor_seconds(web, database) - before) / QUIET * 1000


async def listen(client: httpx.AsyncClient, heard: asyncio.Queue[tuple[str, float]]) -> None:
    """A tab: what it hears, with the time."""
    async with client.stream("GET", "/console/live?since=0", timeout=None) as answer:
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            if line.startswith("data:") and len(line) > len("data: "):
                heard.put_nowait((line, time.perf_counter()))
            elif line.startswith("event: changed"):
                heard.put_nowait(("", time.perf_counter()))


@contextlib.asynccontextmanager
async def tabs(base: str, names: list[str]) -> AsyncIterator[asyncio.Queue[tuple[str, float]]]:
    """`TABS` of them, each with its stream open."""
    from tests.console import Browser

    heard: asyncio.Queue[tuple[str, float]] = asyncio.Queue()
    async with contextlib.AsyncExitStack() as stack:
        tasks = []
        for name in names:
            limits = httpx.Limits(max_connections=None)
            client = await stack.enter_async_context(
                httpx.AsyncClient(base_url=base, trust_env=False, limits=limits, timeout=60)
            )
            assert (await Browser(client).log_in(name)).status_code == 303
            tasks += [asyncio.create_task(listen(client, heard)) for _ in range(OF_ONE)]
        for _ in tasks:
            await heard.get()
        yield heard
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until_all_heard(url: str, heard: asyncio.Queue[tuple[str, float]]) -> list[float]:
    """Milliseconds from the commit of a change until each tab has heard of it."""
    taken = []
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        for _ in range(CHANGES):
            while not heard.empty():
                heard.get_nowait()
            await connection.execute("UPDATE conversations SET wants_person_at = now() WHERE id = 1")
            began, told = time.perf_counter(), 0
            while told < TABS:
                line, at = await heard.get()
                if "c1" in line.split():
                    told += 1
                    taken.append((at - began) * 1000)
            await asyncio.sleep(1.2)  # what follows within a second is told in one
    return taken


async def texts(base: str) -> list[float]:
    """Milliseconds until each of so many texts of new numbers is acknowledged."""
    gate = asyncio.Semaphore(AT_ONCE)
    url = f"{base}/channels/sms"

    async def one(client: httpx.AsyncClient) -> float:
        serial = next(_numbers)
        body = {
            "MessageSid": f"SM{serial:032x}",
            "AccountSid": SID,
            "From": f"+1424{serial:07d}",
            "To": NUMBER,
            "Body": "huge pothole at Pico and 4th",
            "NumMedia": "0",
        }
        signature = RequestValidator(TOKEN).compute_signature(url, body)
        async with gate:
            began = time.perf_counter()
            answer = await client.post(url, data=body, headers={"X-Twilio-Signature": signature})
            answer.raise_for_status()
            return (time.perf_counter() - began) * 1000

    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        return list(await asyncio.gather(*(one(client) for _ in range(TEXTS))))


async def marks_or_not(base: str, url: str) -> dict[str, list[float]]:
    """Times of texts with the triggers and without, by turns, so that a busy moment of the machine falls on both."""
    taken: dict[str, list[float]] = {"without marks": [], "with marks": []}
    await texts(base)  # what is slow the first time
    with psycopg.connect(url, autocommit=True) as connection:
        for number in range(ROUNDS):
            on = number % 2 == 0
            for table in MARKED:
                connection.execute(f"ALTER TABLE {table} {'ENABLE' if on else 'DISABLE'} TRIGGER USER")  # type: ignore[call-overload]
            taken["with marks" if on else "without marks"] += await texts(base)
        for table in MARKED:
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")  # type: ignore[call-overload]
    return taken


def percentile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


async def measure(base: str, url: str, web: psutil.Process, database: psutil.Process) -> None:
    from bot.cases.staff import create_staff
    from bot.db.session import dispose, transaction
    from tests.console import PASSWORD, a_conversation

    names = [f"clerk{number}" for number in range(TABS // OF_ONE)]
    async with transaction() as session:
        for name in names:
            await create_staff(session, name, PASSWORD)
    await a_conversation()
    by_marks = await marks_or_not(base, url)
    nobody = await idle_cost(web, database)
    async with tabs(base, names) as heard:
        print(f"while nothing changes, ms of a core a second: nobody {nobody:.1f}", end=", ")
        print(f"{TABS} tabs {await idle_cost(web, database):.1f}")
        taken = await until_all_heard(url, heard)
        print(
            f"a change is heard by {TABS} tabs: p50 {statistics.median(taken):.0f} ms, last {max(taken):.0f} ms"
        )
        by_marks[f"with marks that {TABS} tabs hear"] = [one for _ in range(5) for one in await texts(base)]
    for what, times in by_marks.items():
        print(
            f"acknowledgement of a text, {AT_ONCE} at once, {what}: "
            f"p50 {statistics.median(times):.1f} ms, p95 {percentile(times, 0.95):.1f} ms, p99 {percentile(times, 0.99):.1f} ms"
        )
    await dispose()


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="cl-") as folder:
        port = free_ports(1)
        base = f"http://127.0.0.1:{port}"
        os.environ.update(
            CITYLINE_DATA=folder,
            CITYLINE_PORT=str(port),
            PUBLIC_URL=base,
            TWILIO_ACCOUNT_SID=SID,
            TWILIO_AUTH_TOKEN=TOKEN,
            TWILIO_FROM=NUMBER,
        )
        from bot.db.embedded import start_embedded
        from bot.db.migrate import migrate

        server = start_embedded(Path(folder) / "postgres")
        url = server.url()
        migrate(url)
        assert server.pid is not None
        log = Path(folder) / "web.log"
        with log.open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", "web"], cwd=ROOT, stdout=said, stderr=said
            )
        try:
            _until_up(base)
            asyncio.run(measure(base, url, psutil.Process(process.pid), psutil.Process(server.pid)))
        finally:
            process.terminate()
            process.wait(20)
            server.stop()


def _until_up(base: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{base}/health", trust_env=False).status_code == 200:
                return
        time.sleep(0.2)
    raise SystemExit("the web process does not answer")


if __name__ == "__main__":
    main()
