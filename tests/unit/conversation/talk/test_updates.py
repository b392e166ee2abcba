"""Updates that are told together: where it stands is said once, no word of staff is lost, and what was asked stays asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.conversation.intake.effects import AddToRequest
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import Told
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.turn import PinSent, Turn
from bot.conversation.questions.staff_question import StaffQuestion
from bot.conversation.questions.verdict import Verdict
from bot.conversation.talk import converse
from bot.conversation.talk.updates import announce

from ..conftest import NOON, a_setting, a_turn

ABOUT = {"reference": "SM-7K3R9P", "service_code": "pothole", "place": "Pico Blvd & 4th St"}


def moved(status: str, words: str = "", **more: Any) -> dict[str, Any]:
    return {**ABOUT, "status": status, "public_text": words, "note_only": False, **more}


def noted(status: str, words: str) -> dict[str, Any]:
    return moved(status, words, note_only=True)


def tell(*events: dict[str, Any]) -> Told:
    *earlier, last = events
    return announce({**last, "earlier": earlier}, Memory(met=True), a_setting(a_turn()))


def words_in(told: Told) -> list[str]:
    return [str(say.values["note"]) for say in told.says if say.response == "utter_public_text"]


@pytest.mark.parametrize("last", [{"joined": "SM-2F4H6K"}, {"taken_out_of": "SM-2F4H6K"}])
def test_what_staff_wrote_before_a_join_or_its_inverse_is_said_with_it(last: dict[str, Any]) -> None:
    told = tell(noted("open", "We come on Monday."), moved("closed", **last))
    assert words_in(told) == ["We come on Monday."]


@pytest.mark.parametrize(
    ("who", "response"),
    [
        ({"took_back": True}, "utter_update_withdrawn"),
        ({"took_back": False}, "utter_update_withdrawn_by_another"),
        ({}, "utter_update_withdrawn_by_another"),  # written before anybody asked who it was
    ],
)
def test_only_who_took_it_back_reads_that_they_asked_for_it(who: dict[str, bool], response: str) -> None:
    told = tell(moved("closed", resolution="withdrawn", **who), noted("closed", "Thank you."))
    assert [say.response for say in told.says] == [response, "utter_public_text"]


def test_a_question_stays_asked_when_words_follow_it() -> None:
    told = tell(moved("waiting", "Which side?"), noted("waiting", "We are outside."))
    assert words_in(told) == ["Which side?", "We are outside."]
    asked = told.memory.asking(StaffQuestion, NOON)
    assert asked is not None
    assert asked.words == "Which side?"


def test_where_nothing_was_found_the_answer_is_waited_for_when_words_follow() -> None:
    told = tell(moved("closed", resolution="nothing_found"), noted("closed", "We came at noon."))
    assert told.memory.asking(Verdict, NOON) is not None
    # What tells it may be in other words, the question is in ours, and last.
    assert [say.response for say in told.says] == [
        "utter_update_nothing_found",
        "utter_public_text",
        "utter_ask_still_there",
    ]


def test_a_question_that_is_settled_is_asked_no_more() -> None:
    told = tell(moved("waiting", "Which side?"), moved("in_progress"), noted("in_progress", "Found it."))
    assert told.memory.asking(StaffQuestion, NOON) is None


def test_what_was_closed_without_an_answer_goes_on_waiting_for_one() -> None:
    asked = tell(moved("waiting", "Which side?")).memory
    later = a_setting(a_turn(at=NOON + timedelta(days=7)))
    told = announce(moved("closed", resolution="no_answer"), asked, later)
    question = told.memory.asking(StaffQuestion, NOON + timedelta(days=20))
    assert question is not None
    assert question.words == "Which side?"


@pytest.mark.parametrize(
    "turn",
    [
        a_turn("the north side", intent="answer"),
        a_turn("at 17th and Pico", intent="give_place"),
        a_turn(intent="send_photos", photos=(7,)),
        a_turn(pin=PinSent(34.0195, -118.4912)),
    ],
)
def test_whatever_comes_after_that_goes_to_the_request(turn: Turn) -> None:
    memory = tell(moved("closed", resolution="no_answer")).memory
    own = (
        OwnRequest("SM-7K3R9P", "pothole", "Pico Blvd & 4th St", "", True, "closed", NOON, True, False, True),
    )
    step = converse(None, memory, replace(a_setting(turn), own=own))
    (added,) = step.effects
    assert isinstance(added, AddToRequest)
    assert (added.reference, added.photos) == ("SM-7K3R9P", turn.photos)
    assert step.draft is None
    assert not step.says


def put_right(*parts: str, **was: str) -> dict[str, Any]:
    corrected = {"parts": list(parts), **{name: ABOUT[name] for name in ("service_code", "place")}, **was}
    return noted("open", "") | {"corrected": corrected}


def test_what_is_put_right_is_told_with_what_it_was_called_and_asks_last_whether_it_is_right() -> None:
    told = tell(put_right("place", place="Main St & Hill St") | {"due_on": "2026-12-09"})
    assert [say.response for say in told.says] == [
        "utter_update_corrected_place",
        "utter_promise_now",
        "utter_not_right",
    ]
    assert told.says[0].values["about"] == "pothole, Main St & Hill St"
    assert told.says[0].values["corrected"] == "Pico Blvd & 4th St"


def test_what_is_said_to_a_correction_is_about_that_request() -> None:
    memory = tell(put_right("place", place="Main St & Hill St")).memory
    for turn in (a_turn("wrong, it is by the school", "correct"), a_turn("Pico and 4th", "give_place")):
        (effect,) = converse(None, memory, a_setting(turn)).effects
        assert isinstance(effect, AddToRequest)
        assert effect.reference == "SM-7K3R9P"


def test_a_question_that_is_open_stays_open_when_something_is_put_right() -> None:
    asked = announce(moved("resolved", resolving=True), Memory(met=True), a_setting(a_turn())).memory
    told = announce(put_right("service", service_code="graffiti"), asked, a_setting(a_turn()))
    assert told.memory.asking(Verdict, NOON) is not None


def test_of_what_was_put_back_only_what_is_new_beside_it_is_told() -> None:
    there, back = (
        put_right("place", place="Main St & Hill St") | {"place": "Main St & Hill St"},
        put_right("place", place="Main St & Hill St"),
    )
    there["corrected"]["place"] = ABOUT["place"]
    with_words = tell(there, back, noted("open", "A crew comes today."))
    assert [say.response for say in with_words.says] == ["utter_update_note", "utter_public_text"]
    with_a_day = tell(there, back | {"due_on": "2026-12-09"})
    assert [say.response for say in with_a_day.says] == ["utter_update_note", "utter_promise_now"]


def test_what_was_put_back_before_anybody_heard_of_it_is_not_told() -> None:
    told = tell(
        put_right("service", "place", place="Main St & Hill St"),
        put_right("service", service_code="graffiti"),
    )
    assert [say.response for say in told.says] == ["utter_update_corrected_place", "utter_not_right"]
