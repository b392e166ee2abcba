"""A turn is heard with what is open in mind: the same words mean different things at different questions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.hearing.competition import features, likelihoods
from bot.conversation.hearing.evidence import Scene, evidence
from bot.conversation.hearing.hear import heard, scene_of
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.turn import Turn
from bot.conversation.questions.helpful_detail import HelpfulDetail
from bot.conversation.questions.verdict import Verdict
from tests.exploring import examples
from tests.texts import any_text

from ..conftest import NOON, a_setting, a_turn, choosing

FILED = Memory(met=True, filed=Filed("SM-7K3R9P", "pothole", NOON))
PLACED = Draft(id=1, touched=NOON, service="pothole", placeless=True, description="a hole")


def meant(words: str, intent: str, replies: dict[str, float], **state: Any) -> Turn:
    """The turn after it was heard; `replies` is what the engine makes of the words as a reply."""
    turn = a_turn(words, intent, state.pop("service", None), replies=replies)
    return heard(state.get("draft"), state.get("memory", Memory(met=True)), a_setting(turn)).turn


def test_a_first_message_is_read_by_itself() -> None:
    turn = a_turn("huge pothole", "report", "pothole", replies={"another": 0.9, "tell": 0.1})
    assert heard(None, Memory(), a_setting(turn)).turn == turn


@pytest.mark.parametrize("turn", [choosing("updates:yes"), a_turn(intent="send_photos", photos=(1,))])
def test_options_and_photos_need_no_hearing(turn: Turn) -> None:
    turn = replace(turn, replies={"add": 0.9})
    assert heard(None, FILED, a_setting(turn)).turn == turn


def test_a_time_answers_the_question_for_a_time() -> None:
    asked = FILED.with_question(HelpfulDetail("SM-7K3R9P", "noise", NOON, ("when",), asked=True))
    turn = meant("tuesdays around 6", "ask_hours", {"tell": 0.9, "ask": 0.06, "add": 0.04}, memory=asked)
    assert turn.intent == "answer"


def test_a_withdrawal_at_the_summary_gives_the_report_up() -> None:
    turn = meant("nah forget the whole thing", "deny", {"cancel": 0.9, "no": 0.1}, draft=PLACED)
    assert turn.intent == "cancel"


def test_words_that_say_no_yes_must_be_the_surest_to_send_a_report() -> None:
    """Heard "yes" by a little more than other readings: "but I asked whether that is allowed or not"."""
    words = "pero le pregunte si es prohibido o no"
    assert (
        meant(words, "report", {"yes": 0.4, "correct": 0.2, "ask": 0.2, "no": 0.2}, draft=PLACED).intent
        != "affirm"
    )
    assert meant("go for it", "report", {"yes": 0.999}, draft=PLACED).intent == "affirm"


def test_after_is_it_fixed_other_words_are_still_an_answer() -> None:
    asked = FILED.with_question(Verdict("SM-7K3R9P", "pothole", NOON))
    turn = meant(
        "nope same hole same place", "report", {"no": 0.6, "not_fixed": 0.3, "add": 0.1}, memory=asked
    )
    assert turn.intent in ("deny", "not_fixed")


def test_what_is_doubtful_stays_as_the_engine_reads_it() -> None:
    even = dict.fromkeys(("add", "another", "chatter", "correct"), 1 / 4)
    assert meant("hm so that", "out_of_scope", even, memory=FILED).intent == "out_of_scope"


def test_the_newest_question_is_the_scene() -> None:
    both = FILED.with_question(Verdict("SM-7K3R9P", "pothole", NOON)).with_question(
        HelpfulDetail("SM-7K3R9P", "pothole", NOON, ("size",), asked=True)
    )
    scene = scene_of(None, both, a_setting(a_turn("hm")))
    assert scene is not None
    assert scene.question == "helpful_detail"
    assert scene.options


QUESTIONS = ("where", "summary", "verdict", "filed", "rating", "in_group", "a question of tomorrow")
READINGS = ("yes", "no", "tell", "add", "a reading of tomorrow")


@given(any_text(), st.sampled_from(QUESTIONS), st.dictionaries(st.sampled_from(READINGS), st.floats(0, 1)))
@examples(80)
def test_any_text_has_probabilities_that_add_up(text: str, question: str, replies: dict[str, float]) -> None:
    scene = Scene(question, "pothole")
    found = evidence(scene, a_setting(a_turn(text, service="graffiti")))
    assert all(0 <= value <= 1 for value in found.values())
    chances = likelihoods(scene, replies, found)
    assert sum(chances.values()) == pytest.approx(1)
    assert features(scene, replies, found)
