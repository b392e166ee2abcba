"""One running Cityline for all journeys of a process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.journeys.stack import Stack, running_stack

_numbers = count(1)


OWN_CITY = (
    *("test_drill.py", "test_nothing_lost.py", "test_polling.py"),
    *("test_two_of_each.py", "test_updates_with_faults.py", "test_sync_with_faults.py"),
)
# Half of the seconds of those that share one.
SECOND_CITY = ("test_odd_files.py", "test_odd_inputs.py", "test_own_slots.py", "test_two_phones.py")


class Cities(LoadScopeScheduling):
    """Two processes have a city each, whose tests go one after the other; tests with a city of their own go where there is room.

    By file, and the largest first: what xdist's marks of groups add to a test's name is lost since pytest 9.2, and each
    process then starts a city for its share of all tests.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0].rpartition("/")[2]
        if file in OWN_CITY:
            return nodeid
        return "second city" if file in SECOND_CITY else "first city"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Cities:
    return Cities(config, log)


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
