"""Words of staff: what keeps them from being said, and what they cost."""

from __future__ import annotations

import pytest

from bot.cases.status import Resolution, Status
from bot.conversation.worded import (
    MOST_CHARACTERS,
    MOST_PARTS,
    OF_A_REQUEST,
    Fault,
    built_in,
    fields_of,
    preview,
    problems_of,
    tidied,
)
from bot.conversation.wording_fields import MAY_NAME
from bot.conversation.wordings import RESPONSES, UnknownWordsError, words_built_in

DONE = "{reference} ({about}) is done."
LANGUAGES = ("en", "es")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", RESPONSES)
def test_the_built_in_words_can_be_said(key: str, language: str) -> None:
    built = words_built_in(key, language)
    assert problems_of(built, built, language) == ()
    assert preview(built, language).most_parts <= MOST_PARTS
    assert "{" not in preview(built, language).text


@pytest.mark.parametrize("key", RESPONSES)
def test_both_languages_name_the_same_fields(key: str) -> None:
    english, spanish = (set(fields_of(words_built_in(key, language))) for language in LANGUAGES)
    assert english == spanish


@pytest.mark.parametrize(
    ("words", "faults"),
    [
        ("", [(Fault.EMPTY, "")]),
        ("Done!", [(Fault.MISSING_FIELD, "reference"), (Fault.MISSING_FIELD, "about")]),
        ("{reference}, {about}: done by {crew}", [(Fault.UNKNOWN_FIELD, "crew")]),
        ("{reference}, {about}: ask {phone}", []),
        ("{ reference } {about}", [(Fault.MISSING_FIELD, "reference"), (Fault.UNKNOWN_FIELD, " reference ")]),
        ("{reference} {about} {", [(Fault.LOOSE_BRACE, "")]),
        ("{{reference}} {about}", [(Fault.LOOSE_BRACE, "")]),
        (DONE + " x" * MOST_CHARACTERS, [(Fault.TOO_LONG, "")]),
        (DONE + " " + "word " * 60, [(Fault.TOO_LONG, "")]),
        (DONE + " 🎉" * 40, [(Fault.TOO_LONG, "")]),  # 70 characters a part
        (DONE + " 🎉", []),
    ],
)
def test_words_that_would_fail_a_resident_are_refused(words: str, faults: list[tuple[Fault, str]]) -> None:
    assert [(problem.fault, problem.field) for problem in problems_of(DONE, words, "en")] == faults


def test_what_is_not_known_when_words_are_told_is_refused_kindly() -> None:
    words = "{reference} ({about}): {reason}"
    assert problems_of(DONE, words, "en", MAY_NAME["will_not_do"]) == ()
    (problem,) = problems_of(DONE, words, "en", MAY_NAME["in_progress"])
    assert (problem.fault, problem.field) == (Fault.NOT_KNOWN_HERE, "reason")
    assert "makes no sense here" in str(problem)


def test_the_place_stands_for_what_it_is_about_in_words_of_one_service_only() -> None:
    words = "{reference}: your pothole at {place} is filled."
    assert problems_of(DONE, words, "en", MAY_NAME["resolved"], "pothole") == ()
    (problem,) = problems_of(DONE, words, "en", MAY_NAME["resolved"])
    assert (problem.fault, problem.field) == (Fault.MISSING_FIELD, "about")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_a_request_has_an_example(language: str) -> None:
    assert frozenset().union(*MAY_NAME.values()) == OF_A_REQUEST
    assert "{" not in preview(" ".join("{" + name + "}" for name in OF_A_REQUEST), language).text


def test_every_status_and_resolution_that_is_told_can_be_worded() -> None:
    silent = {Resolution.FIXED, Resolution.DUPLICATE}  # told as resolved, and as joined
    assert {*Status, *Resolution} - silent <= set(RESPONSES)
    assert set(MAY_NAME) <= set(RESPONSES)


def test_a_problem_names_its_field_in_a_sentence() -> None:
    (problem,) = problems_of("{due}", "soon", "en")
    assert str(problem) == "{due} is missing"


def test_the_preview_counts_parts_as_they_go_out() -> None:
    assert preview("Listo el baño", "es").costly == ""
    assert preview("Está listo: {about}", "es").costly == ""  # accents are dropped where that saves a part
    party = preview("{reference} ({about}) is done 🎉", "en")
    assert party.costly == "🎉"
    assert party.parts == 1
    assert party.most_parts > party.parts


def test_words_are_one_line() -> None:
    assert tidied("  Done.\n\nThank\tyou. ") == "Done. Thank you."


@pytest.mark.parametrize(("key", "language"), [("verdict", "en"), ("resolved", "fr"), ("", "en")])
def test_other_words_cannot_be_edited(key: str, language: str) -> None:
    with pytest.raises(UnknownWordsError):
        words_built_in(key, language)


def test_a_response_that_is_not_there_has_no_words() -> None:
    assert built_in("utter_nothing_at_all", "en") is None


def test_an_example_shows_the_place_where_a_resident_reads_it() -> None:
    assert preview(DONE, "en", "graffiti").text == "SM-7K3R9P (graffiti, Pico Blvd & 4th St) is done."
