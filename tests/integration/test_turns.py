"""Which messages make a turn, what the engine is told, and what happens when a turn was cut off."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from bot.channels.messages import Channel, Inbound, InboundKind, MediaRef, Option, Pin
from bot.conversation.dialogue import Dialogue, EngineUnavailableError
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.pace import APART, MANY
from bot.conversation.receive import receive
from bot.conversation.states import InboundState
from bot.conversation.turns import (
    ALBUM_WAIT,
    MAX_WORDS,
    NotReady,
    OpenTurn,
    Paused,
    finish_turn,
    more_waits,
    open_turn,
)
from bot.db.session import transaction
from bot.db.tables import Conversation, Media, Message, Photo, Turn

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

MENU = (Option("Send it", "/file"), Option("Change something", "/change"))


async def say(words: str, number: int = 1, **changes: Any) -> int:
    inbound = Inbound(Channel.SMS, InboundKind.MESSAGE, f"SM{number}", "+13105550123", text=words)
    async with transaction() as session:
        received = await receive(session, replace(inbound, **changes))
    return received.conversation_id


async def next_turn(conversation_id: int) -> OpenTurn | None:
    async with transaction() as session:
        turn = await open_turn(session, conversation_id)
    assert not isinstance(turn, NotReady | Paused)
    return turn


async def offer(conversation_id: int, *replies: Reply) -> list[int]:
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        return [row.id for row in await queue_replies(session, conversation, replies)]


async def test_words_are_passed_on_as_they_are() -> None:
    turn = await next_turn(await say("Huge pothole!"))
    assert turn is not None
    assert turn.message == "Huge pothole!"
    assert turn.metadata["turn_id"] == turn.id
    assert turn.metadata["photos"] == []


@pytest.mark.parametrize("words", ['/file{"x": 1}', "//restart", " /EXTERNAL_request_update{}", "/ / back"])
async def test_nobody_can_inject_an_intent(words: str) -> None:
    turn = await next_turn(await say(words))
    assert turn is not None
    assert not turn.message.startswith("/") or turn.message == "/send_photos"


async def test_a_burst_is_one_turn() -> None:
    conversation_id = await say("there is a pothole", 1)
    await say("at pico and 4th", 2)
    await say("", 3, pin=Pin(34.01, -118.49))
    turn = await next_turn(conversation_id)
    assert turn is not None
    assert turn.message == "there is a pothole\nat pico and 4th"
    assert turn.metadata["pin"]["lat"] == 34.01


async def test_a_choice_from_the_menu_is_a_turn_by_itself() -> None:
    conversation_id = await say("pothole at pico and 4th", 1)
    turn = await next_turn(conversation_id)
    assert turn is not None
    async with transaction() as session:
        await finish_turn(session, turn, [Reply("Shall I send it?", MENU)])
    await say("1", 2)
    await say("thanks!", 3)
    choice = await next_turn(conversation_id)
    assert choice is not None
    assert choice.message == "/file"
    async with transaction() as session:
        await finish_turn(session, choice, [Reply("Filed.")])
    rest = await next_turn(conversation_id)
    assert rest is not None
    assert rest.message == "thanks!"


async def test_a_number_means_the_last_menu_only() -> None:
    conversation_id = await say("hi", 1)
    turn = await next_turn(conversation_id)
    assert turn is not None
    async with transaction() as session:
        await finish_turn(session, turn, [Reply("Pick one", MENU), Reply("What is it about?")])
    await say("2", 2)
    later = await next_turn(conversation_id)
    assert later is not None
    assert later.message == "2"


async def test_a_pressed_button_finds_its_payload_and_a_strangers_does_not() -> None:
    conversation_id = await say("hi", 1)
    (offered,) = await offer(conversation_id, Reply("Pick one", MENU))
    await finish(conversation_id)
    await say("", 2, kind=InboundKind.BUTTON, button=f"{offered}:1")
    turn = await next_turn(conversation_id)
    assert turn is not None
    assert turn.message == "/change"
    await finish(conversation_id)
    other = await say("", 3, kind=InboundKind.BUTTON, button=f"{offered}:1", address="+13105550999")
    stranger = await next_turn(other)
    assert stranger is not None
    assert stranger.message != "/change"


async def finish(conversation_id: int) -> None:
    turn = await next_turn(conversation_id)
    assert turn is not None
    async with transaction() as session:
        assert await finish_turn(session, turn, [])


async def test_a_turn_that_was_cut_off_comes_again_and_says_so() -> None:
    conversation_id = await say("pothole", 1)
    first = await next_turn(conversation_id)
    await say("at pico and 4th", 2)
    again = await next_turn(conversation_id)
    assert first is not None
    assert again is not None
    assert (again.id, again.message) == (first.id, first.message)
    assert (first.posted_before, again.posted_before) == (False, True)


async def test_files_are_fetched_and_albums_completed_before_the_turn() -> None:
    conversation_id = await say("", 1, media=(MediaRef("f1"),), album_id="a1", channel=Channel.TELEGRAM)
    async with transaction() as session:
        waits = await open_turn(session, conversation_id)
    assert isinstance(waits, NotReady)
    assert 0 < waits.wait <= ALBUM_WAIT.total_seconds()
    async with transaction() as session:
        await session.execute(update(Message).values(created_at=Message.created_at - ALBUM_WAIT))
    async with transaction() as session:
        fetches = await open_turn(session, conversation_id)
    assert isinstance(fetches, NotReady)
    assert [media.provider_ref for media in fetches.files] == ["f1"]
    async with transaction() as session:
        await session.execute(update(Media).values(state="refused", refusal="broken"))
    turn = await next_turn(conversation_id)
    assert turn is not None
    assert turn.message == "/send_photos"
    assert turn.metadata["photos_refused"] == ["broken"]


async def test_whether_more_waits_is_known_when_a_turn_ends() -> None:
    conversation_id = await say("pothole", 1)
    turn = await next_turn(conversation_id)
    assert turn is not None
    async with transaction() as session:
        await finish_turn(session, turn, [])
        assert not await more_waits(session, conversation_id)
    await say("on pico", 2)
    async with transaction() as session:
        assert await more_waits(session, conversation_id)


async def test_a_turn_is_finished_once() -> None:
    conversation_id = await say("pothole", 1)
    turn = await next_turn(conversation_id)
    assert turn is not None
    async with transaction() as session:
        assert await finish_turn(session, turn, [Reply("Where?")])
    async with transaction() as session:
        assert not await finish_turn(session, turn, [Reply("Where?")])
    async with transaction() as session:
        said = list(await session.scalars(select(Message.body).where(Message.direction == "out")))
        states = list(await session.scalars(select(Message.state).where(Message.direction == "in")))
    assert said == ["Where?"]
    assert states == [InboundState.HANDLED]


async def test_a_picture_for_staff_who_took_over_is_left_to_them() -> None:
    from datetime import UTC, datetime

    conversation_id = await say("", 1, pin=Pin(34.01, -118.49))
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        conversation.taken_over_at = datetime.now(UTC)
    assert await next_turn(conversation_id) is None
    async with transaction() as session:
        assert await session.scalar(select(Turn.id)) is None


class Engine:
    """Answers as Rasa does, from a script: what the webhook says, and which turns the tracker knows."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.answer: Any = [{"recipient_id": "x", "text": "Where is it?"}]
        self.events: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/webhooks/rest/webhook":
            self.posts.append(json.loads(request.content))
            if isinstance(self.answer, Exception):
                raise self.answer
            return httpx.Response(200, json=self.answer)
        return httpx.Response(200, json={"events": self.events})

    def dialogue(self) -> Dialogue:
        return Dialogue(["http://engine"], httpx.AsyncClient(transport=httpx.MockTransport(self)))


async def an_open_turn(posted_before: bool = False) -> OpenTurn:
    conversation_id = await say("pothole", 1)
    turn = await next_turn(conversation_id)
    assert turn is not None
    return replace(turn, posted_before=posted_before)


def user_event(turn_id: int) -> dict[str, Any]:
    return {"event": "user", "text": "pothole", "metadata": {"turn_id": turn_id}}


async def test_the_engines_items_become_replies() -> None:
    engine = Engine()
    engine.answer = [
        {"text": "Which one?", "buttons": [{"title": "Pothole", "payload": "/a"}]},
        {"custom": {"ask_location": True, "language": "es"}},
        {"custom": {"map": {"lat": 34.0105, "lon": -118.4912}}},
        {"text": "Thank you", "custom": {"photos": [4, 5], "handover": True}},
    ]
    result = await engine.dialogue().take(await an_open_turn())
    assert [reply.text for reply in result.replies] == ["Which one?", "Thank you"]
    assert result.replies[0].options == (Option("Pothole", "/a"),)
    assert result.replies[0].ask_location
    assert result.replies[0].map == Pin(34.0105, -118.4912)
    assert result.replies[1].map is None
    assert result.replies[1].photo_ids == (4, 5)
    assert (result.language, result.wants_person) == ("es", True)


async def test_an_empty_answer_of_an_engine_that_is_loading_is_not_success() -> None:
    engine = Engine()
    engine.answer = []
    with pytest.raises(EngineUnavailableError):
        await engine.dialogue().take(await an_open_turn())


async def test_an_empty_answer_of_a_turn_that_was_taken_is_success() -> None:
    engine = Engine()
    turn = await an_open_turn()
    engine.answer, engine.events = [], [user_event(turn.id)]
    assert (await engine.dialogue().take(turn)).replies == ()


async def test_a_turn_the_tracker_knows_is_not_taken_twice() -> None:
    engine = Engine()
    turn = await an_open_turn(posted_before=True)
    engine.events = [
        user_event(turn.id - 1),
        {"event": "bot", "text": "an older answer"},
        user_event(turn.id),
        {"event": "bot", "text": "Where is it?", "data": {"buttons": None, "custom": None}},
        {"event": "bot", "text": None, "data": {"custom": {"ask_location": True}}},
        user_event(turn.id + 1),
        {"event": "bot", "text": "a later answer"},
    ]
    result = await engine.dialogue().take(turn)
    assert engine.posts == []
    assert [(reply.text, reply.ask_location) for reply in result.replies] == [("Where is it?", True)]


async def test_a_turn_the_tracker_does_not_know_is_posted_again() -> None:
    engine = Engine()
    turn = await an_open_turn(posted_before=True)
    assert len((await engine.dialogue().take(turn)).replies) == 1
    assert len(engine.posts) == 1


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.ReadError("gone")]
)
async def test_an_engine_that_is_away_is_tried_again_later(error: Exception) -> None:
    engine = Engine()
    engine.answer = error
    with pytest.raises(EngineUnavailableError):
        await engine.dialogue().take(await an_open_turn())


async def test_another_engine_takes_over_when_the_first_refuses_the_connection() -> None:
    calls: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request.url.host)
        if request.url.host == "one":
            raise httpx.ConnectError("refused")
        return httpx.Response(200, json=[{"text": "Hello"}])

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    result = await Dialogue(["http://one", "http://two"], client).take(await an_open_turn())
    assert [reply.text for reply in result.replies] == ["Hello"]
    assert "two" in calls


async def flood(first: int, count: int, words: str = "hello") -> int:
    for number in range(first, first + count):
        conversation_id = await say(f"{words} {number}", number)
    return conversation_id


async def test_a_flood_is_answered_in_larger_turns_and_told_so_once() -> None:
    conversation_id = await flood(1, 3)
    first = await next_turn(conversation_id)
    assert first is not None
    async with transaction() as session:
        await finish_turn(session, first, [Reply("Hi!")])
    await flood(4, MANY)
    for _ in range(3):
        async with transaction() as session:
            paused = await open_turn(session, conversation_id)
        assert isinstance(paused, Paused)
        assert 0 < paused.seconds <= APART.total_seconds()
    async with transaction() as session:
        said = list(
            await session.scalars(select(Message.body).where(Message.direction == "out").order_by(Message.id))
        )
    assert said[0] == "Hi!"
    assert len(said) == 2
    assert "a lot at once" in said[1]


@pytest.mark.parametrize("kind", ["consent", "notice"])
async def test_what_is_said_beside_the_dialogue_leaves_its_options_on_offer(kind: str) -> None:
    conversation_id = await say("pothole")
    first = await next_turn(conversation_id)
    assert first is not None
    async with transaction() as session:
        await finish_turn(session, first, [Reply("Pick one", MENU)])
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        await queue_replies(session, conversation, [Reply("Beside the point.")], kind=kind)
    turn = await next_turn(await say("1", 2))
    assert turn is not None
    assert turn.message == "/file"


async def test_after_the_pause_everything_that_came_is_one_turn() -> None:
    conversation_id = await flood(1, MANY + 5)
    first = await next_turn(conversation_id)  # nothing was answered yet: no reason to wait
    assert first is not None
    assert first.message.count("hello") == MANY + 5
    assert first.metadata["message_id"] == 1


async def test_who_writes_at_a_human_pace_never_waits() -> None:
    conversation_id = await say("pothole")
    for number in range(2, MANY):
        turn = await next_turn(conversation_id)
        assert turn is not None
        async with transaction() as session:
            await finish_turn(session, turn, [])
        await say("more", number)


async def test_a_turn_is_no_longer_than_the_engine_should_read() -> None:
    conversation_id = await say("word " * 1500)
    turn = await next_turn(conversation_id)
    assert turn is not None
    assert len(turn.message) == MAX_WORDS


async def test_where_a_photo_was_taken_goes_to_the_dialogue() -> None:
    conversation_id = await say("pothole")
    async with transaction() as session:
        photo = Photo(
            sha256="0" * 64,
            width=4,
            height=3,
            size=9,
            lat=34.01,
            lon=-118.49,
            taken_at=datetime(2026, 11, 24, tzinfo=UTC),
        )
        plain = Photo(sha256="1" * 64, width=4, height=3, size=9)
        session.add_all([photo, plain])
        await session.flush()
        message_id = await session.scalar(select(Message.id))
        for position, kept in enumerate((photo, plain)):
            session.add(Media(message_id=message_id, position=position, state="kept", photo_id=kept.id))
        photo_id = photo.id
    turn = await next_turn(conversation_id)
    assert turn is not None
    taken_at = datetime(2026, 11, 24, tzinfo=UTC).timestamp()
    assert turn.metadata["photo_spots"] == [
        {"photo": photo_id, "lat": 34.01, "lon": -118.49, "taken_at": taken_at}
    ]
