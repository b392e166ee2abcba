"""Connections to the database: a process takes no more than its share, and a webhook outlasts a database that has none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import psycopg
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from bot.channels.messages import Channel
from bot.cli import checks
from bot.db.embedded import DATABASE, EmbeddedDatabase
from bot.db.session import CONNECTIONS, dispose, transaction
from bot.db.tables import Message
from bot.delivery import inbound
from bot.settings import load_settings

RESIDENTS = 60
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


@pytest.fixture
async def outside(database: EmbeddedDatabase) -> AsyncIterator[psycopg.AsyncConnection]:
    """A connection to another database of the same server."""
    async with await psycopg.AsyncConnection.connect(database.url("postgres"), autocommit=True) as connection:
        yield connection


def text_of(resident: int) -> bytes:
    fields = {
        "From": f"+1310555{resident:04d}",
        "To": "+13105550100",
        "Body": "pothole on Main St",
        "NumMedia": "0",
    }
    return urlencode({"MessageSid": f"SM{resident:032x}", **fields}).encode()


async def stored() -> int:
    async with transaction() as session:
        return await session.scalar(select(func.count(Message.id))) or 0


async def count(connection: psycopg.AsyncConnection, query: str) -> int:
    row = await (await connection.execute(query)).fetchone()
    assert row is not None
    return int(row[0])


async def allow(outside: psycopg.AsyncConnection, allowed: bool) -> None:
    await outside.execute(f'ALTER DATABASE "{DATABASE}" ALLOW_CONNECTIONS {str(allowed).lower()}')


async def test_a_burst_waits_for_the_connections_there_are(
    database: EmbeddedDatabase, outside: psycopg.AsyncConnection
) -> None:
    await dispose()
    before = await count(outside, _OTHERS)
    burst = asyncio.gather(*(inbound.take_in(Channel.SMS, text_of(n)) for n in range(RESIDENTS)))
    most = 0
    while not burst.done():
        most = max(most, await count(outside, _OTHERS) - before)
        await asyncio.sleep(0.005)
    await burst
    assert 1 < most <= CONNECTIONS
    assert await stored() == RESIDENTS


async def test_a_webhook_outlasts_a_database_that_is_away_for_a_moment(
    database: EmbeddedDatabase, outside: psycopg.AsyncConnection
) -> None:
    await dispose()
    await allow(outside, False)
    try:
        posted = asyncio.create_task(inbound.take_in(Channel.SMS, text_of(1)))
        await asyncio.sleep(0.5)
        assert not posted.done()
    finally:
        await allow(outside, True)
    assert await posted
    assert await stored() == 1


async def test_it_does_not_wait_longer_than_a_provider_does(
    database: EmbeddedDatabase, outside: psycopg.AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbound, "PATIENCE", 0.3)
    await dispose()
    await allow(outside, False)
    try:
        with pytest.raises(OperationalError):
            await inbound.take_in(Channel.SMS, text_of(1))
    finally:
        await allow(outside, True)


async def test_doctor_notes_a_database_that_is_nearly_full(
    database: EmbeddedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load_settings().model_copy(update={"database_url": database.url()})
    database_check = checks.CHECKS["database"]
    assert (await database_check(config)).outcome is checks.Outcome.WELL
    monkeypatch.setattr(checks, "CROWDED", 0.0)
    found = await database_check(config)
    assert found.outcome is checks.Outcome.NOTE
    assert "of its 100 connections" in found.message
