"""The engine takes a turn once, wholly or not at all, however long the conversation."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import psycopg
import pytest

from tests.dialogues.conftest import Engine
from tests.dialogues.play import Dialogue, Resident

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


def test_a_turn_whose_action_fails_leaves_no_trace_and_is_taken_the_next_time(engine: Engine) -> None:
    sender = f"nobody-{uuid.uuid4()}"  # no conversation of ours: looking up its requests fails
    response = post(engine, sender, "what is the status of my request", 1)
    assert response.status_code == 500
    assert "status" not in response.text
    assert events_of_session(engine, sender) == 0
    assert post(engine, sender, "hello", 2).status_code == 200


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


def test_the_tracker_tells_which_turns_were_taken(engine: Engine, resident: Resident) -> None:
    post(engine, resident.sender, "hello", 77)
    response = httpx.get(
        f"{engine.url}/conversations/{resident.sender}/tracker",
        params={"include_events": "ALL"},
        trust_env=False,
    )
    taken = [
        event["metadata"].get("turn_id") for event in response.json()["events"] if event["event"] == "user"
    ]
    assert taken == [77]


def test_an_engine_says_whether_it_is_ready(engine: Engine) -> None:
    response = httpx.get(f"{engine.url}/webhooks/rest/", trust_env=False)
    assert response.json() == {"ready": True}
