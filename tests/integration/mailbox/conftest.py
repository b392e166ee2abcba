from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.db.embedded import EmbeddedDatabase
from tests.mail_server import MailServer, a_mail_server
from tests.mailbox import a_city_with_mailboxes


@pytest.fixture(autouse=True)
def mailboxes(database: EmbeddedDatabase, tmp_path: Path) -> Iterator[None]:
    """Public Works has a mailbox."""
    with a_city_with_mailboxes(tmp_path):
        yield


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with a_mail_server() as server:
        yield server
