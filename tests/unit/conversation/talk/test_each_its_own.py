"""A message that speaks of several matters: each gets what is said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest, Withdraw
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.question import End
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.turn import Turn
from bot.conversation.questions.staff_question import StaffQuestion
from bot.conversation.questions.summary import Summary
from bot.conversation.talk import Progress, converse
from bot.conversation.talk.wishes import takes_back

from ..conftest import NOON, a_setting, a_turn, the_places

PLACE = the_places().locate("Colorado Ave and 17th St").location
HOLE = OwnRequest("SM-7K3R9P", "pothole", "Pico Blvd & 4th St", "a deep pothole", reported=NOON, theirs=True)
LAMP = OwnRequest("SM-4T9XWM", "streetlight", "14th St & Montana Ave", "the streetlight is out", theirs=True)
COUCH = Draft(
    id=1,
    touched=NOON,
    service="illegal_dumping",
    location=PLACE,
    description="a couch is dumped there",
    open=Summary(),
)
TALKED = Memory(met=True, filed=Filed(LAMP.reference, LAMP.service, NOON))
ASKED = TALKED.with_question(
    StaffQuestion(HOLE.reference, "pothole", NOON + timedelta(seconds=30), "Which lane?")
)


def take(turn: Turn, memory: Memory = TALKED, draft: Draft | None = None) -> Progress:
    return converse(draft, memory, replace(a_setting(turn), own=(LAMP, HOLE)))


def added(progress: Progress) -> dict[str | None, str]:
    return {one.reference: one.words for one in progress.effects if isinstance(one, AddToRequest)}


def test_an_answer_to_staff_and_a_wish_to_send_both_count() -> None:
    progress = take(a_turn("the right lane. and yes send the couch", minutes=1), ASKED, COUCH)
    assert added(progress) == {HOLE.reference: "the right lane."}
    assert progress.end is End.CONFIRMED
    assert progress.draft is not None
    assert "lane" not in progress.draft.description


def test_two_filed_requests_get_their_own_words() -> None:
    progress = take(a_turn("the lamp has number 4471 and the hole got bigger since the rain", minutes=1))
    assert added(progress) == {
        LAMP.reference: "the lamp has number 4471",
        HOLE.reference: "and the hole got bigger since the rain",
    }


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        ("only the one by the mailbox. and cancel the pothole, they filled it", HOLE),
        ("solo una. y lo del bache ya no, cancelelo", HOLE),
    ],
)
def test_the_one_that_is_named_is_taken_back_beside_other_words(words: str, gone: OwnRequest) -> None:
    progress = take(a_turn(words, minutes=1))
    taken = [one.reference for one in progress.effects if isinstance(one, Withdraw)]
    assert taken == [gone.reference]
    assert list(added(progress)) == [LAMP.reference]


def test_one_is_taken_back_while_another_report_goes_on() -> None:
    progress = take(a_turn("oh and you can forget the pothole", minutes=1), TALKED, COUCH)
    assert [one.reference for one in progress.effects if isinstance(one, Withdraw)] == [HOLE.reference]
    assert progress.draft is not None
    assert progress.end is not End.DROPPED


def test_what_only_says_where_names_no_other_matter() -> None:
    progress = take(a_turn("the lamp is on the corner, right next to the pothole", minutes=1))
    assert list(added(progress)) == [LAMP.reference]


@pytest.mark.parametrize(
    "text", ["please remove the couch", "quiten el sofá por favor", "close the lane while they work"]
)
def test_a_wish_for_work_takes_nothing_back(text: str) -> None:
    assert not takes_back(a_turn(text, "add_to_request"))
