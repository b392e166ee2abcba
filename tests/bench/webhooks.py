"""The way of a message under load: signed webhooks at a steady rate, whatever the answers do."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
from twilio.request_validator import RequestValidator

from tests.bench.sink import NUMBER, SID, TOKEN, ProviderSink
from tests.bench.statistics import Latencies
from tests.journeys.stack import Stack
from tests.reports import corner

_numbers = itertools.count(1)
_texts = itertools.count(1)
REPLY_PATIENCE = 60.0
# What residents open with: complete, half, and small talk.
TEXTS = (
    "huge pothole at {place}",
    "graffiti on the wall at {place}",
    "hi",
    "the streetlight is out on our block",
    "missed trash pick up at {place}",
)


@dataclass(frozen=True)
class Signed:
    url: str
    number: str
    body: dict[str, str]
    headers: dict[str, str]


class Sender:
    """A resident with a number of their own, at a place of their own."""

    def __init__(self, stack: Stack) -> None:
        serial = next(_numbers)
        self.number = f"+1424{serial:07d}"
        self._place = corner(serial)
        self._url = f"{stack.web}/channels/sms"

    def sign(self, text: str) -> Signed:
        """Their next text, signed as Twilio signs."""
        body = {
            "MessageSid": f"SM{next(_texts):032x}",
            "AccountSid": SID,
            "From": self.number,
            "To": NUMBER,
            "Body": text.format(place=self._place),
            "NumMedia": "0",
        }
        signature = RequestValidator(TOKEN).compute_signature(self._url, body)
        return Signed(self._url, self.number, body, {"X-Twilio-Signature": signature})


def sign(stack: Stack, text: str) -> Signed:
    """The first text of somebody new."""
    return Sender(stack).sign(text)


async def _at_rate(rate: int, seconds: int, one: Callable[[int], Awaitable[None]]) -> None:
    """Start `one` `rate` times a second, on time, however long each takes."""
    began = time.perf_counter()
    running = []
    for index in range(rate * seconds):
        await asyncio.sleep(max(0.0, began + index / rate - time.perf_counter()))
        running.append(asyncio.create_task(one(index)))  # type: ignore[arg-type]
    await asyncio.gather(*running)


async def acknowledgement(stack: Stack, sink: ProviderSink, rate: int, seconds: int) -> Latencies:
    """From posting a webhook to its 204."""
    took: list[float] = []
    prepared = [sign(stack, TEXTS[index % len(TEXTS)]) for index in range(rate * seconds)]
    async with httpx.AsyncClient(timeout=30.0, trust_env=False) as client:

        async def post(index: int) -> None:
            signed = prepared[index]
            began = time.perf_counter()
            response = await client.post(signed.url, data=signed.body, headers=signed.headers)
            took.append(time.perf_counter() - began)
            assert response.status_code == 204, response.status_code

        await _at_rate(rate, seconds, post)
    return Latencies(tuple(took))


async def reply(stack: Stack, sink: ProviderSink, rate: int, seconds: int) -> Latencies:
    """From posting a webhook to the reply's arrival at the provider."""
    took: list[float] = []
    prepared = [sign(stack, TEXTS[index % len(TEXTS)]) for index in range(rate * seconds)]
    async with httpx.AsyncClient(timeout=30.0, trust_env=False) as client:

        async def post(index: int) -> None:
            signed = prepared[index]
            arrived = sink.waiting[signed.number] = asyncio.Event()
            began = time.perf_counter()
            await client.post(signed.url, data=signed.body, headers=signed.headers)
            await asyncio.wait_for(arrived.wait(), REPLY_PATIENCE)
            took.append(sink.arrivals[signed.number][0] - began)

        await _at_rate(rate, seconds, post)
    return Latencies(tuple(took))
