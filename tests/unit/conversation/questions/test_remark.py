"""What is said of the work with its stars, or after them, is kept as a comment and said back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.intake.effects import GiveFeedback
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.remarks import remark_in
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.turn import Turn
from bot.conversation.questions.rating import Rating
from bot.conversation.questions.remark import Remark
from bot.conversation.questions.verdict import Verdict
from bot.conversation.talk import Progress, converse

from ..conftest import NOON, a_setting, a_turn, said

FIXED = "SM-7K3Q9P"
FILED = Memory(met=True, filed=Filed(FIXED, "pothole", NOON))
ASKED = FILED.with_question(Rating(FIXED, "pothole", NOON))
RATED = FILED.with_question(Remark(FIXED, "pothole", NOON))


def answer(turn: Turn, memory: Memory, *own: OwnRequest) -> Progress:
    return converse(None, memory, replace(a_setting(turn), own=own))


def comments(progress: Progress) -> list[str | None]:
    return [one.comment for one in progress.effects if isinstance(one, GiveFeedback)]


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("5, and tell the crew thank you", "tell the crew thank you"),
        ("5 stars! best crew ever", "best crew ever"),
        ("cuatro estrellas, muy amables los muchachos", "muy amables los muchachos"),
        ("2 because it took you months", "it took you months"),
        ("un equipo muy amable", "un equipo muy amable"),
        ("5", ""),
        ("4/5", ""),
        ("3 out of 5", ""),
        ("5 stars, thank you so much", ""),
        ("5 muchas gracias", ""),
        ("great job", ""),
        ("have a great day", ""),
    ],
)
def test_a_remark_is_what_says_more_than_stars_and_manners(text: str, remark: str) -> None:
    assert remark_in(text) == remark


def test_words_beside_many_stars_are_kept_with_them_and_said_back() -> None:
    given = answer(a_turn("5, and tell the crew thank you", "rate"), ASKED)
    assert given.effects == (GiveFeedback(FIXED, rating=5, comment="5, and tell the crew thank you"),)
    assert said(given) == ["utter_rated", "utter_passed_on"]
    assert given.says[1].values == {"quote": "tell the crew thank you"}


@pytest.mark.parametrize("words", ["5", "4 stars, thanks"])
def test_stars_and_manners_are_a_rating_and_no_comment(words: str) -> None:
    given = answer(a_turn(words, "rate"), ASKED)
    assert comments(given) == [None]
    assert said(given) == ["utter_rated"]


@pytest.mark.parametrize(
    ("words", "intent"),
    [
        ("they were super fast", "thanks"),
        ("fueron muy amables los muchachos", "out_of_scope"),
        ("they even swept the sidewalk", "add_to_request"),
        ("the pothole looks great, great work", "report"),
    ],
)
def test_words_after_the_stars_are_a_comment_and_no_report(words: str, intent: str) -> None:
    given = answer(a_turn(words, intent), RATED)
    assert given.draft is None
    assert given.effects == (GiveFeedback(FIXED, comment=words),)
    assert said(given) == ["utter_detail_thanks", "utter_passed_on"]


def test_words_in_the_place_of_stars_are_kept() -> None:
    given = answer(a_turn("thank you they were so kind to my mom", "thanks"), ASKED)
    assert comments(given) == ["thank you they were so kind to my mom"]


def test_stars_beside_fixed_are_one_word_on_the_request() -> None:
    """Two would be one too many: each is kept once for its turn, and the stars would be lost."""
    asked = FILED.with_question(Verdict(FIXED, "pothole", NOON))
    given = answer(a_turn("all fixed, thanks, 5 stars", "fixed"), asked)
    assert given.effects == (
        GiveFeedback(FIXED, verdict="fixed", rating=5, comment="all fixed, thanks, 5 stars"),
    )


@pytest.mark.parametrize(
    "turn",
    [
        a_turn("thank you so much", "thanks"),
        a_turn("when does field 2 open again?", "ask_city"),
        a_turn("there is a dead raccoon on the beach path", "report", "dead_animal"),
        a_turn("graffiti all over the wall", "report", "graffiti"),
        a_turn("the hole is back, as deep as before", "not_fixed"),
        a_turn("they were super fast", "thanks", minutes=60 * 3),
    ],
)
def test_manners_questions_other_matters_and_late_words_are_no_comment(turn: Turn) -> None:
    assert comments(answer(turn, RATED)) in ([], [turn.text])
    assert not any(
        isinstance(one, GiveFeedback) and one.verdict is None for one in answer(turn, RATED).effects
    )


def test_words_about_another_request_of_theirs_are_not_a_comment_on_this_one() -> None:
    own = (
        OwnRequest(FIXED, "pothole", "Pico Blvd & 4th St", finished=True, status="resolved"),
        OwnRequest("SM-2F4H6K", "graffiti", "", theirs=True),
    )
    given = answer(a_turn("the graffiti crew was nice but slow", "add_to_request"), RATED, *own)
    assert not any(isinstance(one, GiveFeedback) for one in given.effects)


def test_the_remark_waits_while_another_request_is_judged() -> None:
    asked = RATED.with_question(Verdict("SM-2F4H6K", "graffiti", NOON + timedelta(minutes=5)))
    given = answer(a_turn("they were super fast", "thanks", minutes=6), asked)
    assert [one.reference for one in given.effects if isinstance(one, GiveFeedback)] == ["SM-2F4H6K"]
