"""Connections to the database: a process takes no more than its share, and a webhook outlasts a database that has none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast
from urllib.parse import urlencode

import procrastinate
import psycopg
import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.channels.messages import Channel
from bot.cli import checks
from bot.db import session
from bot.db.embedded import DATABASE, EmbeddedDatabase
from bot.db.session import CONNECTIONS, dispose, transaction
from bot.db.tables import Message
from bot.delivery import inbound
from bot.failures import FailureKind, kind_of
from bot.settings import load_settings
from bot.worker.app import make_app
from bot.worker.services import Services

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


async def test_a_transaction_of_a_process_that_was_stopped_holds_nobody_up(
    database: EmbeddedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It had a resident's message in hand and never says a word again; the database takes the message back."""
    await inbound.take_in(Channel.SMS, text_of(1))
    monkeypatch.setattr(session, "LONGEST_SILENCE", 1.0)
    await dispose()
    in_hand = select(Message.id).with_for_update()

    async def stopped_between() -> None:
        async with transaction() as stopped:
            await stopped.scalar(in_hand)
            async with asyncio.timeout(20), transaction() as other:
                assert await other.scalar(in_hand)
            await stopped.scalar(in_hand)

    with pytest.raises(DBAPIError) as ended:
        await stopped_between()
    assert kind_of(ended.value) is FailureKind.TRANSIENT  # its work is tried again
    await dispose()


async def test_the_queue_of_work_opens_no_transactions(database: EmbeddedDatabase) -> None:
    """A worker that is stopped between BEGIN and COMMIT would hold the work of all others."""
    app = make_app(cast("Services", None))
    async with app.open_async():
        connector = cast("procrastinate.PsycopgConnector", app.connector)
        async with connector.pool.connection() as connection:
            await connection.execute("SELECT 1")
            assert connection.info.transaction_status is TransactionStatus.IDLE
