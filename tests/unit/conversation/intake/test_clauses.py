"""What the clauses of a message say by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from bot.conversation.intake.clauses import (
    beyond,
    clauses_of,
    is_manners,
    likeliest_answer,
    sends_among,
    without_manners,
    yes_among,
)
from bot.conversation.intake.turn import Clause, Turn
from tests.unit.conversation.conftest import a_turn


def told(*clauses: tuple[str, str], **more: Any) -> Turn:
    """A turn of clauses, each surely of its reading."""
    read = tuple(Clause(text, {reading: 0.95}) for text, reading in clauses)
    return a_turn(more.pop("text", " ".join(text for text, _ in clauses)), clauses=read, **more)


YES, SENDS, TELLS = ("that is right.", "yes"), ("then yes send it", "yes"), ("the lid rattles too.", "add")


def test_a_yes_among_others_counts() -> None:
    assert yes_among(told(YES, TELLS))
    assert sends_among(told(TELLS, SENDS))
    assert not yes_among(told(TELLS, ("since monday", "tell")))
    assert not sends_among(told(YES, TELLS))  # nothing is said of sending


@pytest.mark.parametrize(
    "clause",
    [
        ("no wait", "no"),
        ("cancel that", "cancel"),
        ("yes but before that", "yes"),
        ("yes if it is free", "yes"),
    ],
)
def test_a_yes_that_is_taken_back_or_waits_is_none(clause: tuple[str, str]) -> None:
    assert not yes_among(told(YES, clause))


def test_a_yes_that_begins_a_message_needs_less() -> None:
    going = (Clause("ok go.", {"yes": 0.72}), Clause("three days is long", {"add": 0.5}))
    assert yes_among(a_turn("ok go. three days is long", clauses=going))
    assert not yes_among(a_turn("three days is long ok go.", clauses=going[::-1]))


def test_what_only_answers_is_left_out_of_what_staff_read() -> None:
    assert without_manners(told(YES, TELLS, SENDS)) == "the lid rattles too."
    assert without_manners(told(YES, SENDS)) == "that is right. then yes send it"  # nothing else is told
    assert not is_manners(Clause("yes 1226", {"yes": 0.99}))  # a figure tells something
    assert not is_manners(Clause("and you wait four full minutes,", {"anger": 0.9}))  # in words, too
    assert is_manners(Clause("not one of you cares,", {"anger": 0.9}))


def test_clauses_go_with_the_words_they_stand_in() -> None:
    turn = told(YES, TELLS, text="the lid rattles too.")
    assert [clause.text for clause in clauses_of(turn)] == ["the lid rattles too."]


def test_a_clause_stands_in_words_and_not_in_letters() -> None:
    turn = told(("no,", "no"), ("i know the lid rattles", "add"), text="i know the lid rattles")
    assert [clause.text for clause in clauses_of(turn)] == ["i know the lid rattles"]


def test_what_is_told_beyond_a_place_is_found() -> None:
    turn = told(("es la 17 no la 16,", "correct"), ("suena cada dos segundos,", "add"), ("gracias", "thanks"))
    assert beyond(turn, "Pico Blvd y 17th St", "pico y 16") == "suena cada dos segundos,"
    assert (
        beyond(told(("not Main,", "correct"), ("it is Ocean", "correct")), "Main St & Hill St", "Ocean Ave")
        == ""
    )


def test_an_answer_is_found_among_clauses() -> None:
    assert likeliest_answer(told(("qué belleza,", "chatter"), ("Dios les pague", "thanks"))) == "thanks"
    assert likeliest_answer(told(TELLS, ("since monday", "tell"))) is None
    assert likeliest_answer(a_turn("gracias")) is None
