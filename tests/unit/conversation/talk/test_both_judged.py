"""Praise for one request beside what is left of another: each gets its own verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.effects import AddToRequest, GiveFeedback
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.turn import Turn
from bot.conversation.questions.rating import Rating
from bot.conversation.questions.reopened import Reopened
from bot.conversation.questions.verdict import Verdict
from bot.conversation.talk import Progress, converse
from bot.conversation.talk.both_judged import both_judged

from ..conftest import NOON, a_setting, a_turn, said

LIGHT = OwnRequest("SM-2F4H6K", "streetlight", "Main St", finished=True, status="resolved", theirs=True)
HOLE = OwnRequest("SM-7K3R9P", "pothole", "Pico Blvd", finished=True, status="resolved", theirs=True)
OPEN_HOLE = replace(HOLE, finished=False, status="open")
FILED = Memory(met=True, filed=Filed(HOLE.reference, "pothole", NOON))
BOTH = "the light works great, but the pothole is still there"


def asked_about(request: OwnRequest) -> Memory:
    return FILED.with_question(Verdict(request.reference, request.service, NOON))


def answer(turn: Turn, memory: Memory, *own: OwnRequest) -> Progress:
    return converse(None, memory, replace(a_setting(turn), own=own))


@pytest.mark.parametrize("memory", [FILED, asked_about(LIGHT), asked_about(HOLE)])
def test_each_of_two_finished_requests_gets_its_verdict_whichever_was_asked_about(memory: Memory) -> None:
    given = answer(a_turn(BOTH, "not_fixed"), memory, LIGHT, HOLE)
    assert given.effects == (
        GiveFeedback(LIGHT.reference, verdict="fixed", comment="the light works great"),
        GiveFeedback(HOLE.reference, verdict="not_fixed", comment=BOTH),
    )
    assert said(given) == ["utter_fixed_after_all", "utter_reopened_with"]
    assert given.memory.asking(Verdict, NOON) is None
    assert given.memory.asking(Reopened, NOON) is not None


@pytest.mark.parametrize("intent", ["not_fixed", "fixed", "report", "add_to_request"])
def test_whatever_such_words_read_like(intent: str) -> None:
    given = answer(a_turn(BOTH, intent), asked_about(HOLE), LIGHT, HOLE)
    assert [(one.reference, one.verdict) for one in given.effects if isinstance(one, GiveFeedback)] == [
        (LIGHT.reference, "fixed"),
        (HOLE.reference, "not_fixed"),
    ]


def test_in_spanish_and_the_other_way_round() -> None:
    words = "el bache sigue ahí, pero la luz ya quedó bien"
    given = answer(a_turn(words, "not_fixed", language="es"), asked_about(LIGHT), LIGHT, HOLE)
    assert [(one.reference, one.verdict) for one in given.effects if isinstance(one, GiveFeedback)] == [
        (LIGHT.reference, "fixed"),
        (HOLE.reference, "not_fixed"),
    ]


def test_a_request_that_is_still_worked_on_gets_the_words() -> None:
    given = answer(a_turn(BOTH, "not_fixed"), asked_about(LIGHT), LIGHT, OPEN_HOLE)
    assert given.effects == (
        GiveFeedback(LIGHT.reference, verdict="fixed", comment="the light works great"),
        AddToRequest(HOLE.reference, words=BOTH),
    )
    assert given.memory.asking(Rating, NOON) is None


@pytest.mark.parametrize(
    "words",
    [
        "the light works great",  # one alone
        "the pothole is still there",
        "the light does not work, and the pothole is still there",
        "the light works, but is the pothole still there?",
        "the pothole is fixed but the edge of the pothole is still there",  # both about one
        "if the light works great the pothole can wait, it is still there",
    ],
)
def test_anything_else_is_no_two_verdicts(words: str) -> None:
    turn = a_turn(words, "not_fixed")
    assert both_judged(asked_about(LIGHT), replace(a_setting(turn), own=(LIGHT, HOLE))) is None


def test_what_was_closed_for_good_or_goes_on_waits_for_no_praise() -> None:
    for light in (replace(LIGHT, status="closed"), replace(LIGHT, finished=False, status="open")):
        setting = replace(a_setting(a_turn(BOTH, "not_fixed")), own=(light, HOLE))
        assert both_judged(FILED, setting) is None
