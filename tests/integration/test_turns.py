"""Which messages make a turn, what the engine is told, and what happens when a turn was cut off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.channels.messages import Channel, Inbound, InboundKind, MediaRef, Option, Pin
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.pace import APART, MANY
from bot.conversation.receive import receive
from bot.conversation.states import InboundState
from bot.conversation.turns import (
    ALBUM_WAIT,
    FILE_WAIT,
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


async def opened(conversation_id: int) -> OpenTurn | NotReady | Paused | None:
    async with transaction() as session:
        return await open_turn(session, conversation_id)


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


FIXED = (Option("Fixed", "/fixed"), Option("Not fixed", "/not_fixed"))
UPDATES = (
    Option("Sí, avíseme", '/choose{"choice": "updates:yes"}'),
    Option("No, gracias", '/choose{"choice": "updates:no"}'),
)
KINDS = (
    Option("Pothole", '/choose{"choice": "service:pothole"}'),
    Option("Something else", '/choose{"choice": "menu"}'),
)


@pytest.mark.parametrize(
    ("words", "options", "message"),
    [
        ("👍🏽", MENU, "/file"), ("👎🏿", MENU, "/change"), ("👌", FIXED, "/fixed"), ("❌", FIXED, "/not_fixed"),
        ("✅", UPDATES, UPDATES[0].payload), ("🚫", UPDATES, UPDATES[1].payload), ("sí 🙏🏾", UPDATES, UPDATES[0].payload),
        ("👍🏽", KINDS, "/affirm"), ("👎🏿", (), "/deny"), ("✅✅", (), "/affirm"), ("👍😂", (), "👍😂"), ("thanks 🙏", MENU, "thanks 🙏"),
        ("1\n\nSent from my iPhone", MENU, "/file"), ("2\n--\nMaria", MENU, "/change"), ("②", MENU, "/change"),
        ("1\n\nEnviado desde mi iPhone", FIXED, "/fixed"), ("2 (1/2)", MENU, "/change"),
        ("It's still broken\n\nSent from my iPhone", FIXED, "It's still broken"),
        ("bache en la calle ④ y pico", (), "bache en la calle 4 y pico"), ("\u200b/file", MENU, "file"),
    ],
)  # fmt: skip
async def test_odd_signs_and_signatures_hide_no_answer(
    words: str, options: tuple[Option, ...], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.conversation.parts.PART_WAIT", timedelta(0))  # the other part never comes
    conversation_id = await say("hi", 1)
    first = await next_turn(conversation_id)
    assert first is not None
    async with transaction() as session:
        await finish_turn(session, first, [Reply("Well?", options)])
    await say(words, 2)
    turn = await next_turn(conversation_id)
    assert turn is not None
    assert turn.message == message
    async with transaction() as session:  # the transcript keeps what was written
        assert await session.scalar(select(Message.body).where(Message.provider_id == "SM2")) == words


async def test_a_sign_beside_a_photo_is_words() -> None:
    photo = MediaRef("https://api.twilio.com/x", "image/jpeg")
    conversation_id = await say("👍", 1, media=(photo,))
    async with transaction() as session:
        await session.execute(update(Media).values(state="failed"))
    turn = await next_turn(conversation_id)
    assert turn is not None
    assert turn.message == "👍"


@pytest.mark.parametrize("data", ["²:0", "1:²", "1" * 23 + ":0", "1:" + "9" * 23, ":", "", "x:y", "٣:0"])
async def test_a_button_with_odd_data_chooses_nothing(data: str) -> None:
    conversation_id = await say("hi", 1)
    await offer(conversation_id, Reply("Well?", MENU))
    first = await next_turn(conversation_id)
    assert first is not None
    async with transaction() as session:
        await finish_turn(session, first, [])
    await say("", 2, kind=InboundKind.BUTTON, button=data)
    assert await next_turn(conversation_id) is None
    await say("2", 3)
    turn = await next_turn(conversation_id)
    assert turn is not None
    assert turn.message == MENU[1].payload  # the question is open as it was


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
    assert await next_turn(other) is None


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


async def age_messages(by: timedelta) -> None:
    async with transaction() as session:
        await session.execute(update(Message).values(created_at=Message.created_at - by))


async def settle_files(**values: Any) -> None:
    async with transaction() as session:
        await session.execute(update(Media).values(**(values or {"state": "refused", "refusal": "broken"})))


async def test_the_rest_of_an_album_and_its_files_are_waited_for() -> None:
    conversation_id = await say("", 1, media=(MediaRef("f1"),), album_id="a1", channel=Channel.TELEGRAM)
    waits = await opened(conversation_id)
    assert isinstance(waits, NotReady)
    assert 0 < waits.seconds <= ALBUM_WAIT.total_seconds()
    await age_messages(ALBUM_WAIT)
    fetches = await opened(conversation_id)
    assert isinstance(fetches, NotReady)
    assert fetches.for_files
    assert 0 < fetches.seconds <= FILE_WAIT.total_seconds()
    await settle_files()
    turn = await next_turn(conversation_id)
    assert turn is not None
    assert turn.message == "/send_photos"
    assert turn.metadata["photos_refused"] == ["broken"]


async def test_words_do_not_wait_long_for_a_file_beside_them() -> None:
    conversation_id = await say("pothole at Pico and 4th", 1, media=(MediaRef("slow"),))
    assert isinstance(await opened(conversation_id), NotReady)
    await age_messages(FILE_WAIT)
    turn = await next_turn(conversation_id)
    assert turn is not None
    assert (turn.message, turn.metadata["photos"]) == ("pothole at Pico and 4th", [])


async def test_a_file_alone_that_does_not_come_holds_up_nothing_that_is_said_after_it() -> None:
    conversation_id = await say("", 1, media=(MediaRef("slow"),))
    await age_messages(FILE_WAIT)
    assert await next_turn(conversation_id) is None
    await say("graffiti at Main and Hill", 2)
    turn = await next_turn(conversation_id)
    assert turn is not None
    assert turn.message == "graffiti at Main and Hill"
    async with transaction() as session:
        await finish_turn(session, turn, [])
    await settle_files()
    late = await next_turn(conversation_id)
    assert late is not None
    assert late.message == "/send_photos"


async def test_who_sends_file_after_file_is_not_made_to_wait_for_the_last() -> None:
    conversation_id = await say("pothole", 1, media=(MediaRef("f1"),))
    await age_messages(2 * FILE_WAIT)
    await say("", 2, media=(MediaRef("f2"),))
    turn = await next_turn(conversation_id)
    assert turn is not None
    assert turn.message == "pothole"


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


@pytest.mark.parametrize("kind", ["consent", "notice", "apology"])
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


@pytest.mark.parametrize("question", ["where", "detail:which_pole", "", None])
async def test_a_turn_that_is_finished_keeps_the_question_that_is_open(question: str | None) -> None:
    turn = await next_turn(await say("there is a pothole"))
    assert turn is not None
    async with transaction() as session:
        await finish_turn(session, turn, [Reply("Where is it?")], open_question=question)
    async with transaction() as session:
        assert (await session.get_one(Turn, turn.id)).open_question == question
