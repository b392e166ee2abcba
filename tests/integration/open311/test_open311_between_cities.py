"""Cityline files into Cityline: the client of `bot.sync` and this endpoint understand each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.cases.lookup import find_request
from bot.cases.status import Resolution, Status
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.settings import load_settings
from bot.sync.open311.client import Client
from bot.sync.open311.naming import Naming
from bot.sync.open311.system import Open311
from bot.sync.ours import load_ours
from bot.sync.system import Entry, Ours, Standing
from bot.web.app import create_app
from tests.console import a_request
from tests.open311 import BASE, V2, a_key, change

pytestmark = pytest.mark.integration


@pytest.fixture
async def other_city(database: EmbeddedDatabase) -> Open311:
    """The other Cityline, to which we have a key."""
    settings = load_settings(OPEN311_URL=f"{BASE}{V2}", OPEN311_API_KEY=await a_key("City of A"))
    client = Client(settings, httpx.ASGITransport(create_app(), raise_app_exceptions=True))
    return Open311(client, Naming(updates=True, attributes=True), settings)


async def our_request() -> Ours:
    async with transaction() as session:
        row = await find_request(session, await a_request())
        return await load_ours(session, row.id, "open311")


async def test_what_is_filed_there_is_followed_to_its_end(other_city: Open311) -> None:
    ours = await our_request()
    filed = (await other_city.create("key-1", ours)).record
    again = (await other_city.create("key-1", ours)).record
    assert again.id == filed.id != ours.reference
    assert filed.standing == Standing(Status.OPEN)
    async with transaction() as session:
        theirs = await find_request(session, filed.id)
        assert (theirs.service_code, theirs.channel) == ("pothole", "open311")
        assert theirs.lat == pytest.approx(ours.lat)
        assert "huge <b>pothole</b>" in theirs.description
    await change(filed.id, Status.WAITING, "Which lane?")
    assert (await other_city.read(filed.id)).standing == Standing(Status.WAITING)
    await other_city.say(filed.id, Entry("a1", "The resident adds: The left one.", True, datetime.now(UTC)))
    await other_city.say(filed.id, Entry("a1", "The resident adds: The left one.", True, datetime.now(UTC)))
    assert (await other_city.read(filed.id)).standing == Standing(Status.OPEN)
    await change(filed.id, Status.RESOLVED, "Filled.")
    record = await other_city.read(filed.id)
    assert record.standing == Standing(Status.RESOLVED, Resolution.FIXED)
    assert [one.words for one in record.words if one.words] == ["Which lane?", "Filled."]
    async with transaction() as session:
        assert len((await find_request(session, filed.id)).additions) == 1


async def test_not_fixed_here_opens_it_there_and_telling_it_again_changes_nothing(
    other_city: Open311,
) -> None:
    ours = await our_request()
    filed = (await other_city.create("key-1", ours)).record
    await change(filed.id, Status.RESOLVED, "Filled.")
    for _ in range(2):
        await other_city.write(filed.id, ours, frozenset({"standing"}))
    assert (await other_city.read(filed.id)).standing == Standing(Status.OPEN)
    await change(filed.id, Status.IN_PROGRESS)
    over = replace(ours, standing=Standing(Status.RESOLVED, Resolution.FIXED), last_words="")
    versions = {
        (await other_city.write(filed.id, over, frozenset({"standing"}))).record.version for _ in range(3)
    }
    assert len(versions) == 1
    assert (await other_city.read(filed.id)).standing == Standing(Status.IN_PROGRESS)


async def test_what_changed_there_is_found_by_its_time(other_city: Open311) -> None:
    filed = (await other_city.create("key-1", await our_request())).record
    await change(filed.id, Status.IN_PROGRESS, "On our list.")

    async def followed() -> list[str]:
        return [filed.id]

    since = (datetime.now(UTC) - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    batch = await other_city.changes({"requests": since}, followed)
    assert filed.id in {one.id for one in batch.changed}
    assert [complaint async for complaint in other_city.check()] == []
