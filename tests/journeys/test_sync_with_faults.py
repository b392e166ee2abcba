"""A request and its case stay one while ServiceNow fails, answers get lost and workers die: as issue 11 promises it.

Clerks and residents here and case workers there change requests in any order, while two real workers are killed at work, calls of
the instance come twice and late, and the instance is away, slow, or has had enough. At the end both sides say the same; everything that was
said on one side stands on the other once and in its order. `FAULT_REQUESTS=1000` is the run of the issue; `FAULT_AWAY=600` makes ten minutes
of the time in which the instance is away.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import update

from bot.cases.additions import add_words
from bot.cases.filing import NewRequest, file_request
from bot.cases.lookup import find_request
from bot.cases.status import ALLOWED, Status
from bot.cases.updates import Change
from bot.city.current import city
from bot.city.location import Location, LocationKind, Point
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Contact, ServiceRequest
from bot.delivery.push import update_request
from bot.settings import ROOT, settings
from bot.sync.pulling import notice
from bot.sync.servicenow.naming import Naming, read_naming
from bot.sync.words import marker_of
from tests import exploring
from tests.instance import RunningInstance, running_instance
from tests.integration.test_cases import a_conversation
from tests.journeys.stack import eventually

REQUESTS = int(os.environ.get("FAULT_REQUESTS", "60"))
CHANGES = 3 * REQUESTS  # on both sides together
RESIDENTS = 20  # who file them
AWAY = float(os.environ.get("FAULT_AWAY", "4"))  # seconds
PATIENCE = 300.0 + AWAY + REQUESTS / 4
WORKERS = 2
WORD = re.compile(r"(?:Ours|Theirs) (\d{5})\.")
PICO = Location(Point(34.0081, -118.4885), LocationKind.INTERSECTION, "Pico Blvd & 4th St")
pytestmark = [
    pytest.mark.integration,
    pytest.mark.faults,
    pytest.mark.timeout(1200 + 3 * AWAY + REQUESTS * 4),
]


@dataclass
class Workers:
    """Worker processes on the test's database; a killed one is started again."""

    environment: dict[str, str]
    log: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    deaths: int = 0

    def start(self) -> None:
        while len(self.running) < WORKERS:
            with self.log.open("ab") as log:
                process = subprocess.Popen(
                    [sys.executable, "-m", "bot.cli", "worker"],
                    cwd=ROOT,
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                )
            self.running.append(process)

    def kill_one(self) -> None:
        process = self.running.pop(0)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
        self.deaths += 1
        self.start()

    def end(self) -> None:
        for process in self.running:
            process.terminate()
        for process in self.running:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(20)


@pytest.fixture
def instance() -> Iterator[RunningInstance]:
    with running_instance(list(city().departments)) as running:
        yield running


@pytest.fixture
def workers(
    database: EmbeddedDatabase, instance: RunningInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workers]:
    given = {
        "CITYLINE_SYNC": "servicenow",
        "CITYLINE_SYNC_POLL_SECONDS": "1",
        "SERVICENOW_URL": instance.url,
        "SERVICENOW_USERNAME": instance.api.access.username,
        "SERVICENOW_PASSWORD": instance.api.access.password,
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    environment = {**os.environ, "DATABASE_URL": database.url(), "CITYLINE_DATA": str(tmp_path / "data")}
    started = Workers(environment, tmp_path / "workers.log")
    try:
        yield started
    finally:
        started.end()
        settings.cache_clear()


@dataclass
class Story:
    """What was said of one request on each side, in order."""

    reference: str
    conversation_id: int
    ours: list[int] = field(default_factory=list)
    theirs: list[int] = field(default_factory=list)


async def move_in() -> list[Story]:
    """Residents who hear of no update: it is the two systems that are looked at here, and no engine runs."""
    people = [await a_conversation(f"+1424558{number:04d}") for number in range(RESIDENTS)]
    async with transaction() as session:
        await session.execute(update(Contact).values(opted_out_at=datetime.now(UTC)))
    stories = []
    for number in range(REQUESTS):
        conversation_id = people[number % RESIDENTS]
        new = NewRequest(conversation_id, f"of {number}", "pothole", "pothole", "pico and 4th", PICO)
        async with transaction() as session:
            stories.append(Story((await file_request(session, new)).reference, conversation_id))
    return stories


async def change_ours(story: Story, number: int, kind: str) -> None:
    async with transaction() as session:
        if kind == "words":
            await add_words(session, story.conversation_id, f"Ours {number:05d}.", story.reference)
        else:
            request = await find_request(session, story.reference)
            ways = sorted(ALLOWED[Status(request.status)] - {Status.CLOSED})
            to = ways[number % len(ways)]
            text = f"Ours {number:05d}."
            await update_request(session, Change(story.reference, to, "staff:ana", text))
    story.ours.append(number)


async def change_theirs(instance: RunningInstance, story: Story, number: int, kind: str) -> bool:
    """False where there is no case yet."""
    found = [one for one in instance.records() if one["correlation_id"] == story.reference]
    if not found:
        return False
    values = {"comments": f"Theirs {number:05d}."}
    if kind == "state":
        values["state"] = ("10", "6", "10", "1")[number % 4]
        values |= {"resolution_code": "1"} if values["state"] == "6" else {}
    instance.work(found[0]["sys_id"], **values)
    story.theirs.append(number)
    return True


async def call(instance: RunningInstance, stories: list[Story], chance: Any) -> None:
    """The instance says that records changed: twice, and in no order."""
    ids = [one["sys_id"] for one in instance.records()]
    for _ in range(2):
        async with transaction() as session:
            await notice(session, "servicenow", chance.sample(ids, min(3, len(ids))), datetime.now(UTC))


async def trouble(instance: RunningInstance, workers: Workers, step: int, chance: Any) -> None:
    """What goes wrong while so much is done."""
    failing, part = instance.api.failing, step / CHANGES
    if step % max(1, CHANGES // 12) == 0:
        workers.kill_one()
    if step % 25 == 0:
        failing.statuses.extend(chance.choices((429, 500, 502, 503), k=2))
    if step % 10 == 0:
        failing.lost_answers = (
            1  # not more: while it is left alone, all of them would meet whoever looks whether it is back
        )
    if step == CHANGES // 2:
        failing.statuses.extend([503] * 100_000)
        await asyncio.sleep(AWAY)
        failing.statuses.clear()
    failing.hang_seconds = 0.2 if 0.7 < part < 0.75 else 0.0


def rows(database: EmbeddedDatabase, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.url(), autocommit=True) as connection:
        return connection.execute(query).fetchall()


def is_at_rest(database: EmbeddedDatabase) -> bool:
    waiting = rows(
        database,
        "SELECT 1 FROM sync_links WHERE pending_since IS NOT NULL"
        " UNION ALL SELECT 1 FROM procrastinate_jobs WHERE queue_name = 'sync' AND status IN ('todo', 'doing') LIMIT 1",
    )
    return not waiting


async def comes_to_rest(database: EmbeddedDatabase) -> None:
    """Nothing waits, and still nothing waits when changes were looked for once more."""
    for _ in range(2):
        await eventually(lambda: is_at_rest(database), "both sides have exchanged", PATIENCE)
        await asyncio.sleep(2.5)
    await eventually(lambda: is_at_rest(database), "both sides have exchanged", PATIENCE)


async def check(instance: RunningInstance, naming: Naming, story: Story, figures: Counter[str]) -> None:
    (record,) = [one for one in instance.records() if one["correlation_id"] == story.reference]
    async with transaction() as session:
        request: ServiceRequest = await find_request(session, story.reference)
    assert naming.state_of(Status(request.status)) == record["state"], story
    journal = [one for one in instance.instance.journal if one["element_id"] == record["sys_id"]]
    ours = [one["value"] for one in journal if one["element"] == "comments" and marker_of(one["value"])]
    marks = [marker_of(value) for value in ours]
    assert len(marks) == len(set(marks)), (story, "said twice there")
    assert [int(number) for value in ours for number in WORD.findall(value)] == story.ours, (story, "there")
    told = [one.public_text for one in request.updates if one.author.endswith("@servicenow")]
    assert [int(number) for text in told for number in WORD.findall(text)] == story.theirs, (story, "here")
    figures["said there"] += len(story.ours)
    figures["taken here"] += len(story.theirs)


async def test_a_request_and_its_case_stay_one_whatever_fails(
    database: EmbeddedDatabase, instance: RunningInstance, workers: Workers
) -> None:
    chance = exploring.chance(11)
    began = time.monotonic()
    stories = await move_in()
    workers.start()
    # The first cases are made while answers get lost; what is changed before there is one, is changed here alone.
    instance.api.failing.lost_answers = 3
    await eventually(lambda: len(instance.records()) > REQUESTS // 2, "half of the cases are there", PATIENCE)
    figures: Counter[str] = Counter()
    for step in range(CHANGES):
        story = chance.choice(stories)
        side, kind = chance.choice(("ours", "theirs")), chance.choice(("words", "state"))
        if side == "ours" or not await change_theirs(instance, story, step, kind):
            await change_ours(story, step, kind)
        await trouble(instance, workers, step, chance)
        if step % 11 == 0:
            await call(instance, stories, chance)
        figures["changes"] += 1
        await asyncio.sleep(0.1)
    written = time.monotonic()
    instance.api.failing.statuses.clear()
    instance.api.failing.lost_answers = 0
    await comes_to_rest(database)
    at_rest = time.monotonic()
    naming = read_naming(settings().sync_map_file)
    assert len(instance.records()) == REQUESTS, "each request is one case"
    for story in stories:
        await check(instance, naming, story, figures)
    print(
        f"\n{REQUESTS} requests, {figures['changes']} changes; {dict(figures)}; workers killed: {workers.deaths}; "
        f"requests to the instance: {len(instance.api.requests)}; changed in {written - began:.0f} s, "
        f"both sides equal {at_rest - written:.0f} s later"
    )
    assert workers.deaths >= 10
    assert rows(database, "SELECT problem FROM sync_links WHERE problem <> ''") == []
