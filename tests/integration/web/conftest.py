"""The console as a browser meets it, without the browser: see `tests/console.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.cases.roles import Role
from bot.cases.staff import create_staff
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from tests.console import PASSWORD, Browser, fresh_client


@pytest.fixture
async def browser(database: EmbeddedDatabase) -> AsyncIterator[Browser]:
    """Nobody is logged in yet; `maria` is an agent, `vera` a reviewer."""
    async with transaction() as session:
        await create_staff(session, "maria", PASSWORD, name="Maria Lopez")
        await create_staff(session, "vera", PASSWORD, name="Vera Viewer", role=Role.REVIEWER)
    async with fresh_client() as client:
        yield Browser(client)


@pytest.fixture
async def maria(browser: Browser) -> Browser:
    """The same browser, Maria logged in."""
    assert (await browser.log_in("maria")).status_code == 303
    return browser
