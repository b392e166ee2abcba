"""How much a flood of logins, of made-up map tokens or of one number's texts delays the webhooks of others: one web process, alone and under each flood.

.venv/bin/python -m tests.bench.bench_floods [--seconds 10] [--rate 20] [--at-once 24]

The load generator runs on the same machine, so part of each ratio is its own.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
from twilio.request_validator import RequestValidator

from bot.db.embedded import start_embedded
from bot.db.migrate import migrate
from tests.bench.sink import NUMBER, SID, TOKEN
from tests.bench.statistics import Latencies
from tests.ports import free_ports

_serial = itertools.count(1)
Flood = Callable[[httpx.AsyncClient, str], Awaitable[int]]


async def _map_token(client: httpx.AsyncClient, web: str) -> int:
    return (await client.get(f"{web}/m/guess{next(_serial):05d}")).status_code


async def _login(client: httpx.AsyncClient, web: str) -> int:
    page = await client.get(f"{web}/console/login")
    token = re.search(r'name="form_token" value="([^"]*)"', page.text)
    fields = {
        "form_token": token[1] if token else "",
        "username": f"clerk{next(_serial)}",
        "password": "x" * 20,
    }
    answer = await client.post(f"{web}/console/login", data=fields)
    client.cookies.clear()
    return answer.status_code


async def _one_number(client: httpx.AsyncClient, web: str) -> int:
    serial, url = next(_serial), f"{web}/channels/sms"
    body = {
        "MessageSid": f"SM{serial:032x}", "AccountSid": SID, "From": "+13105550199", "To": NUMBER,
        "Body": f"hello {serial}", "NumMedia": "0",
    }  # fmt: skip
    signature = RequestValidator(TOKEN).compute_signature(url, body)
    return (await client.post(url, data=body, headers={"X-Twilio-Signature": signature})).status_code


async def _webhooks(web: str, rate: int, seconds: int) -> Latencies:
    took: list[float] = []
    async with httpx.AsyncClient(timeout=60.0, trust_env=False) as client:

        async def post() -> None:
            serial, url = next(_serial), f"{web}/channels/sms"
            body = {
                "MessageSid": f"SM{serial:032x}", "AccountSid": SID, "From": f"+1424{serial:07d}", "To": NUMBER,
                "Body": "huge pothole at pico and 4th", "NumMedia": "0",
            }  # fmt: skip
            signature = RequestValidator(TOKEN).compute_signature(url, body)
            began = time.perf_counter()
            answer = await client.post(url, data=body, headers={"X-Twilio-Signature": signature})
            took.append(time.perf_counter() - began)
            assert answer.status_code == 204, answer.status_code

        tasks = []
        for _ in range(rate * seconds):
            tasks.append(asyncio.create_task(post()))
            await asyncio.sleep(1 / rate)
        await asyncio.gather(*tasks)
    return Latencies(tuple(took))


async def _under(flood: Flood, web: str, options: argparse.Namespace) -> tuple[Latencies, Counter[int]]:
    answers: Counter[int] = Counter()

    async def pour() -> None:
        async with httpx.AsyncClient(timeout=60.0, trust_env=False) as client:
            while True:
                answers[await flood(client, web)] += 1

    pouring = [asyncio.create_task(pour()) for _ in range(options.at_once)]
    try:
        return await _webhooks(web, options.rate, options.seconds), answers
    finally:
        for task in pouring:
            task.cancel()
        await asyncio.gather(*pouring, return_exceptions=True)


async def measure(web: str, options: argparse.Namespace) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(300):
            try:
                if (await client.get(f"{web}/health")).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
    await _webhooks(web, options.rate, 3)
    quiet = await _webhooks(web, options.rate, options.seconds)
    print(f"quiet: p50 {quiet.milliseconds(0.5)}, p95 {quiet.milliseconds(0.95)}")
    floods: tuple[tuple[str, Flood], ...] = (
        ("logins", _login),
        ("map tokens", _map_token),
        ("texts of one number", _one_number),
    )
    for name, flood in floods:
        found, answers = await _under(flood, web, options)
        ratio = found.percentile(0.5) / quiet.percentile(0.5)
        print(
            f"{name}: p50 {found.milliseconds(0.5)} ({ratio:.1f} times), p95 {found.milliseconds(0.95)}; "
            f"the flood got {dict(answers)}"
        )


def main(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="cityline-floods-") as folder:
        database = start_embedded(Path(folder) / "postgres")
        migrate(database.url())
        port = free_ports(1)
        settings = {
            "DATABASE_URL": database.url(), "CITYLINE_DATA": folder, "CITYLINE_PORT": str(port),
            "TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_FROM": NUMBER,
        }  # fmt: skip
        web = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "web"],
            env={**os.environ, **settings},
            stdout=subprocess.DEVNULL,
        )
        try:
            asyncio.run(measure(f"http://127.0.0.1:{port}", options))
        finally:
            web.terminate()
            web.wait()
            database.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="of each load")
    parser.add_argument("--rate", type=int, default=20, help="webhooks a second")
    parser.add_argument("--at-once", type=int, default=24, help="connections of the flood")
    main(parser.parse_args())
