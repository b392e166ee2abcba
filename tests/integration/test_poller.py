"""Long polling, against the stand-in for Telegram: what is stored is confirmed after it is, by one poller at a time, whatever dies or fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.certificates import believed
from bot.channels.messages import Channel
from bot.db.session import transaction
from bot.db.tables import Message, SetAside
from bot.settings import Settings, load_settings
from bot.simulator.config import SimulatorConfig
from bot.worker import polling
from bot.worker.services import open_services
from tests.simulation import CHAT, Simulation, serving

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

PATIENCE = 20.0  # seconds
OTHER_CHAT = "55512346"


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
async def simulator() -> AsyncIterator[Simulation]:
    with serving(SimulatorConfig(telegram_webhook=None, seed=7, hang=0.3)) as config:
        async with httpx.AsyncClient(base_url=config.base_url, timeout=10, verify=believed()) as http:
            yield Simulation(config, http)


def polls(simulator: Simulation) -> Settings:
    return load_settings(
        telegram_bot_token=simulator.config.credentials.telegram_token,
        telegram_api_base_url=simulator.url,
        telegram_mode="polling",
    )


@asynccontextmanager
async def a_poller(simulator: Simulation) -> AsyncIterator[asyncio.Task[None]]:
    """One worker's poller, killed at the end."""
    async with open_services(polls(simulator)) as services:
        running = asyncio.create_task(polling.keep_polling(services))
        try:
            yield running
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def words() -> list[str]:
    async with transaction() as session:
        return list(await session.scalars(select(Message.body).order_by(Message.id)))


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await condition():  # noqa: ASYNC110 - the database and the simulator tell nobody
            await asyncio.sleep(0.02)


async def until_heard(*expected: str) -> None:
    async def heard() -> bool:
        return len(await words()) >= len(expected)

    await until(heard)
    assert await words() == list(expected)


async def until_all_confirmed(simulator: Simulation) -> None:
    async def none_waits() -> bool:
        health = (await simulator.http.get("/simulator/health")).json()
        return bool(health["telegram_pending_updates"] == 0)

    await until(none_waits)


async def test_what_is_said_is_stored_once_and_confirmed(simulator: Simulation) -> None:
    await simulator.say("telegram", CHAT, text="one")
    async with a_poller(simulator):
        await until_heard("one")
        await simulator.say("telegram", CHAT, text="two")
        await simulator.say("telegram", OTHER_CHAT, text="three")
        await until_heard("one", "two", "three")
        await until_all_confirmed(simulator)


@pytest.mark.parametrize("dies", ["before it is stored", "before it is confirmed"])
async def test_a_poller_that_dies_over_an_update_loses_nothing_and_doubles_nothing(
    simulator: Simulation, monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    store = polling.take_in
    taken = 0

    async def dying(channel: Channel, raw: bytes, query: str = "") -> bool:
        nonlocal taken
        taken += 1
        if taken == 2:
            if dies == "before it is confirmed":
                await store(channel, raw, query)
            raise Killed
        return await store(channel, raw, query)

    for text in ("one", "two", "three"):
        await simulator.say("telegram", CHAT, text=text)
    with monkeypatch.context() as patched:
        patched.setattr(polling, "take_in", dying)
        async with open_services(polls(simulator)) as services:
            with pytest.raises(Killed):
                await polling.keep_polling(services)
    async with a_poller(simulator):
        await until_all_confirmed(simulator)
    assert await words() == ["one", "two", "three"]


async def test_an_update_that_cannot_be_stored_is_set_aside_alone(
    simulator: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.delivery import inbound

    store = inbound._store

    async def poisonous(channel: Channel, raw: bytes, query: str) -> None:
        if b"poison" in raw:
            raise ValueError
        await store(channel, raw, query)

    monkeypatch.setattr(inbound, "_store", poisonous)
    for text in ("one", "poison", "two"):
        await simulator.say("telegram", CHAT, text=text)
    async with a_poller(simulator) as running:
        await until_heard("one", "two")
        await until_all_confirmed(simulator)
        assert not running.done()
    async with transaction() as session:
        (row,) = await session.scalars(select(SetAside))
    assert b"poison" in row.body


@pytest.mark.parametrize(
    "fault",
    [{"kind": "http_429", "retry_after": 0}, {"kind": "http_500"}, {"kind": "reset"}, {"kind": "timeout"}],
)
async def test_a_provider_that_fails_for_a_while_is_asked_again(
    simulator: Simulation, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    monkeypatch.setattr(polling, "AFTER_ERROR", 0.01)
    await simulator.fault(**fault, provider="telegram", count=3)
    await simulator.say("telegram", CHAT, text="one")
    async with a_poller(simulator):
        await until_heard("one")
        await until_all_confirmed(simulator)


async def test_a_second_poller_stands_by_and_takes_over_when_the_first_dies(
    simulator: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "STANDBY", 0.02)
    began = 0
    poll = polling._poll

    async def counted(*arguments: Any) -> None:
        nonlocal began
        began += 1
        await poll(*arguments)

    monkeypatch.setattr(polling, "_poll", counted)

    async def two_began() -> bool:
        return began == 2

    async with a_poller(simulator) as first:
        await simulator.say("telegram", CHAT, text="one")
        await until_heard("one")
        async with a_poller(simulator):
            await simulator.say("telegram", CHAT, text="two")
            await until_heard("one", "two")
            assert began == 1, "there is one at a time"
            first.cancel()
            await until(two_began)
            await simulator.say("telegram", CHAT, text="three")
            await until_heard("one", "two", "three")
