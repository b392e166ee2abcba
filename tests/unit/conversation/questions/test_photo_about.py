"""What is this photo about? One without words long after "is it fixed?"."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.intake.effects import AddToRequest, GiveFeedback
from bot.conversation.intake.finished import FINISHED
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import FiledQuestion
from bot.conversation.intake.turn import Turn
from bot.conversation.questions.photo_about import PhotoAbout
from bot.conversation.questions.rating import Rating
from bot.conversation.questions.reopened import Reopened
from bot.conversation.questions.verdict import Verdict
from bot.conversation.talk import Progress, converse

from ..conftest import NOON, a_setting, a_turn, choosing

OLD = "SM-7K3Q9P"
DAYS = timedelta(days=3)
ASKED = Memory(met=True, agenda=(Verdict(OLD, "pothole", NOON - DAYS),))
LONE_PHOTO = PhotoAbout(OLD, "pothole", NOON, (7,))
WAITING = ASKED.with_question(LONE_PHOTO)
LONE = a_turn(intent="send_photos", photos=(7,))


def answer(turn: Turn, memory: Memory) -> Progress:
    return converse(None, memory, a_setting(turn))


@pytest.mark.parametrize("asked", [Verdict, Rating, Reopened])
def test_a_lone_photo_days_after_the_question_is_asked_about(asked: type[FiledQuestion]) -> None:
    given = answer(LONE, Memory(met=True, agenda=(asked(OLD, "pothole", NOON - DAYS),)))
    assert [say.response for say in given.says] == ["utter_photo_about"]
    assert given.says[0].values == {"reference": OLD}
    assert given.effects == ()
    assert given.draft is None
    assert given.memory.asking(PhotoAbout, NOON) == LONE_PHOTO


def test_a_lone_photo_right_after_the_question_still_answers_it() -> None:
    fresh = Memory(met=True, agenda=(Verdict(OLD, "pothole", NOON),))
    given = answer(LONE, fresh)
    assert given.effects == (GiveFeedback(OLD, verdict="not_fixed"), AddToRequest(OLD, (7,)))


def test_a_report_said_next_takes_the_photo_along() -> None:
    told = a_turn("graffiti at Main and Hill", service="graffiti")
    begun = answer(told, WAITING)
    assert begun.effects == ()
    assert begun.draft is not None
    assert (begun.draft.service, begun.draft.photos) == ("graffiti", (7,))
    assert begun.memory.asking(PhotoAbout, NOON) is None


def test_a_report_of_which_only_the_place_is_clear_takes_it_along_too() -> None:
    begun = answer(a_turn("graffiti at Main and Hill"), WAITING)
    assert begun.draft is not None
    assert begun.draft.photos == (7,)


@pytest.mark.parametrize("turn", [choosing("photo:old"), a_turn("yes", intent="affirm")])
def test_the_old_request_gets_it_when_the_resident_says_so(turn: Turn) -> None:
    given = answer(turn, WAITING)
    assert given.effects == (AddToRequest(OLD, (7,)),)
    assert [say.response for say in given.says] == ["utter_ask_fixed"]
    assert given.memory.asking(PhotoAbout, NOON) is None


@pytest.mark.parametrize("turn", [choosing("photo:new"), a_turn("no", intent="deny")])
def test_a_new_report_begins_with_it_when_the_resident_says_so(turn: Turn) -> None:
    begun = answer(turn, WAITING)
    assert begun.effects == ()
    assert begun.draft is not None
    assert begun.draft.photos == (7,)


def test_the_old_verdict_in_words_takes_it_along() -> None:
    given = answer(a_turn("still there", intent="not_fixed"), WAITING)
    assert given.effects == (
        GiveFeedback(OLD, verdict="not_fixed", comment="still there"),
        AddToRequest(OLD, (7,)),
    )


def test_chatter_in_between_does_not_lose_it() -> None:
    given = answer(a_turn("thanks", intent="thanks"), WAITING.without(FINISHED))
    assert given.memory.asking(PhotoAbout, NOON) == LONE_PHOTO


def test_after_a_day_nobody_remembers_it() -> None:
    late = ASKED.with_question(replace(LONE_PHOTO, at=NOON - timedelta(hours=25)))
    begun = answer(a_turn("graffiti at Main and Hill"), late)
    assert begun.draft is not None
    assert begun.draft.photos == ()


def test_a_choice_of_a_menu_long_past_is_no_error() -> None:
    assert [say.response for say in answer(choosing("photo:old"), ASKED).says] == ["utter_say_more"]
