"""What the gateway makes of an engine's answer, and of none."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from bot.channels.messages import Option, Pin
from bot.conversation.dialogue import (
    TRIES_WITHOUT_ANSWER,
    Dialogue,
    EngineMisconfiguredError,
    EngineUnavailableError,
    TurnFailedError,
)
from bot.conversation.intake.turn import Wished
from bot.conversation.turns import OpenTurn
from bot.failures import TRIES, FailureKind

TURN = OpenTurn(7, 1, "conversation-1", "sms", "pothole", {"turn_id": 7}, (), posted_before=False)


class Engine:
    """Answers as ours does, from a script."""

    def __init__(self, answer: Any = None, status: int = 200, ready: bool | Exception = True) -> None:
        self.answer = [{"recipient_id": "x", "text": "Where is it?"}] if answer is None else answer
        self.status, self.ready = status, ready
        self.posts: list[dict[str, Any]] = []
        self.headers: list[httpx.Headers] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            if isinstance(self.ready, Exception):
                raise self.ready
            return httpx.Response(200 if self.ready else 503)
        self.posts.append(json.loads(request.content))
        self.headers.append(request.headers)
        if isinstance(self.answer, Exception):
            raise self.answer
        if isinstance(self.answer, bytes):
            return httpx.Response(self.status, content=self.answer)
        return httpx.Response(self.status, json=self.answer)

    def dialogue(self, token: str = "") -> Dialogue:
        client = httpx.AsyncClient(transport=httpx.MockTransport(self))
        return Dialogue(["http://engine"], token, client)


async def test_the_engines_items_become_replies() -> None:
    engine = Engine(
        [
            {"text": "Which one?", "buttons": [{"title": "Pothole", "payload": "/a"}]},
            {"custom": {"ask_location": True, "language": "es"}},
            {"custom": {"map": {"lat": 34.0105, "lon": -118.4912}}},
            {"text": "Thank you", "custom": {"photos": [4, 5], "handover": True, "open_question": "where"}},
            {"custom": {"wished": "stop"}},
        ]
    )
    result = await engine.dialogue().take(TURN)
    assert [reply.text for reply in result.replies] == ["Which one?", "Thank you"]
    assert result.replies[0].options == (Option("Pothole", "/a"),)
    assert result.replies[0].ask_location
    assert result.replies[0].map == Pin(34.0105, -118.4912)
    assert result.replies[1].map is None
    assert result.replies[1].photo_ids == (4, 5)
    assert (result.language, result.wants_person, result.open_question) == ("es", True, "where")
    assert result.wished is Wished.STOP


async def test_a_turn_that_says_nothing_is_taken() -> None:
    assert (await Engine([]).dialogue().take(TURN)).replies == ()


async def test_the_engine_is_shown_the_token_and_told_the_turns_id() -> None:
    engine = Engine()
    await engine.dialogue("a-token").take(TURN)
    assert engine.headers[0]["authorization"] == "Bearer a-token"
    assert engine.posts[0]["metadata"]["turn_id"] == TURN.id


@pytest.mark.parametrize(
    "engine",
    [
        Engine(httpx.ConnectError("refused")),
        Engine({"failure": "transient", "reason": "no model is loaded"}, 503),
        Engine(b"<html>bad gateway</html>", 502),
        # It hangs as a whole: it does not even say that it is ready.
        Engine(httpx.ReadTimeout("slow"), ready=httpx.ReadTimeout("slow")),
        Engine(httpx.ReadTimeout("slow"), ready=False),
    ],
)
async def test_an_engine_that_is_away_is_no_fault_of_the_turn(engine: Engine) -> None:
    with pytest.raises(EngineUnavailableError) as raised:
        await engine.dialogue().take(TURN)
    assert raised.value.failure is FailureKind.TRANSIENT


@pytest.mark.parametrize(("body", "status"), [({"failure": "misconfigured"}, 503), ({}, 401), ({}, 404)])
async def test_an_engine_that_does_not_know_us_is_for_people_to_mend(body: Any, status: int) -> None:
    with pytest.raises(EngineMisconfiguredError):
        await Engine(body, status).dialogue().take(TURN)


@pytest.mark.parametrize(
    ("engine", "tries"),
    [
        (
            Engine({"failure": "deterministic", "reason": "KeyError at actions/answer.py:7 in run"}, 500),
            TRIES,
        ),
        (Engine(b"Internal Server Error", 500), TRIES),
        (Engine(b"no json"), TRIES),
        (Engine({"text": "no list"}), TRIES),
        (Engine([7]), TRIES),
        # It answers others meanwhile, so that it is this turn which hangs; or it died while it had it.
        (Engine(httpx.ReadTimeout("slow")), TRIES_WITHOUT_ANSWER),
        (Engine(httpx.RemoteProtocolError("gone")), TRIES_WITHOUT_ANSWER),
    ],
)
async def test_a_healthy_engine_that_fails_makes_it_the_turns_fault(engine: Engine, tries: int) -> None:
    with pytest.raises(TurnFailedError) as raised:
        await engine.dialogue().take(TURN)
    assert raised.value.tries == tries
    assert "slow" not in raised.value.reason


async def test_another_engine_takes_over_when_the_first_refuses_the_connection() -> None:
    calls: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request.url.host)
        if request.url.host == "one":
            raise httpx.ConnectError("refused")
        return httpx.Response(200, json=[{"text": "Hello"}])

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    result = await Dialogue(["http://one", "http://two"], client=client).take(TURN)
    assert [reply.text for reply in result.replies] == ["Hello"]
    assert "two" in calls
