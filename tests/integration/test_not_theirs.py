"""A number that says an update is not theirs is taken off the request, once; in other moments it is told who we are."""

from __future__ import annotations

import json

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select

from actions.answer import ActionAnswer
from bot.cases.disowning import disown_request
from bot.cases.feedback import Verdict, record_feedback
from bot.cases.lookup import UnknownRequestError, find_request
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.channels.messages import Channel, Inbound, InboundKind
from bot.conversation.consent import Barrier, is_not_told
from bot.conversation.danger_marks import mark_danger
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.reach import reach_of_request
from bot.conversation.receive import receive
from bot.conversation.turns import OpenTurn, finish_turn, open_turn
from bot.db.session import transaction
from bot.db.tables import Conversation, Message
from bot.delivery.push import update_request
from tests.console import a_request
from tests.gateway import Gateway
from tests.integration.telling import tell_everybody

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]


async def say(words: str, number: int = 1) -> int:
    inbound = Inbound(Channel.SMS, InboundKind.MESSAGE, f"SMs{number}", "+13105550123", text=words)
    async with transaction() as session:
        return (await receive(session, inbound)).conversation_id


async def next_turn(conversation_id: int) -> OpenTurn:
    async with transaction() as session:
        turn = await open_turn(session, conversation_id)
    assert isinstance(turn, OpenTurn)
    return turn


async def finish(turn: OpenTurn, *replies: str) -> None:
    async with transaction() as session:
        await finish_turn(session, turn, [Reply(text) for text in replies])


async def told_of_an_update() -> tuple[int, str]:
    """A conversation that follows a request and has just read that it is resolved."""
    conversation_id = await say("pothole")
    await finish(await next_turn(conversation_id), "Filed.")
    reference = await a_request("one", conversation_id)
    async with transaction() as session:
        await update_request(session, Change(reference, Status.RESOLVED, "staff:maria", "Done."))
    await tell_everybody()
    await finish(await next_turn(conversation_id), "Resolved. Is it fixed?")
    return conversation_id, reference


@pytest.mark.parametrize("words", ["wrong number", "who is this", "número equivocado", "Yo no reporté nada"])
async def test_after_an_update_such_words_mean_that_it_is_not_theirs(words: str) -> None:
    conversation_id, reference = await told_of_an_update()
    await say(words, 2)
    message = (await next_turn(conversation_id)).message
    assert json.loads(message.removeprefix("/choose"))["choice"] == f"not_mine:{reference}"


async def test_without_an_update_who_is_this_asks_who_we_are() -> None:
    conversation_id = await say("who's this?")
    assert (await next_turn(conversation_id)).message == "/ask_about_bot"


async def test_without_an_update_wrong_number_is_for_the_dialogue() -> None:
    conversation_id = await say("wrong number")
    assert (await next_turn(conversation_id)).message == "wrong number"


async def test_who_disowns_a_request_is_off_it_for_good_and_staff_see_it() -> None:
    conversation_id, reference = await told_of_an_update()
    for _ in range(2):  # safe to repeat
        async with transaction() as session:
            await disown_request(session, conversation_id, reference)
    async with transaction() as session:
        request = await find_request(session, reference)
        conversation = await session.get_one(Conversation, conversation_id)
        barrier = is_not_told(conversation.contact)
        reach = await reach_of_request(session, request.id)
        assert [update.internal_note for update in request.updates][-1].startswith("The number says")
        assert sum("not theirs" in update.internal_note for update in request.updates) == 1
        assert request.status == Status.RESOLVED
    assert barrier is not None
    assert barrier.why is Barrier.NOT_THEIRS
    assert reach.followers == 0
    with pytest.raises(UnknownRequestError):
        async with transaction() as session:
            await record_feedback(session, conversation_id, reference, Verdict.NOT_FIXED)


async def test_while_staff_talk_the_words_go_to_the_engine_for_danger_only() -> None:
    from datetime import UTC, datetime

    conversation_id = await say("hello")
    await finish(await next_turn(conversation_id), "Hi!")
    async with transaction() as session:
        (await session.get_one(Conversation, conversation_id)).taken_over_at = datetime.now(UTC)
    await say("he has a knife", 2)
    turn = await next_turn(conversation_id)
    assert (turn.message, turn.metadata["taken_over"]) == ("he has a knife", True)
    async with transaction() as session:
        await mark_danger(session, conversation_id, turn.id, ["emergency"])
    async with transaction() as session:
        marked = await session.scalar(select(Message).where(Message.turn_id == turn.id))
        conversation = await session.get_one(Conversation, conversation_id)
        await queue_replies(session, conversation, [])
    assert marked is not None
    assert marked.payload["danger"] == ["emergency"]
    assert conversation.danger_at is not None
    assert conversation.wants_person_at is not None


async def answered_by_the_dialogue(turn: OpenTurn, language: str) -> list[str]:
    """The responses that the action has said, as the engine would run it."""
    choice = json.loads(turn.message.removeprefix("/choose"))["choice"]
    message = {
        "text": turn.message,
        "intent": {"name": "choose", "confidence": 1.0},
        "entities": [{"entity": "choice", "value": choice}],
        "metadata": turn.metadata,
    }
    event = {"event": "user", "input_channel": turn.channel}
    slots = {"memory": {"met": True}, "language": language}
    tracker = Tracker(turn.sender, slots, message, [event], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    await ActionAnswer().run(dispatcher, tracker, {})
    return [said["response"] for said in dispatcher.messages]


@pytest.mark.parametrize(
    ("words", "again", "language"),
    [
        ("wrong number", "you have the wrong number, I never reported anything", "en"),
        ("número equivocado", "yo no reporté nada", "es"),
    ],
)
async def test_a_wrong_number_is_told_once_that_it_was_taken_off(
    words: str, again: str, language: str, gateway: Gateway
) -> None:
    conversation_id, _ = await told_of_an_update()
    await gateway.sms(words)
    assert await answered_by_the_dialogue(gateway.turns[-1], language) == ["utter_not_yours"]
    turns = len(gateway.turns)
    for text in (words, again, words):
        await gateway.sms(text)
    assert len(gateway.turns) == turns, "said once"
    await gateway.sms("who is this?")
    assert gateway.turns[-1].message == "/ask_about_bot"
    await gateway.sms("there is a pothole at Pico and 4th")
    assert gateway.turns[-1].message == "there is a pothole at Pico and 4th"
    async with transaction() as session:
        contact = (await session.get_one(Conversation, conversation_id)).contact
        barrier = is_not_told(contact)
    assert barrier is not None
    assert barrier.why is Barrier.NOT_THEIRS
