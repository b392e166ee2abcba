"""Updates that are told together: where it stands is said once, no word of staff is lost, and what was asked stays asked."""

from __future__ import annotations

from typing import Any

import pytest

from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import Told
from bot.conversation.questions.staff_question import StaffQuestion
from bot.conversation.questions.verdict import Verdict
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


def test_a_question_stays_asked_when_words_follow_it() -> None:
    told = tell(moved("waiting", "Which side?"), noted("waiting", "We are outside."))
    assert words_in(told) == ["Which side?", "We are outside."]
    asked = told.memory.asking(StaffQuestion, NOON)
    assert asked is not None
    assert asked.words == "Which side?"


def test_where_nothing_was_found_the_answer_is_waited_for_when_words_follow() -> None:
    told = tell(moved("closed", resolution="nothing_found"), noted("closed", "We came at noon."))
    assert told.memory.asking(Verdict, NOON) is not None


def test_a_question_that_is_settled_is_asked_no_more() -> None:
    told = tell(moved("waiting", "Which side?"), moved("in_progress"), noted("in_progress", "Found it."))
    assert told.memory.asking(StaffQuestion, NOON) is None
