"""What the actions read of a tracker, whatever is in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.reading import read
from actions.saying import dispatch
from actions.slots import open_question
from bot.channels.messages import Option
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import End
from bot.conversation.intake.turn import Say, Wished
from bot.conversation.questions.detail import Detail
from bot.conversation.questions.where import Where
from bot.conversation.stored import as_json
from tests.exploring import examples


def a_tracker(message: dict[str, Any], slots: dict[str, Any] | None = None) -> Tracker:
    user_event = {"event": "user", "input_channel": "telegram"}
    return Tracker("conversation-7", slots or {}, message, [user_event], False, None, {}, "action_listen")


def test_a_turn_is_read_whole() -> None:
    heard = read(
        a_tracker(
            {
                "text": "pothole",
                "intent": {"name": "report", "confidence": 0.9},
                "services": [{"code": "pothole", "confidence": 0.8}],
                "language": "en",
                "danger": [],
                "vague": True,
                "metadata": {
                    "message_id": 5,
                    "turn_id": 6,
                    "photos": [1, 2],
                    "photos_refused": ["broken"],
                    "pin": {"lat": 34.0, "lon": -118.5, "name": None, "address": None},
                },
            }
        )
    )
    assert heard.conversation_id == 7
    assert heard.turn_id == 6
    assert heard.turn.message_id == 5
    assert heard.turn.photos == (1, 2)
    assert heard.turn.guesses[0].code == "pothole"
    assert heard.turn.pin is not None
    assert heard.turn.channel == "telegram"
    assert heard.turn.first_contact


@pytest.mark.parametrize(
    "message", [{}, {"text": None}, {"metadata": None}, {"intent": None, "entities": None}]
)
def test_an_empty_message_is_an_empty_turn(message: dict[str, Any]) -> None:
    assert read(a_tracker(message)).turn.text == ""


TOUCHED = "2026-11-22T20:00:00+00:00"


@pytest.mark.parametrize(
    "slot",
    [
        "text",
        7,
        [],
        {"id": "x"},
        {"id": 1, "touched": "never"},
        {"touched": TOUCHED, "asking": "confirm"},
        {"id": 1, "touched": TOUCHED, "open": {"question": "of_tomorrow"}},
        {"id": 1, "touched": TOUCHED, "open": ["what"]},
        {"id": 1, "touched": TOUCHED, "later": ["graffiti too"]},
    ],
)
def test_a_draft_of_another_release_counts_as_none(slot: Any) -> None:
    assert read(a_tracker({"text": "hi"}, {"draft": slot})).draft is None


@pytest.mark.parametrize(
    "slot",
    [
        "text",
        7,
        [],
        {"met": True, "filed": ["SM-7K3R9P", "pothole"]},
        {"met": True, "feedback": ["SM-7K3R9P", "pothole", "of tomorrow", TOUCHED]},
        {"met": True, "agenda": [{"question": "of_tomorrow"}]},
        {"met": True, "agenda": ["verdict"]},
    ],
)
def test_a_memory_of_another_release_counts_as_empty(slot: Any) -> None:
    assert read(a_tracker({"text": "hi"}, {"memory": slot})).memory == Memory()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(("draft", "memory")), st.data())
@examples(60)
def test_a_slot_written_by_something_unknown_counts_as_empty_or_is_whole(
    name: str, data: st.DataObject
) -> None:
    """Any JSON under the names of the fields: what is read can be written again."""
    kind = {"draft": Draft, "memory": Memory}[name]
    names = st.sampled_from(sorted(kind.__dataclass_fields__))
    whole = {"id": 1, "touched": TOUCHED} if name == "draft" else {}
    slot = whole | data.draw(st.dictionaries(names, json_values, max_size=3))
    heard = read(a_tracker({"text": "hi"}, {name: slot}))
    as_json(heard.draft or heard.memory)


def test_an_option_and_a_rating_are_read_from_their_payload() -> None:
    entities = [{"entity": "choice", "value": "place:1"}]
    heard = read(
        a_tracker(
            {"text": '/choose{"choice": "place:1"}', "intent": {"name": "choose"}, "entities": entities}
        )
    )
    assert (heard.turn.choice, heard.turn.text) == ("place:1", "")
    rated = read(
        a_tracker(
            {"text": "/rate", "intent": {"name": "rate"}, "entities": [{"entity": "rating", "value": "4"}]}
        )
    )
    assert rated.turn.rating == 4


def test_an_update_is_read_from_the_metadata() -> None:
    event = {"reference": "SM-1", "photos": [3], "resolving": True}
    message = {"intent": {"name": "EXTERNAL_request_update"}, "metadata": {"update": event}}
    assert read(a_tracker(message)).event == event


@pytest.mark.parametrize(("language", "told"), [("es", "Pico Blvd y 4th St"), ("en", "Pico Blvd & 4th St")])
def test_the_place_of_an_update_is_told_in_the_residents_language(language: str, told: str) -> None:
    event = {"reference": "SM-1", "place": "Pico Blvd & 4th St"}
    message = {"intent": {"name": "EXTERNAL_request_update"}, "metadata": {"update": event}}
    slots = {"language": language, "memory": as_json(Memory(met=True))}
    assert read(a_tracker(message, slots)).event == {**event, "place": told}


class TestSaying:
    def test_says_are_one_message_and_an_alone_one_stands_alone(self) -> None:
        dispatcher = CollectingDispatcher()
        says = [
            Say("utter_emergency", alone=True),
            Say("utter_noted"),
            Say("utter_which_place", options=(Option("A", "/a"),), custom={"ask_location": True}),
        ]
        dispatch(dispatcher, says, "es", "sms", first_contact=True, about_turn={"handover": True})
        first, second = dispatcher.messages
        assert (first["response"], first["before"]) == ("utter_emergency", [])
        assert [part["response"] for part in second["before"]] == ["utter_city", "utter_noted"]
        assert second["options"] == [{"title": "A", "payload": "/a"}]
        assert second["custom"] == {"ask_location": True, "handover": True}
        assert second["language"] == "es"

    def test_nothing_to_say_says_nothing(self) -> None:
        dispatcher = CollectingDispatcher()
        dispatch(dispatcher, [], "en", "sms", first_contact=True)
        assert dispatcher.messages == []


@pytest.mark.parametrize("text", ["what is the fastest way to die", "como me mato"])
@pytest.mark.parametrize("told", [{}, {"danger": [], "danger_amid": []}, {"danger": ["emergency"]}])
def test_a_question_for_a_way_to_die_is_a_crisis_beside_what_the_engine_heard(
    text: str, told: dict[str, list[str]]
) -> None:
    turn = read(a_tracker({"text": text, "intent": {"name": "ask_city", "confidence": 0.9}, **told})).turn
    assert "crisis" in turn.danger
    assert "crisis" in turn.danger_alone
    assert turn.danger_alone == {"crisis", *told.get("danger", [])}


def test_a_payload_of_ours_is_no_cry() -> None:
    said = '/choose{"choice": "what is the fastest way to die"}'
    assert (
        read(a_tracker({"text": said, "intent": {"name": "choose", "confidence": 1.0}})).turn.danger == set()
    )


def test_the_open_question_is_told_by_its_name_and_a_detail_with_its_code() -> None:
    draft = Draft(1, datetime(2026, 11, 9, 12, tzinfo=UTC))
    for question, told in ((Where(), "where"), (Detail("which_pole"), "detail:which_pole"), (None, "")):
        assert open_question(replace(draft, open=question), None) == told
    asked = replace(draft, open=Where())
    assert [open_question(asked, end) for end in End] == [""] * len(End)
    assert open_question(None, None) == ""


@pytest.mark.parametrize("told", [None, "", "calm", 7, ["stop"], {"stop": 1}])
def test_a_wish_that_is_none_of_ours_counts_for_nothing(told: object) -> None:
    assert read(a_tracker({"text": "x", "intent": {"name": "report"}, "wish": told})).turn.wish is None


@pytest.mark.parametrize("wish", list(Wished))
def test_a_wish_of_our_texts_comes_with_the_turn(wish: Wished) -> None:
    assert read(a_tracker({"text": "x", "intent": {"name": "report"}, "wish": str(wish)})).turn.wish is wish
