"""Odd characters through the actions as rasa-sdk runs them: answered, never an error that repeats the turn for ever."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import ActionAnswer
from actions.request_form import ValidateRequestForm
from bot.channels.messages import Channel, Inbound, InboundKind
from bot.conversation.receive import receive
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("conversation")]


@pytest.fixture
async def conversation(database: EmbeddedDatabase) -> None:
    """The first of the database: "conversation-1"."""
    inbound = Inbound(Channel.SMS, InboundKind.MESSAGE, "SM1", "+13105550123", text="hi")
    async with transaction() as session:
        assert (await receive(session, inbound)).conversation_id == 1


WORDS = [
    "pothole ❶ Pico and 4th",
    "bache en la calle ④ y pico",
    "²4th",
    "1٣ th",
    "thanks xx",
    "pothole behind TJ Maxx",
    "9" * 5000,
    "⑩⑨⑧ days ago ½ Ⅷ 〇",
    "\u202e\u200d\ufe0f\u0301\ue000\u0378",
    "85632G65+J6",
    "２Ｇ６５+J6 santa monica",
]


def a_tracker(words: str, intent: str, slots: dict[str, Any]) -> Tracker:
    message = {
        "text": words,
        "intent": {"name": intent, "confidence": 0.9},
        "services": [{"code": "pothole", "confidence": 0.9}],
        "language": "en",
        "metadata": {"message_id": 1},
    }
    event = {"event": "user", "input_channel": "sms"}
    return Tracker("conversation-1", slots, message, [event], False, None, {}, "action_listen")


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("intent", ["report", "give_place", "rate", "add_to_request"])
async def test_a_report_with_odd_words_is_answered_and_goes_on(words: str, intent: str) -> None:
    slots: dict[str, Any] = {}
    for said in (words, words):  # as a beginning, and as the answer to what is asked then
        dispatcher = CollectingDispatcher()
        events = await ValidateRequestForm().run(dispatcher, a_tracker(said, intent, slots), {})
        assert dispatcher.messages
        slots |= {event["name"]: event["value"] for event in events if event["event"] == "slot"}


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("intent", ["thanks", "rate", "ask_status", "fixed", "out_of_scope"])
async def test_odd_words_between_reports_are_answered(words: str, intent: str) -> None:
    dispatcher = CollectingDispatcher()
    events = await ActionAnswer().run(dispatcher, a_tracker(words, intent, {}), {})
    # Words that name a matter and a place begin a report, whatever they were taken for: then the form answers.
    goes_on = any(event["event"] == "followup" for event in events)
    assert dispatcher.messages or goes_on


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("pothole ❶ Pico and 4th", "Pico Blvd & 4th St"),
        ("bache en la calle ④ y pico", "4th St & Pico Blvd"),
        ("pothole at 85632G65+J6", "near 1667 Main St"),
        ("2G65+J6", "near 1667 Main St"),
    ],
)
async def test_the_place_in_them_is_understood(words: str, place: str) -> None:
    events = await ValidateRequestForm().run(CollectingDispatcher(), a_tracker(words, "report", {}), {})
    slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    assert slots["location"] == place
