"""What fails by its own fault is tried a few times and parked; everything behind it goes on, and people see it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from bot.cases.filing import NewRequest, file_request
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.channels.messages import Channel, Inbound, InboundKind
from bot.channels.provider import Providers
from bot.city.location import Location, LocationKind, Point
from bot.conversation.attention import Why, call_person
from bot.conversation.dialogue import Dialogue, EngineUnavailableError
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.parking import APOLOGY, list_parked, retry_parked
from bot.conversation.receive import receive
from bot.conversation.states import InboundState
from bot.db.session import transaction
from bot.db.tables import Conversation, Message, Turn
from bot.delivery.push import update_request
from bot.failures import TRIES
from bot.photos.store import PhotoStore
from bot.settings import settings
from bot.worker.services import Services
from bot.worker.turns import TurnPostponedError, take_turn
from tests.integration.telling import tell_everybody

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]


class Engine:
    """Fails on every message with `poison` in it, and answers the others."""

    def __init__(self, poison: str = "poison") -> None:
        self.poison = poison
        self.away = False
        self.posts: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("refused")
        words = json.loads(request.content)["message"]
        self.posts.append(words)
        if self.poison and self.poison in words:
            return httpx.Response(
                500, json={"failure": "deterministic", "reason": "KeyError at actions/x.py:1"}
            )
        return httpx.Response(200, json=[{"text": f"Heard: {words}"}])


def services(engine: Engine) -> Services:
    client = httpx.AsyncClient(transport=httpx.MockTransport(engine))
    return Services(
        settings(), Dialogue(["http://engine"], client=client), Providers({}), PhotoStore("memory://photos")
    )


async def say(words: str, number: int = 1, **changes: Any) -> int:
    inbound = Inbound(Channel.SMS, InboundKind.MESSAGE, f"SM{number}", "+13105550123", text=words)
    async with transaction() as session:
        return (await receive(session, replace(inbound, **changes))).conversation_id


async def work(engine: Engine, conversation_id: int, most: int = 20) -> int:
    """Take turns as the queue does, until nothing is postponed any more; gives how often it had to come back."""
    for came_back in range(most):
        try:
            await take_turn(services(engine), conversation_id)
        except TurnPostponedError:
            continue
        return came_back
    raise AssertionError("it never ended")


async def said() -> list[tuple[str, str]]:
    async with transaction() as session:
        rows = await session.scalars(select(Message).where(Message.direction == "out").order_by(Message.id))
        return [(row.kind, row.body) for row in rows]


async def states() -> list[str]:
    async with transaction() as session:
        query = select(Message.state).where(Message.direction == "in").order_by(Message.id)
        return list(await session.scalars(query))


async def test_a_turn_that_fails_every_time_is_parked_and_the_next_is_taken_as_usual() -> None:
    engine = Engine()
    conversation_id = await say("poison", 1)
    await work(engine, conversation_id)
    await say("pothole at Pico and 4th", 2)
    await work(engine, conversation_id)
    assert engine.posts == ["poison"] * TRIES + ["pothole at Pico and 4th"]
    assert await states() == [InboundState.PARKED, InboundState.HANDLED]
    (apology, _), (_, answer) = await said()
    assert apology == APOLOGY
    assert answer == "Heard: pothole at Pico and 4th"
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        (parked,) = await list_parked(session)
    assert conversation.wants_person_at is not None
    assert conversation.wants_person_why == Why.PARKED
    assert (parked.reason, parked.attempts) == ("KeyError at actions/x.py:1", TRIES)


async def test_what_waits_behind_a_poisonous_message_is_taken_without_being_asked_for() -> None:
    engine = Engine()
    conversation_id = await say("poison", 1)
    with pytest.raises(TurnPostponedError):
        await take_turn(services(engine), conversation_id)
    await say("pothole at Pico and 4th", 2)
    await work(engine, conversation_id)
    assert engine.posts[-1] == "pothole at Pico and 4th"


async def test_several_parked_turns_are_apologised_for_once() -> None:
    engine = Engine()
    for number in range(3):
        await work(engine, await say(f"poison {number}", number))
    assert [kind for kind, _ in await said()] == [APOLOGY]
    assert await states() == [InboundState.PARKED] * 3


async def test_an_engine_that_is_away_parks_nothing() -> None:
    engine = Engine()
    engine.away = True
    conversation_id = await say("pothole", 1)
    for _ in range(50):
        with pytest.raises(EngineUnavailableError):
            await take_turn(services(engine), conversation_id)
    async with transaction() as session:
        assert not await list_parked(session)
        assert await session.scalar(select(Turn.attempts)) == 0
    engine.away = False
    await work(engine, conversation_id)
    assert await said() == [("message", "Heard: pothole")]


async def test_a_parked_turn_is_taken_when_people_have_it_tried_again() -> None:
    engine = Engine()
    conversation_id = await say("poison", 1)
    await work(engine, conversation_id)
    engine.poison = ""
    async with transaction() as session:
        assert await retry_parked(session, conversation_id, "staff:maria") == 1
        assert await retry_parked(session, conversation_id, "staff:maria") == 0, "once is enough"
        assert (await session.get_one(Conversation, conversation_id)).wants_person_at is None
    await work(engine, conversation_id)
    assert await states() == [InboundState.HANDLED]
    assert (await said())[-1] == ("message", "Heard: poison")


async def test_who_asks_for_a_person_still_waits_when_what_was_parked_is_tried_again() -> None:
    engine = Engine()
    conversation_id = await say("poison", 1)
    await work(engine, conversation_id)
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        call_person(conversation, Why.ASKED)
        await retry_parked(session, conversation_id, "staff:maria")
        assert conversation.wants_person_at is not None
        assert conversation.wants_person_why == Why.ASKED


async def test_an_update_that_cannot_be_told_is_before_people_and_says_nothing_odd_to_the_resident() -> None:
    engine = Engine("EXTERNAL")
    conversation_id = await say("pothole", 1)
    await work(engine, conversation_id)
    location = Location(Point(34.0081, -118.4885), LocationKind.INTERSECTION, "Pico Blvd & 4th St")
    async with transaction() as session:
        filed = await file_request(
            session,
            NewRequest(conversation_id, "draft-1", "pothole", "huge pothole", "pico and 4th", location),
        )
        await update_request(
            session, Change(filed.reference, Status.RESOLVED, "staff:maria", public_text="Done.")
        )
    await tell_everybody()
    await work(engine, conversation_id)
    assert await said() == [("message", "Heard: pothole")]
    async with transaction() as session:
        (parked,) = await list_parked(session, conversation_id)
        assert (await session.get_one(Conversation, conversation_id)).wants_person_at is not None
    assert parked.update_id is not None


async def test_a_message_of_which_no_turn_can_be_made_is_parked_alone_and_can_be_tried_again() -> None:
    engine = Engine()
    conversation_id = await say("hello", 1)
    await work(engine, conversation_id)
    await say("2", 2)
    await say("pothole at Pico and 4th", 3)
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        (row,) = await queue_replies(session, conversation, [Reply("Pick one")])
        row.payload = {"options": [["only a label"]]}  # as no release of ours writes it
        damaged = row.id
    await work(engine, conversation_id)
    assert await states() == [InboundState.HANDLED, InboundState.PARKED, InboundState.PARKED]
    async with transaction() as session:
        (await session.get_one(Message, damaged)).payload = {}
        assert await retry_parked(session, conversation_id, "system") == 2
    await work(engine, conversation_id)
    assert await states() == [InboundState.HANDLED] * 3
    async with transaction() as session:
        left = select(func.count()).select_from(Turn).where(Turn.finished_at.is_(None))
        assert await session.scalar(left) == 0
