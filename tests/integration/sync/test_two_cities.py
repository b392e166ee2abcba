"""One Cityline files with another over Open311: a process, a database and a key of its own; updates come back to the resident of the first."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from bot.cases.additions import add_words
from bot.cases.feedback import Verdict
from bot.cases.status import Resolution, Status
from bot.db.embedded import EmbeddedDatabase
from bot.db.migrate import migrate
from bot.db.session import transaction
from bot.delivery.push import hear_verdict
from bot.photos.store import PhotoStore
from bot.settings import ROOT, settings
from bot.sync.failures import PostponedError
from bot.sync.open311.system import Open311, open_open311
from tests.commands import run_command
from tests.conftest import EMPTY
from tests.integration.sync.conftest import Synced
from tests.photos import jpeg
from tests.ports import free_ports

pytestmark = [pytest.mark.integration, pytest.mark.faults]


class Other:
    """The other city: its web process, and its staff at the command line."""

    def __init__(self, environment: dict[str, str], url: str) -> None:
        self.environment, self.url = environment, url
        self.process: subprocess.Popen[bytes] | None = None

    async def command(self, *arguments: str) -> str:
        done = await asyncio.to_thread(run_command, *arguments, environment=self.environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    async def requests(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = json.loads(await self.command("request", "list", "--json"))
        return listed

    async def only(self) -> dict[str, Any]:
        (one,) = await self.requests()
        shown: dict[str, Any] = json.loads(await self.command("request", "show", one["reference"], "--json"))
        return shown

    async def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: ASYNC220 - it does not wait
            [sys.executable, "-m", "bot.cli", "web"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(60):
            while True:
                try:
                    if (await http.get(f"{self.url}/health")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.1)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None


@pytest.fixture(scope="module")
async def other_city(
    database_server: EmbeddedDatabase, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Other]:
    with psycopg.connect(database_server.url("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS other_city WITH (FORCE)")
        connection.execute("CREATE DATABASE other_city")
    url = database_server.url("other_city")
    await asyncio.to_thread(migrate, url)
    port = free_ports(1)
    environment = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("CITYLINE_", "OPEN311_"))
        },
        "DATABASE_URL": url,
        "CITYLINE_DATA": str(tmp_path_factory.mktemp("other")),
        "CITYLINE_PORT": str(port),
    }
    city = Other(environment, f"http://127.0.0.1:{port}")
    await city.start()
    try:
        yield city
    finally:
        city.stop()


@pytest.fixture
def other(other_city: Other) -> Other:
    """The other city with nothing in it."""
    with psycopg.connect(other_city.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(EMPTY)
    return other_city


@pytest.fixture
async def synced(
    other: Other, database: EmbeddedDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Synced]:
    """The first city, whose requests are filed with the other."""
    printed = await other.command(
        "api-key", "add", "Cityline", "--right", "file", "--right", "update", "--per-minute", "1000"
    )
    key = next(word for word in printed.split() if word.startswith("cl_"))
    for name, value in {
        "CITYLINE_SYNC": "open311",
        "CITYLINE_SYNC_MAP": "sync-open311.yml",
        "OPEN311_URL": f"{other.url}/open311/v2",
        "OPEN311_API_KEY": key,
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    system = open_open311(settings())
    try:
        # Their clock is the real one.
        yield Synced(None, system, PhotoStore(f"file://{tmp_path / 'photos'}"), datetime.now(UTC))  # type: ignore[arg-type]
    finally:
        await system.aclose()
        settings.cache_clear()


async def test_a_request_is_filed_there_worked_there_and_heard_of_here(
    synced: Synced, other: Other, tmp_path: Path
) -> None:
    reference = await synced.file(answers={})
    await synced.exchange()
    filed = await other.only()
    assert filed["service_code"] == "pothole"
    assert "huge pothole" in filed["words"]
    assert reference in filed["words"]
    link = await synced.link(reference)
    assert (link.remote_id, link.problem) == (filed["reference"], "")

    await other.command(
        "request",
        "update",
        filed["reference"],
        "--status",
        "in_progress",
        "--public",
        "A crew comes tomorrow.",
        "--yes",
    )
    await synced.both_ways()
    request = await synced.request(reference)
    assert (request.status, request.updates[-1].public_text) == (Status.IN_PROGRESS, "A crew comes tomorrow.")

    picture = tmp_path / "work.jpg"
    picture.write_bytes(jpeg(shade=200))
    await other.command(
        "request",
        "update",
        filed["reference"],
        "--status",
        "resolved",
        "--public",
        "Filled.",
        "--photo",
        str(picture),
        "--yes",
    )
    await synced.both_ways()
    request = await synced.request(reference)
    assert (request.status, request.resolution) == (Status.RESOLVED, Resolution.FIXED)
    told = (await synced.told(reference))[-1]
    assert (told["public_text"], told["resolving"]) == ("Filled.", True)


async def test_what_the_resident_says_later_goes_there_and_opens_it_again(
    synced: Synced, other: Other
) -> None:
    reference = await synced.file()
    await synced.exchange()
    filed = await other.only()
    conversation_id = (await synced.request(reference)).conversation_id
    assert conversation_id is not None
    async with transaction() as session:
        await add_words(session, conversation_id, "a bike fell into it", reference)
    await synced.both_ways()
    assert "a bike fell into it" in str((await other.only())["additions"])
    await other.command(
        "request", "update", filed["reference"], "--status", "resolved", "--public", "Filled.", "--yes"
    )
    await synced.both_ways()
    async with transaction() as session:
        await hear_verdict(session, conversation_id, reference, Verdict.NOT_FIXED, idempotency_key="t1")
    await synced.both_ways()
    assert (await other.only())["status"] == "open"
    before = len((await other.only())["additions"])
    await synced.both_ways()
    assert len((await other.only())["additions"]) == before, "nothing echoes"


async def test_a_post_whose_answer_was_lost_files_nothing_twice(
    synced: Synced, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = await synced.file()
    assert isinstance(synced.system, Open311)
    client, real = synced.system._client, synced.system._client.post

    async def posts_and_hears_nothing(path: str, fields: Any) -> Any:
        await real(path, fields)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(client, "post", posts_and_hears_nothing)
        with pytest.raises(KeyboardInterrupt):
            await synced.exchange()
    await synced.exchange()
    assert (await synced.link(reference)).remote_id == (await other.only())["reference"]


async def test_an_endpoint_that_is_away_or_takes_no_key_loses_nothing(synced: Synced, other: Other) -> None:
    reference = await synced.file()
    other.stop()
    with pytest.raises(PostponedError):
        await synced.exchange()
    await other.start()
    synced.now += timedelta(seconds=60)
    await other.command("api-key", "revoke", "Cityline")
    with pytest.raises(PostponedError):
        await synced.exchange()
    assert "does not take our key" in (await synced.link(reference)).problem
    assert await other.requests() == []


async def test_the_check_compares_services(synced: Synced) -> None:
    assert [one.sentence async for one in synced.system.check()] == []
