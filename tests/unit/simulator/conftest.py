"""A simulator of its own for each test, whose webhooks go to a city of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.certificates import believed
from bot.simulator.config import SIMULATOR_CREDENTIALS, Retries, SimulatorConfig
from tests.simulation import City, Simulation, serving


@pytest.fixture
async def city() -> AsyncIterator[City]:
    async with City() as city:
        yield city


@pytest.fixture
async def simulate(city: City) -> AsyncIterator[Callable[..., Simulation]]:
    """Starts a simulator whose webhooks go to `city`; keyword arguments change its configuration."""
    with ExitStack() as stack:
        clients: list[httpx.AsyncClient] = []

        def start(**changes: Any) -> Simulation:
            config = SimulatorConfig(
                sms_webhook=f"{city.url}/channels/sms",
                telegram_webhook=f"{city.url}/channels/telegram",
                credentials=SIMULATOR_CREDENTIALS,
                seed=7,
                receipt_pause=0.0,
                sms_retries=Retries(6, 0.01, 0.05),
                telegram_retries=Retries(1000, 0.01, 0.05),
                hang=0.3,
            )
            config = stack.enter_context(serving(replace(config, **changes)))
            clients.append(httpx.AsyncClient(base_url=config.base_url, timeout=10, verify=believed()))
            return Simulation(config, clients[-1])

        yield start
        for client in clients:
            await client.aclose()


@pytest.fixture
async def simulator(simulate: Callable[..., Simulation]) -> Simulation:
    return simulate()
