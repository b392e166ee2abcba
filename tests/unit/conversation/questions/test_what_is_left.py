"""Shall it be opened again for what is left? Every answer ends the question, and none begins it anew."""

from __future__ import annotations

import pytest

from bot.conversation.intake.effects import GiveFeedback
from bot.conversation.intake.memory import Memory
from bot.conversation.questions.rating import Rating
from bot.conversation.questions.reopened import Reopened
from bot.conversation.questions.what_is_left import WhatIsLeft

from ..conftest import NOON, a_setting, a_turn

ASKED = WhatIsLeft("SM-7K3R9P", "pothole", NOON)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("yes", "affirm"),
        ("mostly fixed, just the womens tp", "add_to_request"),
        ("still not done", "not_fixed"),
        ("its just crooked, the north one", "fixed"),
    ],
)
def test_a_yes_and_more_of_the_same_open_it_again(text: str, intent: str) -> None:
    told = ASKED.answer(Memory(), a_setting(a_turn(text, intent)))
    assert told is not None
    assert [(one.reference, one.verdict) for one in told.effects if isinstance(one, GiveFeedback)] == [
        ("SM-7K3R9P", "not_fixed")
    ]
    assert told.memory.asking(Reopened, NOON) is not None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("no", "deny"),
        ("its fine", "fixed"),
        ("ok thanks", "thanks"),
        ("no need, it is good enough for us here", "deny"),
        ("no ya dejelo asi, nomas si hallan la tapa me la guardan", "not_fixed"),
        ("no leave it, the guys can keep the lid", "add_to_request"),
    ],
)
def test_a_no_ends_it_and_asks_how_it_was(text: str, intent: str) -> None:
    told = ASKED.answer(Memory(), a_setting(a_turn(text, intent)))
    assert told is not None
    assert [one.verdict for one in told.effects if isinstance(one, GiveFeedback)] == ["fixed"]
    assert told.memory.asking(Rating, NOON) is not None


def test_a_question_of_their_own_answers_nothing() -> None:
    assert ASKED.answer(Memory(), a_setting(a_turn("what time do you open?", "ask_hours"))) is None
