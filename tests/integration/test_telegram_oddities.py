"""What Telegram's apps send beside plain words: starts, quotes, topics, foreign buttons, labels."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text

from bot.channels.messages import Option, OurEnd
from bot.conversation.outbox import Reply
from bot.conversation.texts import gateway_text
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Message
from bot.delivery.deliver import next_attempt
from tests.gateway import CHAT, SENT, Gateway, heard, said

pytestmark = pytest.mark.integration

WELCOME, BACK = gateway_text("welcome", "en"), gateway_text("welcome_back", "en")
OLDER = Reply("Which kind?", (Option("Pothole", "/older-1"), Option("Graffiti", "/older-2")))
NEWER = Reply("Shall I send it?", (Option("Send", "/file"), Option("Change", "/change")))


async def ours(text_of: str) -> int:
    async with transaction() as session:
        found = await session.scalar(select(Message.provider_id).where(Message.body == text_of))
    assert found is not None
    return int(found.partition(":")[2])


@pytest.mark.parametrize(
    "words", ["/start", "/start pole-1234", "/start@CityBot", "/start@CityBot pole-1234"]
)
async def test_a_start_is_welcomed_once_and_its_payload_kept(words: str, gateway: Gateway) -> None:
    await gateway.say(words)
    await gateway.say(words)
    assert await said() == [WELCOME]
    assert gateway.turns == []
    assert (await heard())[0].payload.get("start") == ("pole-1234" if "pole" in words else None)


async def test_a_start_in_the_middle_of_a_draft_leaves_its_question_open(gateway: Gateway) -> None:
    gateway.engine = lambda turn: [NEWER]
    await gateway.say("pothole at Pico and 4th")
    await gateway.say("/start pole-1234")
    assert await said() == [NEWER.text, BACK]
    await gateway.say("1")
    assert gateway.turns[-1].message == "/file"


def membership(status: str) -> dict[str, Any]:
    bot = {"id": 99, "is_bot": True, "first_name": "City"}
    old = {"user": bot, "status": "member"}
    return {
        "chat": {"id": CHAT, "type": "private", "first_name": "Ana"},
        "from": {"id": CHAT, "is_bot": False, "first_name": "Ana", "language_code": "en"},
        "date": SENT,
        "old_chat_member": old,
        "new_chat_member": {"user": bot, "status": status},
    }


@pytest.mark.parametrize("start_first", [True, False])
async def test_who_unblocks_and_presses_start_is_greeted_once(start_first: bool, gateway: Gateway) -> None:
    await gateway.telegram(my_chat_member=membership("kicked"))
    if start_first:
        await gateway.say("/start")
        await gateway.telegram(my_chat_member=membership("member"))
    else:
        await gateway.telegram(my_chat_member=membership("member"))
        await gateway.say("/start")
    assert len(await said()) == 1
    async with transaction() as session:
        contact = await session.scalar(select(Contact))
    assert contact is not None
    assert contact.opted_out_at is None


async def test_a_start_after_a_stop_brings_messages_back_with_one_word(gateway: Gateway) -> None:
    await gateway.say("hello")
    await gateway.say("/stop")
    before = len(await said())
    await gateway.say("/start pole-9")
    assert len(await said()) == before + 1
    async with transaction() as session:
        assert (await session.scalars(select(Contact.opted_out_at))).all() == [None]


async def test_who_comes_by_a_link_of_a_page_says_its_words_and_is_not_only_welcomed(
    gateway: Gateway,
) -> None:
    await gateway.say("/start see_en_SM-7K3Q9P")
    assert [turn.message for turn in gateway.turns] == ["I see it too: SM-7K3Q9P"]
    assert (await heard())[0].payload["start"] == "see_en_SM-7K3Q9P"
    assert WELCOME not in await said()


async def test_who_had_stopped_and_comes_by_a_link_hears_from_us_again(gateway: Gateway) -> None:
    await gateway.say("hello")
    await gateway.say("/stop")
    before = len(gateway.turns)
    await gateway.say("/start left_en_SM-7K3Q9P")
    assert [turn.message for turn in gateway.turns[before:]] == ["Still not fixed: SM-7K3Q9P"]
    async with transaction() as session:
        assert (await session.scalars(select(Contact.opted_out_at))).all() == [None]


@pytest.mark.parametrize(
    "data", ["²:0", "1:²", "9" * 23 + ":0", "1:99", "999999:0", "", "x" * 3000, "a\x00b", "-1:0"]
)
async def test_a_button_that_is_none_of_ours_is_ignored_and_its_mark_taken_off(
    data: str, gateway: Gateway
) -> None:
    gateway.engine = lambda turn: [NEWER]
    await gateway.say("pothole at Pico and 4th")
    person = {"id": CHAT, "is_bot": False, "first_name": "Ana"}
    query = {"id": "42", "from": person, "chat_instance": "1", "data": data}
    assert await gateway.telegram(callback_query=query) == 200
    assert len(gateway.turns) == 1
    async with transaction() as session:
        jobs = await session.scalar(
            text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'answer_button'")
        )
    assert jobs == 1
    await gateway.say("1")
    assert gateway.turns[-1].message == "/file"


@pytest.mark.parametrize(
    ("label", "language"),
    [("📍 Share my location", "en"), ("📍 Compartir mi ubicación", "es"), ("Share my location", "en")],
)
async def test_the_label_of_the_location_button_asks_for_another_way(
    label: str, language: str, gateway: Gateway
) -> None:
    gateway.engine = lambda turn: [Reply("Where is it?", ask_location=True)]
    await gateway.say("there is a pothole")
    async with transaction() as session:
        (await session.scalars(select(Contact))).one().language = language
    await gateway.say(label)
    assert len(gateway.turns) == 1
    assert (await said())[-1] == gateway_text("location_button", language)


async def test_a_choice_below_an_older_menu_answers_that_menu(gateway: Gateway) -> None:
    answers = iter([[OLDER], [NEWER], [], []])
    gateway.engine = lambda turn: next(answers)
    await gateway.say("something is broken")
    await gateway.say("at the park by the pond")
    older = {"message_id": await ours(OLDER.text), "date": SENT, "chat": {"id": CHAT, "type": "private"}}
    await gateway.say("2", reply_to_message={**older, "text": OLDER.text})
    assert gateway.turns[-1].message == "/older-2"
    await gateway.say("2")
    assert gateway.turns[-1].message == "/change"
    assert (await heard())[2].payload["quote"] == OLDER.text


@pytest.mark.parametrize(("words", "payload"), [("yes", "/file"), ("Sí", "/file"), ("no", "/change")])
async def test_a_yes_below_an_older_question_is_about_that_question(
    words: str, payload: str, gateway: Gateway
) -> None:
    answers = iter([[NEWER], [OLDER], []])
    gateway.engine = lambda turn: next(answers)
    await gateway.say("something is broken")
    await gateway.say("at the park by the pond")
    older = {"message_id": await ours(NEWER.text), "date": SENT, "chat": {"id": CHAT, "type": "private"}}
    await gateway.say(words, reply_to_message={**older, "text": NEWER.text})
    assert gateway.turns[-1].message == payload


async def test_an_answer_goes_into_the_topic_it_was_written_in(gateway: Gateway) -> None:
    gateway.engine = lambda turn: []
    topic = {"is_topic_message": True, "message_thread_id": 77}
    await gateway.say("/start", **topic)
    async with transaction() as session:
        row = (await session.scalars(select(Message).where(Message.direction == "out"))).one()
        row.state, conversation_id = "queued", row.conversation_id
    await gateway.say("hello in the general chat")
    async with transaction() as session:
        await session.execute(text("UPDATE messages SET state = 'queued' WHERE direction = 'out'"))
        attempt = await next_attempt(session, conversation_id)
    assert attempt is not None
    assert attempt.outbound.our_end == OurEnd(topic=77)
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        assert conversation.contact.our_end == {}


async def test_an_answer_goes_out_from_the_number_it_was_written_to(gateway: Gateway) -> None:
    gateway.engine = lambda turn: [NEWER]
    await gateway.sms(
        "pothole at Pico and 4th", From="RCS:+13105551999", To="rcs:city_agent", ChannelPrefix="rcs"
    )
    async with transaction() as session:
        await session.execute(text("UPDATE messages SET state = 'queued' WHERE direction = 'out'"))
        attempt = await next_attempt(session, (await heard())[0].conversation_id)
    assert attempt is not None
    assert (attempt.address, attempt.outbound.our_end) == ("rcs:+13105551999", OurEnd("rcs:city_agent"))


async def test_a_rich_message_and_a_file_of_three_gigabytes_are_taken(gateway: Gateway) -> None:
    blocks = [{"type": "paragraph", "text": ["pothole at ", {"type": "bold", "text": "Pico and 4th"}]}]
    assert await gateway.telegram(message={**_empty(31), "rich_message": {"blocks": blocks}}) == 200
    assert gateway.turns[-1].message == "pothole at Pico and 4th"
    huge = {"file_id": "d", "file_unique_id": "u", "file_size": 3221225472, "mime_type": "image/png"}
    assert await gateway.telegram(message={**_empty(32), "document": huge}) == 200
    async with transaction() as session:
        assert (await session.scalars(text("SELECT size FROM media"))).all() == [3221225472]


def _empty(number: int) -> dict[str, Any]:
    from tests.gateway import message

    return message(number)
