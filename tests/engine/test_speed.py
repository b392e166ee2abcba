"""What the engine sends to the actions, and how long it waits for them."""

from __future__ import annotations

import asyncio

import pytest

from bot.engine import failures, speed
from bot.engine.nlu.messages import (
    DANGER,
    DANGER_AMID,
    DENIED,
    LANGUAGE,
    PARTS,
    QUESTIONS,
    REPLIES,
    SERVICES,
    SIDE_QUESTION,
    TOLD_BESIDES,
    VAGUE,
)


def test_all_that_the_pipeline_tells_of_a_message_reaches_the_actions() -> None:
    told = {
        DANGER,
        DANGER_AMID,
        DENIED,
        LANGUAGE,
        PARTS,
        QUESTIONS,
        REPLIES,
        SERVICES,
        SIDE_QUESTION,
        TOLD_BESIDES,
        VAGUE,
    }
    assert told <= set(speed.READ_OF_MESSAGE)


def test_an_action_server_that_hangs_is_away_not_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    from rasa.utils.endpoints import EndpointConfig

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        await asyncio.sleep(5)
        writer.close()

    async def ask() -> failures.Failure:
        server = await asyncio.start_server(hang, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            await EndpointConfig(f"http://127.0.0.1:{port}").request(json={})
        except Exception as error:
            return failures.failure_of(error)
        finally:
            server.close()
        raise AssertionError("nothing hung")

    monkeypatch.setattr(speed, "ACTION_PATIENCE", 0.2)
    original = EndpointConfig.request
    try:
        speed.keep_one_http_session()
        assert asyncio.run(ask()).kind == failures.TRANSIENT
    finally:
        EndpointConfig.request = original
