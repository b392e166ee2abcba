"""Which of their requests a resident speaks of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.effects import TellStatus
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.naming import (
    named_by_matter,
    named_by_number,
    not_fixed_by_number,
    reference_in,
    takes_up,
)
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.status import asked_about
from bot.conversation.talk import converse

from ..conftest import NOON, a_setting, a_turn

FRIDGE = OwnRequest(
    "SM-7K3R9P", "illegal_dumping", "1640 Lincoln Blvd", "somebody dumped a fridge in the alley"
)
TAGS = OwnRequest("SM-2F4H6K", "graffiti", "1640 Lincoln Blvd", "Graffiti on the wall")
LIGHT = OwnRequest("SM-9C2D4F", "streetlight", "Pico Blvd & 20th St", "esta apagada la luz del poste")
OWN = (FRIDGE, TAGS, LIGHT)
LAST = Memory(met=True, filed=Filed("SM-7K3R9P", "illegal_dumping", NOON))


def of(words: str, intent: str = "report") -> Setting:
    return replace(a_setting(a_turn(words, intent)), own=OWN)


@pytest.mark.parametrize(
    "words",
    [
        "SM-2F4H6K",
        "hello?? sm 2f4h6k",
        "whats up with SM2F4H6K",
        "2F4H6K",
        "my number is sm 2f4 h6k",
        "(2f4-h6k)",
    ],
)
def test_by_its_number(words: str) -> None:
    assert named_by_number(of(words)) == TAGS


@pytest.mark.parametrize("words", ["SM-RHJYRY is full of water", "sm rhjyry??", "que paso con SMRHJYRY"])
def test_by_a_number_without_a_digit(words: str) -> None:
    bumpy = OwnRequest("SM-RHJYRY", "pothole", "1640 Lincoln Blvd", "a deep one")
    assert named_by_number(replace(a_setting(a_turn(words)), own=(*OWN, bumpy))) == bumpy


@pytest.mark.parametrize(
    "words", ["SM-2F4H6K is not fixed", "el SM-2F4H6K sigue igual", "2f4h6k, the paint is still there"]
)
def test_not_fixed_is_heard_behind_a_number(words: str) -> None:
    done = replace(TAGS, finished=True)
    assert not_fixed_by_number(replace(of(words, "ask_status"), own=(done,))) == done
    assert not_fixed_by_number(of(words, "ask_status")) is None


def test_look_alikes_in_a_number_are_what_we_wrote() -> None:
    assert reference_in("SM-4FBWZ5") == reference_in("sm4f8w25") == "SM-4F8W25"


@pytest.mark.parametrize(
    "words", ["at the corner of 20th", "my street is rhythm free", "x2f4h6k", "call 310-458-8221"]
)
def test_words_and_figures_that_are_no_number(words: str) -> None:
    assert reference_in(words) is None
    assert named_by_number(of(words)) is None


def test_a_word_that_both_were_told_with_names_the_one_that_is_called_so() -> None:
    light = replace(LIGHT, told="the light works, but the graffiti is still there")
    assert named_by_matter("any news about the graffiti?", replace(of(""), own=(light, TAGS))) == TAGS


@pytest.mark.parametrize(
    ("words", "request_"),
    [
        ("and the graffiti?", TAGS),
        ("y de la luz q paso", LIGHT),
        ("did they take the fridge", FRIDGE),
        ("the streetlights", LIGHT),
        ("any news", None),
        ("the graffiti and the light", None),
        ("on the wall by the corner of the street", TAGS),
    ],
)
def test_by_what_it_is(words: str, request_: OwnRequest | None) -> None:
    assert named_by_matter(words, of(words)) == request_


@pytest.mark.parametrize(
    "words", ["this one, by the drain", "its behind the cafe", "the fridge is by the gate", "es la misma"]
)
def test_words_that_take_up_what_was_talked_of(words: str) -> None:
    assert takes_up(words, "SM-7K3R9P", "illegal_dumping", of(words))


@pytest.mark.parametrize(
    "words",
    [
        "its a dead raccoon",
        "there is a pothole",
        "loud music every night",
        "the corner of the street",
        "a bench on the same corner",
    ],
)
def test_words_that_tell_of_something_new(words: str) -> None:
    assert not takes_up(words, "SM-7K3R9P", "illegal_dumping", of(words))


@pytest.mark.parametrize(
    ("words", "request_", "rest"),
    [
        ("Hello? Anyone? SM-2F4H6K", TAGS, ""),
        ("I asked about the graffiti, any news?", TAGS, ""),
        ("No pic. Just the door. What about the graffiti?", TAGS, "No pic. Just the door."),
        ("y de la luz q paso no me han dicho nada", LIGHT, ""),
        ("and the light?", LIGHT, ""),
        ("si porfavor. y la luz pa cuando", LIGHT, "si porfavor."),
    ],
)
def test_how_another_request_of_theirs_stands(words: str, request_: OwnRequest, rest: str) -> None:
    assert asked_about(LAST, of(words)) == (request_, rest)


@pytest.mark.parametrize(
    "words",
    [
        "any news on the fridge",  # the one that is talked of: a question like any other
        "what is going on here",
        "luz apagada en Pico y la 20",
        "the graffiti is on the north wall",
    ],
)
def test_words_that_ask_for_no_other_request(words: str) -> None:
    assert asked_about(LAST, of(words)) is None


def test_words_with_a_number_that_tell_something_are_no_question() -> None:
    words = "SM-2F4H6K they also painted the door of the garage"
    assert asked_about(LAST, of(words)) is None


def test_a_question_of_one_matter_is_answered_for_that_one() -> None:
    progress = converse(None, LAST, of("how is the graffiti coming along", "ask_status"))
    assert progress.effects == (TellStatus("SM-2F4H6K"),)
