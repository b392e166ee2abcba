"""The engine takes a turn once, wholly or not at all, however long the conversation."""

from __future__ import annotations

import os
import re
import subprocess
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx
import psycopg
import pytest

from bot.failures import FailureKind
from bot.supervisor.engine_environment import engine_environment, serve_command
from tests.dialogues.conftest import Engine, wait_for
from tests.dialogues.play import Dialogue, Resident
from tests.journeys.stack import ROOT
from tests.ports import free_ports

pytestmark = pytest.mark.engine

# Events a turn may find: those before a fold, and the turns until the next.
MOST_EVENTS = 60 + 40


def post(engine: Engine, sender: str, message: str, turn_id: int) -> httpx.Response:
    body = {
        "sender": sender,
        "message": message,
        "input_channel": "sms",
        "metadata": {"message_id": turn_id, "turn_id": turn_id},
    }
    return httpx.post(f"{engine.url}/webhooks/rest/webhook", json=body, timeout=30, trust_env=False)


def events_of_session(engine: Engine, sender: str) -> int:
    with psycopg.connect(engine.database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM events WHERE sender_id = %(sender)s AND id >= coalesce((SELECT max(id) FROM events "
            "WHERE sender_id = %(sender)s AND type_name = 'session_started'), 0)",
            {"sender": sender},
        ).fetchone()
    assert row is not None
    return int(row[0])


def events_of(engine: Engine, sender: str) -> int:
    with psycopg.connect(engine.database_url) as connection:
        row = connection.execute("SELECT count(*) FROM events WHERE sender_id = %s", (sender,)).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def resident(engine: Engine) -> Any:
    playing = Resident(Dialogue("", "sms", ()), engine.url, engine.database_url)
    yield playing
    playing.close()


def test_a_turn_posted_twice_is_taken_once_and_answered_alike(engine: Engine, resident: Resident) -> None:
    first = post(engine, resident.sender, "pothole at Pico and 4th", 1)
    again = post(engine, resident.sender, "pothole at Pico and 4th", 1)
    assert first.json() == again.json()
    filed = post(engine, resident.sender, "/file", 2)
    assert filed.json() == post(engine, resident.sender, "/file", 2).json()
    assert len(resident.filed()) == 1


def test_a_repeated_turn_gets_the_same_replies_however_long_ago_it_was_taken(
    engine: Engine, resident: Resident
) -> None:
    first = post(engine, resident.sender, "pothole at Pico and 4th", 1)
    for turn_id in range(2, 42):  # several folds of the tracker
        post(engine, resident.sender, "how long does it take", turn_id)
    before = events_of(engine, resident.sender)
    assert post(engine, resident.sender, "pothole at Pico and 4th", 1).json() == first.json()
    assert events_of(engine, resident.sender) == before


def test_a_turn_that_several_post_at_once_is_taken_once(engine: Engine, resident: Resident) -> None:
    def one(_: int) -> Any:
        return post(engine, resident.sender, "pothole at Pico and 4th", 7).json()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(8)))
    assert all(answer == answers[0] for answer in answers)
    with psycopg.connect(engine.database_url) as connection:
        (users,) = connection.execute(
            "SELECT count(*) FROM events WHERE sender_id = %s AND type_name = 'user'", (resident.sender,)
        ).fetchone() or (0,)
    assert users == 1


@pytest.fixture(scope="module")
def other_engine(model: Path, engine: Engine) -> Iterator[Engine]:
    """A second engine with the same database and action server, as on another machine."""
    port = free_ports(1)
    environment = {
        **os.environ,
        **engine_environment(ROOT),
        "DATABASE_URL": engine.database_url,
        "ACTIONS_URL": engine.actions_url,
    }
    child = subprocess.Popen(serve_command(ROOT, model, "127.0.0.1", port), cwd=ROOT, env=environment)
    try:
        wait_for(f"http://127.0.0.1:{port}/webhooks/rest/", child)
        yield Engine(f"http://127.0.0.1:{port}", engine.database_url, engine.actions_url)
    finally:
        child.terminate()
        child.wait(20)


def test_a_turn_that_two_engines_get_at_one_moment_is_taken_once_and_answered_alike_by_both(
    engine: Engine, other_engine: Engine, resident: Resident
) -> None:
    turns = ["pothole at Pico and 4th", "it is very deep", "/file", "thanks", "graffiti at Main and Hill"]
    with ThreadPoolExecutor(2) as pool:
        for turn_id, words in enumerate(turns, start=1):
            both = Barrier(2)

            def one(asked: Engine, words: str = words, turn_id: int = turn_id, both: Barrier = both) -> Any:
                both.wait(10)
                return post(asked, resident.sender, words, turn_id)

            first, second = pool.map(one, (engine, other_engine))
            assert (first.status_code, second.status_code) == (200, 200)
            assert first.json()
            assert first.json() == second.json(), words
    with psycopg.connect(engine.database_url) as connection:
        (users,) = connection.execute(
            "SELECT count(*) FROM events WHERE sender_id = %s AND type_name = 'user'", (resident.sender,)
        ).fetchone() or (0,)
    assert users == len(turns), "each turn stands in the tracker once, whoever took it"
    (request,) = resident.filed()
    assert request["service"] == "pothole"


def test_a_turn_whose_action_fails_says_why_without_a_word_and_leaves_no_trace(engine: Engine) -> None:
    sender = f"nobody-{uuid.uuid4()}"  # no conversation of ours: looking up its requests fails
    response = post(engine, sender, "what is the status of my request", 1)
    assert response.status_code == 500
    told = response.json()
    assert told["failure"] == FailureKind.DETERMINISTIC
    assert re.fullmatch(r"ValueError at actions/reading\.py:\d+ in conversation_id", told["reason"])
    assert "status" not in response.text
    assert events_of_session(engine, sender) == 0
    assert post(engine, sender, "/greet", 2).status_code == 200  # looks nothing up


def test_a_long_conversation_stays_short_to_load_and_loses_nothing(
    engine: Engine, resident: Resident
) -> None:
    resident.take({"says": "pothole at Pico and 4th", "photos": 2})
    most = 0
    for _ in range(40):
        resident.take({"says": "how long does it take"})
        most = max(most, events_of_session(engine, resident.sender))
    assert most <= MOST_EVENTS
    resident.take({"says": "send it"})
    (filed,) = resident.filed()
    assert (filed["service"], filed["photos"]) == ("pothole", 2)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/conversations/{sender}/tracker"),
        ("POST", "/conversations/{sender}/tracker/events"),
        ("POST", "/conversations/{sender}/trigger_intent"),
        ("POST", "/conversations/{sender}/execute"),
        ("GET", "/conversations/{sender}/story"),
        ("PUT", "/model"),
        ("DELETE", "/model"),
        ("POST", "/model/train"),
        ("POST", "/model/parse"),
        ("GET", "/domain"),
        ("GET", "/status"),
    ],
)
def test_rasas_own_api_is_not_served(engine: Engine, resident: Resident, method: str, path: str) -> None:
    post(engine, resident.sender, "hello", 77)
    response = httpx.request(
        method, engine.url + path.format(sender=resident.sender), json={}, trust_env=False, timeout=30
    )
    assert response.status_code == 404


@pytest.mark.parametrize(
    "body", [[], {}, {"sender": 1, "message": "x"}, {"sender": "a", "message": None}, {"sender": "a", "message": "x", "metadata": []}]
)  # fmt: skip
def test_what_is_no_turn_is_refused(engine: Engine, body: Any) -> None:
    response = httpx.post(f"{engine.url}/webhooks/rest/webhook", json=body, trust_env=False)
    assert response.status_code == 400


def test_an_engine_with_a_token_takes_turns_only_from_who_has_it(model: Path, engine: Engine) -> None:
    port = free_ports(1)
    environment = {
        **os.environ,
        **engine_environment(ROOT),
        "DATABASE_URL": engine.database_url,
        "CITYLINE_ENGINE_TOKEN": "a-token-of-sixteen-signs",
    }
    child = subprocess.Popen(serve_command(ROOT, model, "127.0.0.1", port), cwd=ROOT, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/webhooks/rest/", child)
        body = {"sender": "conversation-0", "message": "hello", "metadata": {}}
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}):
            refused = httpx.post(f"{url}/webhooks/rest/webhook", json=body, headers=headers, trust_env=False)
            assert refused.status_code == 401
        ours = {"Authorization": "Bearer a-token-of-sixteen-signs"}
        taken = httpx.post(
            f"{url}/webhooks/rest/webhook", json=body, headers=ours, trust_env=False, timeout=30
        )
        # It has no action server: it let the turn in, and says that what it needs is away.
        assert (taken.status_code, taken.json()["failure"]) == (503, FailureKind.TRANSIENT)
    finally:
        child.terminate()
        child.wait(20)


def test_an_engine_without_a_token_listens_on_loopback_only(model: Path) -> None:
    environment = {**os.environ, **engine_environment(ROOT)}
    environment.pop("CITYLINE_ENGINE_TOKEN", None)
    ended = subprocess.run(
        serve_command(ROOT, model, "0.0.0.0", free_ports(1)),  # noqa: S104 - it must refuse to
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "without a token" in ended.stderr


def test_an_engine_says_whether_it_is_ready(engine: Engine) -> None:
    response = httpx.get(f"{engine.url}/webhooks/rest/", trust_env=False)
    assert response.json() == {"ready": True}
