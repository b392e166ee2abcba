"""`/metrics` and `cityline status`: true figures, for who has the token, and no word of anybody."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select, text, update

from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.states import OutboundState
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Conversation, Message, Turn
from bot.keeping.clocks import Clock, failed
from bot.keeping.vitals import NEWEST, read_vitals
from bot.settings import ROOT, settings
from tests.commands import run_command
from tests.console import fresh_client
from tests.integration.test_cases import a_conversation

pytestmark = pytest.mark.integration
TOKEN = "a-token-of-some-length"
OPERATIONS = ROOT / "docs" / "operations"
PHONE = "+13105550177"


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("CITYLINE_METRICS_TOKEN", TOKEN)
    settings.cache_clear()
    yield TOKEN
    settings.cache_clear()


@pytest.fixture
async def client(database: EmbeddedDatabase) -> AsyncIterator[httpx.AsyncClient]:
    async with fresh_client() as client:
        yield client


async def run(database: EmbeddedDatabase, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": database.url()}
    return await asyncio.to_thread(run_command, *arguments, environment=environment)


async def figures(client: httpx.AsyncClient, token: str) -> dict[tuple[str, ...], float]:
    """Each sample: (name, label values …) → value."""
    answer = await client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert PHONE.removeprefix("+1") not in answer.text
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_without_a_token_in_the_settings_there_is_no_such_page(client: httpx.AsyncClient) -> None:
    assert (await client.get("/metrics", headers={"Authorization": "Bearer "})).status_code == 404


async def test_who_does_not_have_the_token_is_told_nothing(client: httpx.AsyncClient, token: str) -> None:
    for given in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {token}"}):
        answer = await client.get("/metrics", headers=given)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert "cityline_" not in answer.text


async def test_an_empty_house_is_told_as_one(client: httpx.AsyncClient, token: str) -> None:
    told = await figures(client, token)
    assert told["cityline_jobs_ready", "turns"] == 0
    assert told[("cityline_answer_count",)] == 0
    assert not any(name[0] == "cityline_answer_seconds" for name in told)


async def test_what_waits_what_was_answered_and_what_failed_is_counted(
    client: httpx.AsyncClient, token: str
) -> None:
    conversation_id = await a_conversation(PHONE)
    now = datetime.now(UTC)
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        conversation.wants_person_at = now
        parked = Turn(conversation_id=conversation_id, engine_message={}, finished_at=now, parked_at=now)
        session.add(parked)
        (turn,) = await session.scalars(select(Turn).where(Turn.parked_at.is_(None)))
        turn.finished_at = now
        said = update(Message).where(Message.direction == "in", Message.turn_id == turn.id)
        await session.execute(said.values(created_at=now - timedelta(seconds=3)))
        (reply,) = await queue_replies(session, conversation, [Reply("Thanks.")], turn_id=turn.id)
        await session.flush()
        reply.state, reply.error_code = OutboundState.FAILED, "30003"
        reply.created_at, reply.sent_at = now, now + timedelta(seconds=1)
        await failed(session, Clock.NIGHT, now, now, "Broken:here")
    told = await figures(client, token)
    assert told["cityline_answer_seconds", "0.5"] == pytest.approx(3.0, abs=0.5)
    assert told["cityline_delivery_seconds", "0.95"] == pytest.approx(1.0, abs=0.5)
    assert told["cityline_messages_lately", "sms", "30003", "failed"] == 1
    assert (told[("cityline_parked_turns",)], told[("cityline_residents_waiting",)]) == (1, 1)
    assert told["cityline_clock_failures", "night"] == 1
    assert told["cityline_jobs_ready", "turns"] >= 1
    assert 0 <= told["cityline_job_oldest_seconds", "turns"] < 600


async def test_rules_and_dashboard_name_only_what_is_told(
    client: httpx.AsyncClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITYLINE_SYNC", "open311")
    monkeypatch.setenv("OPEN311_URL", "https://311.example.gov/open311/v2")
    monkeypatch.setenv("OPEN311_API_KEY", "k")
    settings.cache_clear()
    answer = await client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    told = {family.name for family in text_string_to_metric_families(answer.text)}
    rules = yaml.safe_load((OPERATIONS / "alerts.yml").read_text())["groups"][0]["rules"]
    board = json.loads((OPERATIONS / "grafana.json").read_text())["panels"]
    asked = [rule["expr"] for rule in rules] + [one["expr"] for panel in board for one in panel["targets"]]
    named = {name for expression in asked for name in re.findall(r"cityline_\w+", expression)}
    assert named <= told
    assert told <= named | {"cityline_jobs_running", "cityline_clock_ran_seconds", "cityline_delivery_count"}


async def test_only_the_newest_rows_are_looked_at_however_many_there_are(database: EmbeddedDatabase) -> None:
    conversation_id = await a_conversation(PHONE)
    insert = text(
        "INSERT INTO messages (conversation_id, direction, channel, author, state, created_at)"
        " SELECT :conversation, 'out', 'sms', 'bot', 'sent', now() FROM generate_series(1, :rows)"
    )
    async with transaction() as session:
        await session.execute(insert, {"conversation": conversation_id, "rows": NEWEST * 2})
        vitals = await read_vitals(session, datetime.now(UTC))
    assert sum(one.count for one in vitals.outcomes) == NEWEST


async def test_the_command_tells_the_same(database: EmbeddedDatabase) -> None:
    await a_conversation(PHONE)
    shown = await run(database, "status")
    assert shown.returncode == 0, shown.stderr
    assert "none in the last five minutes" in shown.stdout
    assert "deliveries" in shown.stdout
    told = json.loads((await run(database, "status", "--json")).stdout)
    assert {one["queue"] for one in told["queues"]} >= {"turns", "updates", "deliveries", "media"}
    assert PHONE not in json.dumps(told)
