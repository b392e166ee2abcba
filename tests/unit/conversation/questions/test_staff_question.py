"""The answer to what staff asked, also after they closed the request for want of one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.effects import AddToRequest
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.questions.staff_question import StaffQuestion
from bot.conversation.talk import converse

from ..conftest import NOON, a_setting, a_turn

CLOSED = OwnRequest(
    "SM-7K3R9P",
    "pothole",
    "Pico Blvd & 4th St",
    "a hole",
    finished=True,
    status="closed",
    reported=NOON,
    theirs=True,
)
ASKED = Memory(met=True, filed=Filed(CLOSED.reference, "pothole", NOON)).with_question(
    StaffQuestion(CLOSED.reference, "pothole", NOON, "Which lane?")
)


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("the right lane, before the light", True),
        ("the hole is at Pico and 4th, right lane", True),
        ("there is a pothole at Wilshire and 14th", False),
    ],
)
def test_a_hole_elsewhere_is_no_answer_about_a_closed_one(text: str, answers: bool) -> None:
    setting = replace(a_setting(a_turn(text, "report", "pothole", minutes=60 * 24 * 9)), own=(CLOSED,))
    progress = converse(None, ASKED, setting)
    added = [one.reference for one in progress.effects if isinstance(one, AddToRequest)]
    assert added == ([CLOSED.reference] if answers else [])
    assert (progress.draft is None) is answers


def test_a_question_back_goes_to_staff_and_theirs_stays_asked() -> None:
    waiting = replace(CLOSED, finished=False, status="waiting")
    asked = Memory(met=True).with_question(StaffQuestion(CLOSED.reference, "pothole", NOON, "Which lane?"))
    for text, asks in (("which lane of which street?", True), ("the right lane", False)):
        setting = replace(a_setting(a_turn(text, "answer", minutes=5)), own=(waiting,))
        progress = converse(None, asked, setting)
        (added,) = (one for one in progress.effects if isinstance(one, AddToRequest))
        assert (added.reference, added.asks) == (CLOSED.reference, asks)
        assert (progress.memory.asking(StaffQuestion, setting.turn.at) is not None) is asks


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("No, on the sidewalk", "deny"),
        ("yes, in the bike lane", "affirm"),
        ("Yes. Right at the driveway", "affirm"),
        ("si, en la banqueta", "affirm"),
        ("ok no, it is the other side", "deny"),
        ("no", "deny"),
    ],
)
def test_the_yes_or_no_of_an_answer_reaches_who_asked(text: str, intent: str) -> None:
    waiting = replace(CLOSED, finished=False, status="waiting")
    question = StaffQuestion(CLOSED.reference, "pothole", NOON, "Is it in the street?")
    asked = Memory(met=True).with_question(question)
    setting = replace(a_setting(a_turn(text, intent, minutes=5)), own=(waiting,))
    progress = converse(None, asked, setting)
    assert [one.words for one in progress.effects if isinstance(one, AddToRequest)] == [text]
    assert question not in progress.memory.agenda
