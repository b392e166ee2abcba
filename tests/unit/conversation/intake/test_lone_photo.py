"""A photo without words long after "is it fixed?", and pictures whose captions tell of two problems."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.intake.between import Answer, respond
from bot.conversation.intake.during import report_turn
from bot.conversation.intake.effects import AddToRequest, BeginReport, GiveFeedback
from bot.conversation.intake.memory import (
    Awaiting,
    LonePhotos,
    Memory,
    OpenFeedback,
    memory_as_json,
    memory_from_json,
)
from bot.conversation.intake.services import problems_of
from bot.conversation.intake.turn import Caption, PhotoSpot, Problem, Turn

from .conftest import NOON, a_setting, a_turn, choosing

OLD = "SM-7K3Q9P"
DAYS = timedelta(days=3)
ASKED = Memory(met=True, feedback=OpenFeedback(OLD, "pothole", Awaiting.VERDICT, NOON - DAYS))
WAITING = replace(ASKED, lone=LonePhotos((7,), OLD, NOON))
LONE = a_turn(intent="send_photos", photos=(7,))


def answer(turn: Turn, memory: Memory) -> Answer:
    return respond(memory, a_setting(turn))


@pytest.mark.parametrize("awaiting", Awaiting)
def test_a_lone_photo_days_after_the_question_is_asked_about(awaiting: Awaiting) -> None:
    about = OpenFeedback(OLD, "pothole", awaiting, NOON - DAYS)
    given = answer(LONE, replace(ASKED, feedback=about))
    assert [say.response for say in given.says] == ["utter_photo_about"]
    assert given.says[0].values == {"reference": OLD}
    assert given.effects == ()
    assert given.memory.lone == LonePhotos((7,), OLD, NOON)


def test_a_lone_photo_right_after_the_question_still_answers_it() -> None:
    fresh = replace(ASKED, feedback=OpenFeedback(OLD, "pothole", Awaiting.VERDICT, NOON))
    given = answer(LONE, fresh)
    assert given.effects == (GiveFeedback(OLD, verdict="not_fixed"), AddToRequest(OLD, (7,)))


def test_a_report_said_next_takes_the_photo_along() -> None:
    told = a_turn("graffiti at Main and Hill", service="graffiti")
    given = answer(told, WAITING)
    assert given.effects == (BeginReport(),)
    begun = report_turn(None, given.memory, a_setting(told), None)
    assert begun.draft is not None
    assert begun.draft.photos == (7,)
    assert begun.memory.lone is None


def test_a_report_that_goes_to_the_form_directly_takes_it_along_too() -> None:
    begun = report_turn(None, WAITING, a_setting(a_turn("graffiti at Main and Hill")), None)
    assert begun.draft is not None
    assert begun.draft.photos == (7,)


@pytest.mark.parametrize("turn", [choosing("photo:old"), a_turn("yes", intent="affirm")])
def test_the_old_request_gets_it_when_the_resident_says_so(turn: Turn) -> None:
    given = answer(turn, WAITING)
    assert given.effects == (AddToRequest(OLD, (7,)),)
    assert [say.response for say in given.says] == ["utter_ask_fixed"]
    assert given.memory.lone is None


@pytest.mark.parametrize("turn", [choosing("photo:new"), a_turn("no", intent="deny")])
def test_a_new_report_begins_with_it_when_the_resident_says_so(turn: Turn) -> None:
    given = answer(turn, WAITING)
    assert given.effects == (BeginReport(),)
    begun = report_turn(None, given.memory, a_setting(turn), None)
    assert begun.draft is not None
    assert begun.draft.photos == (7,)


def test_the_old_verdict_in_words_takes_it_along() -> None:
    given = answer(a_turn("still there", intent="not_fixed"), WAITING)
    assert given.effects == (
        GiveFeedback(OLD, verdict="not_fixed", comment="still there"),
        AddToRequest(OLD, (7,)),
    )


def test_chatter_in_between_does_not_lose_it() -> None:
    given = answer(a_turn("thanks", intent="thanks"), replace(WAITING, feedback=None))
    assert given.memory.lone == WAITING.lone


def test_after_a_day_nobody_remembers_it() -> None:
    late = replace(WAITING, lone=LonePhotos((7,), OLD, NOON - timedelta(hours=25)))
    begun = report_turn(None, late, a_setting(a_turn("graffiti at Main and Hill")), None)
    assert begun.draft is not None
    assert begun.draft.photos == ()


def test_a_choice_of_a_menu_long_past_is_no_error() -> None:
    assert [say.response for say in answer(choosing("photo:old"), ASKED).says] == ["utter_say_more"]


def test_it_survives_its_slot() -> None:
    assert memory_from_json(memory_as_json(WAITING)) == WAITING


def two_problems(captions: tuple[Caption, ...]) -> Turn:
    return a_turn(
        "pothole at Pico and 4th\ngraffiti at Main and Hill",
        problems=(
            Problem("pothole at Pico and 4th", "pothole", 0.9),
            Problem("graffiti at Main and Hill", "graffiti", 0.9),
        ),
        photos=(1, 2, 3),
        photo_spots=(PhotoSpot(2, 34.0, -118.49),),
        captions=captions,
    )


@pytest.mark.parametrize(
    ("captions", "first", "second"),
    [
        ((), (1, 2, 3), ()),
        ((Caption(2, "graffiti at Main and Hill"),), (1, 3), (2,)),
        ((Caption(1, "Graffiti, Main and Hill!"), Caption(3, "graffiti")), (2,), (1, 3)),
        ((Caption(2, "pothole at Pico and 4th\ngraffiti at Main and Hill"),), (1, 2, 3), ()),
        ((Caption(2, "look at this"),), (1, 2, 3), ()),
        ((Caption(2, ""),), (1, 2, 3), ()),
    ],
)
def test_each_problem_has_the_photos_whose_captions_tell_of_it(
    captions: tuple[Caption, ...], first: tuple[int, ...], second: tuple[int, ...]
) -> None:
    turn = two_problems(captions)
    one, other = problems_of(turn, a_setting(turn))
    assert (one.photos, other.photos) == (first, second)
    assert [spot.photo_id for spot in one.photo_spots] == [2] * (2 in first)
    assert [spot.photo_id for spot in other.photo_spots] == [2] * (2 in second)
