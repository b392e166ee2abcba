"""A question without which the department cannot act: asked before the report is read back."""

from __future__ import annotations

import pytest

from bot.conversation.intake.turn import Turn
from bot.conversation.questions.summary import Summary

from ..conftest import Talk, a_turn, choosing, said


def test_a_required_question_is_asked_before_the_summary_and_kept(talk: Talk) -> None:
    step = talk(a_turn("you missed my pick up at 1437 11th st", service="missed_collection"))
    assert said(step) == ["utter_detail"]
    assert step.says[0].options
    step = talk(choosing("detail:bin:recycling"), draft=step.draft)
    assert step.draft is not None
    assert step.draft.open == Summary()
    assert dict(step.draft.answers) == {"bin": "recycling"}


@pytest.mark.parametrize(
    "turn",
    [a_turn("idk", "deny"), a_turn("no sé"), a_turn("i don't know", "out_of_scope"), a_turn("skip", "skip")],
)
def test_who_does_not_know_can_go_on(talk: Talk, turn: Turn) -> None:
    step = talk(a_turn("you missed my pick up at 1437 11th st", service="missed_collection"), turn)
    assert step.draft is not None
    assert (step.draft.open, step.draft.passed) == (Summary(), ("bin",))


def test_an_answer_that_is_not_understood_is_asked_for_once_more_only(talk: Talk) -> None:
    first = a_turn("you missed my pick up at 1437 11th st", service="missed_collection")
    step = talk(first, a_turn("the usual one", "add_to_request"))
    assert said(step) == ["utter_detail"]
    step = talk(a_turn("you know", "add_to_request"), draft=step.draft)
    assert said(step)[0] == "utter_summary"


@pytest.mark.parametrize("intent", ["ask_hours", "ask_how_long"])
def test_a_time_that_reads_like_a_question_about_hours_is_the_answer(talk: Talk, intent: str) -> None:
    """Seen: "tuesdays around 6" at "which day and time?" was answered with our office hours, for ever."""
    first = a_turn("gas leaf blowers at 1437 11th st", service="leaf_blower")
    step = talk(first, a_turn("tuesdays around 6", intent))
    assert step.draft is not None
    assert "tuesdays around 6" in dict(step.draft.answers).values()
    asks = talk(first, a_turn("what time do you close?", intent))
    assert asks.draft is not None
    assert asks.draft.answers == ()


def test_a_correction_of_the_place_is_heard_at_a_detail(talk: Talk) -> None:
    step = talk(
        a_turn("you missed my pick up at 1437 11th st", service="missed_collection"),
        a_turn("sorry, it's 1438 11th st", "correct"),
    )
    assert step.draft is not None
    assert step.draft.location is not None
    assert step.draft.location.name == "1438 11th St"
    assert said(step)[-1] == "utter_detail"


def test_a_correction_may_be_the_answer(talk: Talk) -> None:
    step = talk(
        a_turn("you missed my pick up at 1437 11th st", service="missed_collection"),
        a_turn("sorry it was the blue one", "correct"),
    )
    assert step.draft is not None
    assert dict(step.draft.answers) == {"bin": "recycling"}
