"""What several tests of the gateway share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.db.embedded import EmbeddedDatabase
from tests.gateway import Gateway, configured, open_client


@pytest.fixture
async def gateway(database: EmbeddedDatabase, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gateway]:
    with configured(monkeypatch):
        async with open_client() as client:
            yield Gateway(client)
