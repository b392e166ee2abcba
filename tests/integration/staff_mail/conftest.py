"""A mail server that is really there, and the settings that name it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.mail_server import MailServer, a_mail_server


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with a_mail_server() as server:
        yield server
