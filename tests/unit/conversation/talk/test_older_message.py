"""What is written below an older message of ours is about the request that message told of, and disturbs nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest, GiveFeedback, Mute, TellStatus
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.turn import Turn
from bot.conversation.questions.reopened import Reopened
from bot.conversation.questions.staff_question import StaffQuestion
from bot.conversation.questions.verdict import Verdict
from bot.conversation.talk import Progress, converse

from ..conftest import NOON, a_setting, a_turn, choosing, said

HOLE = OwnRequest("SM-7K3R9P", "pothole", "Pico Blvd & 4th St", "a deep hole", reported=NOON, theirs=True)
LAMP = OwnRequest("SM-4T9XWM", "streetlight", "1033 10th St", "it is dark", reported=NOON, theirs=True)
DONE_HOLE = replace(HOLE, status="resolved", finished=True)
DONE_LAMP = replace(LAMP, status="resolved", finished=True)
TALKED_OF_LAMP = Memory(met=True, filed=Filed(LAMP.reference, "streetlight", NOON))
ASKED_OF_LAMP = TALKED_OF_LAMP.with_question(Verdict(LAMP.reference, "streetlight", NOON))


def below_the_hole(text: str = "", intent: str = "report", **more: object) -> Turn:
    return a_turn(text, intent, minutes=1, about=HOLE.reference, **more)


def take(
    turn: Turn, memory: Memory = TALKED_OF_LAMP, own: tuple[OwnRequest, ...] = (LAMP, HOLE), draft: Draft | None = None
) -> Progress:  # fmt: skip
    return converse(draft, memory, replace(a_setting(turn), own=own))


def references(progress: Progress) -> list[str | None]:
    return [one.reference for one in progress.effects if hasattr(one, "reference")]


@pytest.mark.parametrize(
    ("words", "intent", "replies"),
    [
        ("it is on the left, by the bus stop", "add_to_request", {"add": 0.9}),
        ("still there", "not_fixed", {}),
        ("sigue igual, nadie ha venido", "report", {}),
        ("it got bigger since the rain", "report", {}),
    ],
)
def test_words_below_an_update_of_an_open_request_go_to_that_one(
    words: str, intent: str, replies: dict[str, float]
) -> None:
    progress = take(below_the_hole(words, intent, replies=replies))
    assert set(references(progress)) == {HOLE.reference}
    assert progress.draft is None


def test_without_the_reply_they_would_go_to_the_one_that_is_talked_of() -> None:
    words = a_turn("it is on the left, by the bus stop", "add_to_request", minutes=1, replies={"add": 0.9})
    assert references(take(words)) == [LAMP.reference]


def test_a_button_from_before_it_was_opened_again_tells_how_it_stands() -> None:
    progress = take(below_the_hole("", "not_fixed"))
    assert progress.effects == (TellStatus(HOLE.reference),)


@pytest.mark.parametrize("memory", [TALKED_OF_LAMP, ASKED_OF_LAMP])
@pytest.mark.parametrize(
    ("words", "intent"), [("still there", "not_fixed"), ("no", "deny"), ("", "not_fixed")]
)
def test_not_fixed_below_an_older_update_opens_that_request(words: str, intent: str, memory: Memory) -> None:
    progress = take(below_the_hole(words, intent), memory, (DONE_LAMP, DONE_HOLE))
    (feedback,) = [one for one in progress.effects if isinstance(one, GiveFeedback)]
    assert (feedback.reference, feedback.verdict) == (HOLE.reference, "not_fixed")
    assert "utter_reopened" in said(progress)
    # The photo that is asked for now is of the hole: the lamp's question does not take it.
    photo = a_turn("", "send_photos", minutes=2, photos=(7,))
    after = take(photo, progress.memory, (DONE_LAMP, replace(DONE_HOLE, status="open", finished=False)))
    assert after.effects == (AddToRequest(HOLE.reference, (7,), ""),)


def test_fixed_below_an_older_update_is_about_that_request() -> None:
    progress = take(below_the_hole("yes", "affirm"), ASKED_OF_LAMP, (DONE_LAMP, DONE_HOLE))
    assert "utter_ask_rating" in said(progress)
    assert progress.memory.agenda[-1].reference == HOLE.reference


def test_a_photo_alone_below_an_older_update_goes_to_that_request() -> None:
    photo = below_the_hole("", "send_photos", photos=(7,))
    assert take(photo).effects == (AddToRequest(HOLE.reference, (7,), ""),)
    reopened = take(photo, ASKED_OF_LAMP, (DONE_LAMP, DONE_HOLE))
    assert set(references(reopened)) == {HOLE.reference}


def test_how_it_stands_is_told_of_the_one_that_is_asked_after() -> None:
    progress = take(below_the_hole("any news?", "ask_status"))
    assert [one.reference for one in progress.effects if isinstance(one, TellStatus)] == [HOLE.reference]


def test_no_more_texts_below_an_update_are_no_more_of_that_request() -> None:
    progress = take(below_the_hole("no more updates about this please", "stop_texts"))
    assert progress.effects == (Mute(HOLE.reference),)


def test_manners_below_an_older_update_say_nothing_about_the_work_and_what_was_asked_stays() -> None:
    progress = take(below_the_hole("thanks!", "thanks"), ASKED_OF_LAMP, (DONE_LAMP, DONE_HOLE))
    assert not [one for one in progress.effects if isinstance(one, GiveFeedback)]
    assert progress.memory.asking(Verdict, NOON) == Verdict(LAMP.reference, "streetlight", NOON)
    assert progress.memory.filed == ASKED_OF_LAMP.filed


@pytest.mark.parametrize(
    ("words", "intent"),
    [
        ("the light works great thanks, but the pothole is still there", "thanks"),
        ("la luz ya quedo pero el bache sigue ahi", "fixed"),
        ("lamp is fine. the hole is still there", "add_to_request"),
    ],
)
def test_praise_of_one_beside_a_complaint_of_another_judges_both(words: str, intent: str) -> None:
    progress = take(a_turn(words, intent, minutes=1), ASKED_OF_LAMP, (DONE_LAMP, DONE_HOLE))
    given = [one for one in progress.effects if isinstance(one, GiveFeedback)]
    assert [(one.reference, one.verdict) for one in given] == [
        (LAMP.reference, "fixed"),
        (HOLE.reference, "not_fixed"),
    ]
    assert progress.memory.asking(Verdict, NOON) is None, "of the lamp nothing is left to ask"
    assert progress.memory.asking(Reopened, NOON) is not None


def test_a_question_of_staff_about_another_request_still_waits() -> None:
    asked = StaffQuestion(LAMP.reference, "streetlight", NOON, "Which pole?")
    progress = take(
        below_the_hole("it is by the bus stop", "add_to_request", replies={"add": 0.9}),
        TALKED_OF_LAMP.with_question(asked),
    )
    assert set(references(progress)) == {HOLE.reference}
    assert progress.memory.asking(StaffQuestion, NOON) == asked


@pytest.mark.parametrize("own", [(LAMP, HOLE), (LAMP, DONE_HOLE)])
def test_a_report_in_the_making_goes_on_behind_it(own: tuple[OwnRequest, ...]) -> None:
    draft = converse(
        None, Memory(met=True), a_setting(a_turn("a couch was dumped", service="bulky_items"))
    ).draft
    assert draft is not None
    progress = take(below_the_hole("still there", "not_fixed"), own=own, draft=draft)
    assert set(references(progress)) == {HOLE.reference}
    assert progress.draft == draft
    assert progress.end is None
    assert len(said(progress)) > 0, "what was asked comes again"


def test_a_number_in_the_words_counts_more_than_the_message_above_them() -> None:
    words = f"please add to {LAMP.reference}: it is the second pole"
    progress = take(below_the_hole(words, "add_to_request", replies={"add": 0.9}))
    assert references(progress) == [LAMP.reference]


def test_a_new_report_below_an_update_is_a_report() -> None:
    words = "I want to report graffiti on the wall at Main St and Hill St"
    progress = take(below_the_hole(words, "report", service="graffiti"))
    assert progress.draft is not None
    assert progress.draft.service == "graffiti"


@pytest.mark.parametrize(
    "turn",
    [
        replace(below_the_hole("still there", "not_fixed"), about="SM-2F4H6K"),
        replace(below_the_hole("still there", "not_fixed"), taken_over=True),
        replace(choosing("updates:yes", minutes=1), about=HOLE.reference),
    ],
)
def test_what_is_none_of_theirs_or_no_reply_in_words_is_taken_as_without(turn: Turn) -> None:
    own = (DONE_LAMP, DONE_HOLE)
    alone = take(replace(turn, about=None), ASKED_OF_LAMP, own)
    assert take(turn, ASKED_OF_LAMP, own) == alone
