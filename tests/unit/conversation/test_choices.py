"""Choosing from a menu the way people answer a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.messages import Option
from bot.conversation.choices import chosen_option
from tests.domain import responses

MENU = (
    Option("Pothole", '/choose{"choice": "pothole"}'),
    Option("Graffiti", '/choose{"choice": "graffiti"}'),
    Option("Something else", '/choose{"choice": "other"}'),
)
PLACES = (Option("4th St & Pico Blvd", "a"), Option("Pico Pl", "b"), Option("Árbol caído", "c"))


@pytest.mark.parametrize(
    "text",
    [
        "2",
        "2.",
        " 2 ",
        "#2",
        "(2)",
        "2)",
        "2!",
        "two",
        "Two",
        "TWO.",
        "dos",
        "Dos",
        "la 2",
        "number 2",
        "the second",
        "option two",
        "graffiti",
        "GRAFFITI!",
        "2️⃣",
        "２",
        "②",
        "❷",
        "²",
        "٢",
        "option ②",
        "2 please",
        "la segunda, por favor",
        "2\n\nSent from my iPhone",
        "dos\n-- \nMaría López",
        "graffiti\n\nGet Outlook for iOS",
        "2 (1/2)",
    ],
)
def test_the_second_option_is_chosen_by_number_word_or_label(text: str) -> None:
    assert chosen_option(text, MENU) == MENU[1]


@pytest.mark.parametrize(
    ("text", "index"),
    [("pico pl", 1), ("arbol caido", 2), ("4th st & pico blvd", 0), ("4th st and pico blvd", None)],
)
def test_labels_match_without_case_and_accents(text: str, index: int | None) -> None:
    expected = None if index is None else PLACES[index]
    assert chosen_option(text, PLACES) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "4",
        "0",
        "9",
        "2 potholes on pico",
        "there are two of them",
        "yes",
        "graffiti on the wall",
        "1437 11th st",
        "12",
        "no",
    ],
)
def test_other_words_choose_nothing(text: str) -> None:
    assert chosen_option(text, MENU) is None


YES_NO = (Option("Send it", "/file"), Option("Change something", "/change"))
DETAIL = (
    Option("Sí", '/choose{"choice": "detail:blocking:yes"}'),
    Option("No", '/choose{"choice": "detail:blocking:no"}'),
    Option("Saltar", "/skip"),
)


@pytest.mark.parametrize("sign", ["👍🏽", "👌", "✅", "🙏", "sí 👍", "👍🏿👍🏿", "☑️", "💯"])
def test_a_sign_of_yes_chooses_the_yes(sign: str) -> None:
    assert chosen_option(sign, YES_NO) == YES_NO[0]
    assert chosen_option(sign, YES_NO[::-1]) == YES_NO[0]
    assert chosen_option(sign, DETAIL) == DETAIL[0]


@pytest.mark.parametrize("sign", ["👎🏿", "❌", "🚫", "no 👎", "✖️"])
def test_a_sign_of_no_chooses_the_no(sign: str) -> None:
    assert chosen_option(sign, YES_NO) == YES_NO[1]
    assert chosen_option(sign, DETAIL) == DETAIL[1]


@pytest.mark.parametrize("sign", ["👍", "👎"])
def test_a_sign_chooses_nothing_from_a_menu_of_things(sign: str) -> None:
    change = (
        *MENU,
        Option("Nothing, send it", "/file"),
        Option("Do not send it", '/choose{"choice": "change:drop"}'),
    )
    for options in (MENU, PLACES, change, YES_NO[:1]):
        assert chosen_option(sign, options) is None


def test_every_question_of_two_ways_in_the_domain_hears_a_sign() -> None:
    """What `domain.yml` offers as yes and no; a new question of that kind must be one here, too."""
    heard = set()
    for name, variants in responses().items():
        for variant in variants:
            buttons = [Option(b["title"], b["payload"]) for b in variant.get("buttons", ())]
            if len(buttons) == 2:
                assert chosen_option("👍🏽", buttons) == buttons[0], name
                assert chosen_option("👎🏿", buttons) == buttons[1], name
                heard.add(name)
    assert {"utter_summary", "utter_ask_fixed", "utter_photo_place", "utter_similar_open"} <= heard


def test_without_a_menu_nothing_is_chosen() -> None:
    assert chosen_option("2", ()) is None


@given(st.text(max_size=200))
def test_no_text_whatever_raises(text: str) -> None:
    chosen = chosen_option(text, MENU)
    assert chosen is None or chosen in MENU


@given(st.integers(1, 10))
def test_every_number_chooses_its_own_option(number: int) -> None:
    menu = tuple(Option(f"Place {n} of ten", str(n)) for n in range(1, 11))
    assert chosen_option(str(number), menu) == menu[number - 1]
