"""An event that cannot be stored is set aside and acknowledged, alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.channels.messages import Channel
from bot.conversation.set_aside import store_or_set_aside
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Message, SetAside
from bot.delivery.inbound import store_what_was_set_aside, take_in

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]


@pytest.fixture
def refusing(database: EmbeddedDatabase) -> Iterator[psycopg.Connection[Any]]:
    """A database that refuses every message with `poison` in it, as it refuses a number that is too large."""
    with psycopg.connect(database.url(), autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'refused' USING ERRCODE = 'numeric_value_out_of_range'; END $$"
        )
        connection.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON messages FOR EACH ROW WHEN (NEW.body LIKE '%poison%') "
            "EXECUTE FUNCTION refuse()"
        )
        yield connection
        connection.execute("DROP FUNCTION IF EXISTS refuse CASCADE")


def telegram(number: int, words: str) -> bytes:
    message = {
        "message_id": number,
        "date": 1_790_000_000,
        "text": words,
        "chat": {"id": 7, "type": "private"},
        "from": {"id": 7, "is_bot": False, "first_name": "Ana"},
    }
    return json.dumps({"update_id": number, "message": message}).encode()


async def bodies() -> list[str]:
    async with transaction() as session:
        return list(await session.scalars(select(Message.body).order_by(Message.id)))


async def aside() -> list[SetAside]:
    async with transaction() as session:
        return list(await session.scalars(select(SetAside).order_by(SetAside.id)))


async def test_what_the_database_refuses_is_set_aside_whole_and_the_others_are_stored(
    refusing: psycopg.Connection[Any],
) -> None:
    kept = [await take_in(Channel.TELEGRAM, telegram(n, w)) for n, w in enumerate(("one", "poison", "two"))]
    assert kept == [True, False, True]
    assert await bodies() == ["one", "two"]
    (row,) = await aside()
    assert row.body == telegram(1, "poison")
    assert "poison" not in row.reason


async def test_what_was_set_aside_is_stored_once_its_cause_is_mended(
    refusing: psycopg.Connection[Any],
) -> None:
    await take_in(Channel.TELEGRAM, telegram(1, "poison"))
    assert await store_what_was_set_aside() == (0, 1)
    refusing.execute("DROP FUNCTION refuse CASCADE")
    assert await store_what_was_set_aside() == (1, 0)
    assert await bodies() == ["poison"]
    assert await aside() == []


@pytest.mark.parametrize("raw", [b"", b"\xff\x00", b"[]", b"{}", b'{"update_id": "x"}'])
async def test_what_nobody_can_read_is_kept_as_it_came(raw: bytes) -> None:
    assert not await take_in(Channel.TELEGRAM, raw)
    (row,) = await aside()
    assert row.body == raw


async def test_a_database_that_is_away_is_not_the_events_fault() -> None:
    async def away() -> None:
        raise OperationalError("select", {}, psycopg.OperationalError("gone"))

    with pytest.raises(OperationalError):
        await store_or_set_aside(Channel.SMS, b"x", away)
    assert await aside() == []


async def test_what_failed_once_and_succeeds_then_is_stored() -> None:
    tries = 0

    async def fails_once() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise AttributeError("a connection that broke looks like anything")

    assert await store_or_set_aside(Channel.SMS, b"x", fails_once)
    assert tries == 2
    assert await aside() == []
