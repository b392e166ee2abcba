"""What is said beside the point and was once lost: a no in other words, half a yes, a wish for a language, "I was only asking"."""

from __future__ import annotations

import pytest

from bot.conversation.intake.belonging import filed_before
from bot.conversation.intake.days import tells_when
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.half_done import is_a_no, leaves_a_part, says_fixed
from bot.conversation.intake.language import beside_the_wish, conversation_language
from bot.conversation.intake.only_asking import only_asks
from bot.conversation.intake.places import house_beside
from bot.conversation.intake.reading import answers_in
from bot.conversation.intake.sending import is_polite_yes
from bot.conversation.intake.telling import insists

from ..conftest import NOON, a_setting, a_turn


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("it glowed for ten minutes and then it went out once more", True),
        ("pues una sí ya prendió, la otra está parpadeando", True),
        ("se apagó otra vez", True),
        ("one is on now, the other one still blinks", True),
        ("they came the other day and fixed it", False),
        ("they took one and the other one too", False),
    ],
)
def test_a_part_that_was_left(text: str, left: bool) -> None:
    assert leaves_a_part(text) is left


@pytest.mark.parametrize(
    ("text", "no"),
    [
        ("claro q no, el inspector vino a las 10!", True),
        ("of course it's not", True),
        ("para nada, sigue igual", True),
        ("no problem, it's fixed", False),
        ("claro que sí", False),
    ],
)
def test_a_no_in_other_words(text: str, no: bool) -> None:
    assert is_a_no(text) is no


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("Good heavens no, nobody is in danger. It is fixed, thank you.", True),
        ("tell me when it is fixed", False),
        ("they say it is fixed", False),
        ("it is fixed but the other one is not", False),
        ("is it fixed?", False),
    ],
)
def test_that_it_is_fixed_said_outright(text: str, fixed: bool) -> None:
    assert says_fixed(text) is fixed


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("every morning", True),
        ("mon to sat 640am", True),
        ("todos los martes en la tarde", True),
        ("1226", False),
        ("5th st", False),
        ("main st every morning", False),
        ("", False),
    ],
)
def test_words_that_only_say_when(text: str, when: bool) -> None:
    assert tells_when(text) is when


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ok send it, le mando foto", "es"),
        ("please send it to the city", "en"),
        ("now in english if you can please", "en"),
    ],
)
def test_a_borrowed_word_or_two_switch_no_language(text: str, language: str) -> None:
    answered = conversation_language("es", first=False, detected="en", hint=None, intent="file", text=text)
    assert answered == language


def test_what_stands_beside_a_wish_for_a_language_is_kept() -> None:
    assert beside_the_wish("son Lime casi todos. en español porfa") == "son Lime casi todos"
    assert beside_the_wish("en español por favor") == ""


@pytest.mark.parametrize(
    ("text", "polite"),
    [
        ("Sí, está correcto, señorita. Proceda usted.", True),
        ("Yes, please do send it. Thank you so much, dear", True),
        ("Yes, please do send it. With my kindest regards, E. Whitcomb", True),
        ("yes please send it and it leaks", False),
        ("", False),
    ],
)
def test_a_polite_yes_tells_nothing_more(text: str, polite: bool) -> None:
    assert is_polite_yes(text) is polite


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("nothing happened, i was only asking", True),
        ("no paso nada jaja, solo es pregunta", True),
        ("i dont have anything wrong to report lol", True),
        ("i want to report a pothole", False),
        ("nothing wrong with the lamp but the pole leans", False),
        ("i was just asking about the pothole at Pico and 4th", False),
    ],
)
def test_who_only_asks_reports_nothing(text: str, asks: bool) -> None:
    assert only_asks(a_setting(a_turn(text))) is asks


@pytest.mark.parametrize(
    ("text", "said_before"),
    [("es ruido, ya le dije", True), ("I already told you, it's noise", True), ("it is noise", False)],
)
def test_who_says_that_it_was_said(text: str, said_before: bool) -> None:
    assert insists(text) is said_before


def test_somebody_without_requests_speaks_of_none() -> None:
    assert filed_before(a_setting(a_turn("no lo mandes otra vez, ya hay uno"))) is None


def test_a_house_of_the_same_block_replaces_the_house() -> None:
    setting = a_setting(a_turn("its the bldg on the north side, 1226 i think. they come every tuesday"))
    place = setting.places.locate("1230 11th St").location
    found = house_beside(Draft(1, NOON, service="leaf_blower", location=place), setting)
    assert found is not None
    assert found.location is not None
    assert found.location.name == "1226 11th St"


@pytest.mark.parametrize(
    "words",
    [
        "our street has no stop sign anymore",
        "there is no stop sign at yale",
        "theres no stop sign",
        "no hay señal de alto",
    ],
)
def test_what_is_not_there_is_what_it_is_about(words: str) -> None:
    service = a_setting(a_turn("x")).service("street_sign")
    assert service is not None
    assert answers_in(words, service.questions).get("kind") == "stop"


def test_a_choice_that_is_said_not_to_be_it_does_not_count() -> None:
    setting = a_setting(a_turn("x"))
    service = setting.service("missed_collection")
    assert service is not None
    assert (
        answers_in("they skipped my recycling. its recycling not trash!!", service.questions).get("bin")
        == "recycling"
    )
