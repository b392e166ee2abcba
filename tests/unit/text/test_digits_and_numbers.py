"""Digits of every kind are read as what they mean, and numbers in words from one table."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from bot.text.digits import has_digit, machine_number, plain_digits, plain_numbers, whole_number
from bot.text.fold import fold, fold_in_place
from bot.text.numbers import bare_figure, number_in, number_said
from bot.text.spoken import spoken_number

EVERY_CHARACTER = [chr(code) for code in range(sys.maxunicode + 1)]


def test_every_digit_of_unicode_is_read_as_its_value() -> None:
    digits = [character for character in EVERY_CHARACTER if character.isdigit()]
    assert len(digits) > 700
    for character in digits:
        value = unicodedata.digit(character)
        assert whole_number(character) == value, hex(ord(character))
        assert plain_digits(character) == fold_in_place(character) == str(value)
        assert has_digit(character)


def test_no_character_of_unicode_changes_the_length_or_raises() -> None:
    text = "".join(EVERY_CHARACTER)
    assert len(fold_in_place(text)) == len(plain_digits(text)) == len(text)
    fold(text)


def test_what_is_folded_in_place_has_no_digits_but_ours() -> None:
    assert all(
        character.isascii() for character in fold_in_place("".join(EVERY_CHARACTER)) if character.isdigit()
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [("²", 2), ("①❷", 12), ("٣٤", 34), ("０７", 7), (" 4 ", 4), ("𝟏𝟗", 19), ("999999999", 999_999_999),
     ("9999999999", None), ("9" * 5000, None), ("", None), ("1.5", None), ("-1", None), ("½", None), ("⑩", None),
     ("Ⅷ", None), ("1 2", None), ("\ud83d", None)],
)  # fmt: skip
def test_a_whole_number_is_digits_and_nothing_else(text: str, value: int | None) -> None:
    assert whole_number(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("17", 17),
        ("²", None),
        ("٣", None),
        (" 17", None),
        ("9" * 18, int("9" * 18)),
        ("9" * 23, None),
        ("", None),
    ],
)
def test_a_machines_number_has_plain_digits_and_a_bound(text: str, value: int | None) -> None:
    assert machine_number(text) == value


def test_signs_of_several_digits_are_written_out() -> None:
    assert plain_numbers("⑩ ⓬ ㊿ 🔟 ½ ②") == "10 12 50 10 ½ 2"


@pytest.mark.parametrize(
    "text", ["2", "2.", " 2 ", "#2", "(2)", "2)", "2!", "2️⃣", "②", "²", "❷", "２", "٢", "2 —"]
)
def test_a_bare_figure_has_only_marks_around_it(text: str) -> None:
    assert bare_figure(text) == 2


@pytest.mark.parametrize("text", ["two", "2a", "2 2", "1/2", "2.5", "", "#", "٢" * 2000])
def test_all_else_is_no_bare_figure(text: str) -> None:
    assert bare_figure(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("two", 2), ("Dos.", 2), ("option ②", 2), ("la segunda", 2), ("el segundo", 2), ("number 2", 2), ("the second", 2),
     ("OPCIÓN 2", 2), ("twelve", 12), ("no", None), ("no two ways", None), ("the", None), ("second street", None)],
)  # fmt: skip
def test_a_number_is_said_in_figures_or_words(text: str, number: int | None) -> None:
    assert number_said(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("about 3", 3), ("a couple", 2), ("dos", 2), ("unos ٣ días", 3), ("around ⑩", 10), ("una docena", 1), ("a dozen", 12),
     ("it happened once", None), ("none", None), ("12345678 bags", 123456), ("", None)],
)  # fmt: skip
def test_the_first_number_of_a_text_counts(text: str, number: int | None) -> None:
    assert number_in(text) == number


def test_house_numbers_are_read_in_words() -> None:
    assert spoken_number(["fourteen", "thirty", "seven"], 0) == (1437, 3)
    assert spoken_number(["mil", "cuatrocientos", "treinta", "y", "siete"], 0) == (1437, 5)
    assert spoken_number(["two", "doors"], 0) is None
