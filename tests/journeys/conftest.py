"""One running Cityline for all journeys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count

import pytest

from tests.journeys.stack import Stack, running_stack

_numbers = count(1)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two may run at once (`--dist loadgroup`): those that share a city one after the other, each with a city of its own beside them."""
    for item in items:
        if "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("one city"))


@pytest.fixture(scope="session")
async def stack() -> AsyncIterator[Stack]:
    async with running_stack() as running:
        yield running


@pytest.fixture
def number() -> str:
    """A phone number that nobody has used in this run."""
    return f"+1310555{next(_numbers):04d}"


@pytest.fixture
def chat() -> str:
    """A Telegram chat that nobody has used in this run."""
    return str(500_000 + next(_numbers))
