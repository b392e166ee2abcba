"""`cityline sync` and the doctor's look, as a script calls them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bot.cases.status import Status
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.sync.links import waiting
from tests.commands import run_command
from tests.integration.sync.conftest import Synced

pytestmark = pytest.mark.integration


async def run(database: EmbeddedDatabase, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": database.url(), **more}
    return await asyncio.to_thread(run_command, *arguments, environment=environment)


async def told(database: EmbeddedDatabase, *arguments: str) -> Any:
    result = await run(database, *arguments, "--json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


async def test_the_status_counts_and_names_what_was_refused(
    synced: Synced, database: EmbeddedDatabase
) -> None:
    good, bad = await synced.file(), None
    await synced.exchange()
    bad = await synced.file()
    synced.instance.api.failing.statuses[:] = [400]
    await synced.exchange()
    status = await told(database, "sync", "status")
    assert (status["linked"], status["waiting"], status["failed"]) == (1, 0, 1)
    assert status["problems"] == [
        {"reference": bad, "number": "", "problem": "ServiceNow refused it (400). Failing on purpose"}
    ]
    shown = await run(database, "sync", "status")
    assert bad in shown.stdout
    assert "ServiceNow" in shown.stdout
    assert "1 requests" not in shown.stdout
    for odd in ("loud", "None", "False", "datetime", "+00:00"):
        assert odd not in shown.stdout, odd
    assert good not in shown.stdout
    request = await told(database, "request", "show", good)
    assert request["elsewhere"]["number"] == synced.instance.only()["number"]


async def test_push_and_replay_give_requests_to_the_worker(
    synced: Synced, database: EmbeddedDatabase
) -> None:
    reference = await synced.file()
    await synced.exchange()
    assert "1 given" in (await run(database, "sync", "push", reference)).stdout
    async with transaction() as session:
        assert len(await waiting(session, "servicenow")) == 1
    await synced.exchange()
    assert "1 given" in (await run(database, "sync", "replay", "--since", "2020-01-01")).stdout
    assert await told(database, "sync", "push", reference) == {"given": [reference]}
    assert await told(database, "sync", "replay", "--since", "2020-01-01") == {"given": [reference]}
    nobody = await run(database, "sync", "push", "SM-222222")
    assert nobody.returncode != 0
    assert "There is no request" in nobody.stderr


async def test_pull_looks_at_once(synced: Synced, database: EmbeddedDatabase) -> None:
    reference = await synced.file()
    await synced.exchange()
    await synced.both_ways()
    synced.instance.work(synced.instance.only()["sys_id"], state="10")
    assert await told(database, "sync", "pull") == {"changed": 1}
    await synced.exchange()
    assert (await synced.request(reference)).status == Status.IN_PROGRESS


async def test_check_compares_the_map_with_the_live_instance(
    synced: Synced, database: EmbeddedDatabase
) -> None:
    assert (await told(database, "sync", "check"))["ok"] is True
    synced.instance.instance.groups.clear()
    wrong = await run(database, "sync", "check")
    assert wrong.returncode == 1
    assert "there is no group" in wrong.stdout


async def test_what_cannot_be_asked_is_one_sentence(synced: Synced, database: EmbeddedDatabase) -> None:
    for more, sentence in (
        ({"SERVICENOW_PASSWORD": "wrong"}, "user or password is wrong"),
        ({"SERVICENOW_URL": "http://127.0.0.1:9"}, "ServiceNow does not answer."),
        ({"CITYLINE_SYNC_MAP": "none.yml"}, "there is no such file"),
        ({"CITYLINE_SYNC": "none"}, "The city has no other system"),
    ):
        result = await run(database, "sync", "check", **more)
        assert result.returncode != 0
        assert sentence in result.stderr
        assert "Traceback" not in result.stderr


async def test_the_doctor_looks_there(synced: Synced, database: EmbeddedDatabase) -> None:
    found = json.loads((await run(database, "doctor", "--json")).stdout)["checks"]
    (sync,) = [one for one in found if one["name"] == "sync"]
    assert (sync["outcome"], sync["message"]) == (
        "well",
        "ServiceNow lets us in; 0 requests are there, 0 wait.",
    )
    wrong = await run(database, "doctor", "--json", SERVICENOW_PASSWORD="wrong")
    (sync,) = [one for one in json.loads(wrong.stdout)["checks"] if one["name"] == "sync"]
    assert sync["outcome"] == "failed"


async def test_a_map_that_is_wrong_stops_the_start_with_a_sentence(
    synced: Synced, database: EmbeddedDatabase, tmp_path: Path
) -> None:
    wrong = tmp_path / "sync.yml"
    wrong.write_text("servicenow:\n  table: incident\n  fieldz: {}\n  states: []\n")
    begun = await run(database, "up", CITYLINE_SYNC_MAP=str(wrong), CITYLINE_DATA=str(tmp_path / "data"))
    assert begun.returncode == 2
    assert "fieldz: Extra inputs are not permitted." in begun.stderr
    assert not (tmp_path / "data").exists()
