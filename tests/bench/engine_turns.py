"""Turns per second of an engine over its own REST channel: the same conversation for both."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import httpx
import psycopg

from tests.bench.statistics import Latencies
from tests.reports import corner

CONVERSATION = ("hi", "there is a huge pothole in the street", "{place}", "yes")


@dataclass(frozen=True)
class Engine:
    name: str
    url: str
    token: str = ""  # what ours asks of whoever posts a turn

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


@dataclass(frozen=True)
class Turns:
    per_second: float  # with several conversations at the same time
    latency: Latencies  # of one conversation after the other


FIRST_CONVERSATION = 900_000_000  # far above those that the worker opens


def open_conversations(database_url: str, conversations: int, round_number: int) -> None:
    """Rows for the conversations of one round: a request is filed by somebody who can be told of it."""
    first = FIRST_CONVERSATION + round_number * 1_000_000
    with psycopg.connect(database_url, autocommit=True) as connection:
        for begin, count in ((first, conversations), (first + 500_000, max(5, conversations // 4))):
            connection.execute(
                "WITH residents AS (INSERT INTO contacts (channel, address) SELECT 'sms', 'bench-' || number "
                "FROM generate_series(%s::bigint, %s::bigint) number RETURNING id, address) "
                "INSERT INTO conversations (id, contact_id) SELECT substr(address, 7)::bigint, id FROM residents",
                (begin, begin + count),
            )


async def measure(engine: Engine, conversations: int, at_once: int, round_number: int) -> Turns:
    """One round against one engine."""
    limits = httpx.Limits(max_connections=at_once)
    async with httpx.AsyncClient(
        timeout=60.0, trust_env=False, limits=limits, headers=engine.headers
    ) as client:
        first = FIRST_CONVERSATION + round_number * 1_000_000
        await _converse(client, engine.url, f"conversation-{first}")
        gate = asyncio.Semaphore(at_once)

        async def one(number: int) -> list[float]:
            async with gate:
                return await _converse(client, engine.url, f"conversation-{first + number}")

        began = time.perf_counter()
        await asyncio.gather(*(one(number) for number in range(1, conversations + 1)))
        rate = conversations * len(CONVERSATION) / (time.perf_counter() - began)
        alone: list[float] = []
        for number in range(max(5, conversations // 4)):
            alone += await _converse(client, engine.url, f"conversation-{first + 500_000 + number}")
    return Turns(rate, Latencies(tuple(alone)))


async def _converse(client: httpx.AsyncClient, url: str, sender: str) -> list[float]:
    took = []
    for number, text in enumerate(CONVERSATION):
        text = text.format(
            place=corner(int(sender.removeprefix("conversation-")))
        )  # each at a place of its own
        message_id = int(sender.removeprefix("conversation-")) * 10 + number
        body = {
            "sender": sender,
            "message": text,
            "input_channel": "sms",
            "metadata": {
                "message_id": message_id,
                "turn_id": message_id,
                "photos": [],
                "photos_refused": [],
                "pin": None,
            },
        }
        began = time.perf_counter()
        response = await client.post(f"{url}/webhooks/rest/webhook", json=body)
        took.append(time.perf_counter() - began)
        assert response.status_code == 200, response.status_code
        assert response.json(), f"no answer to {text!r}"
    return took
