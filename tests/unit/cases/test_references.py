"""Reference codes survive being read out, typed and mistyped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.references import ALPHABET, check_character, new_reference, parse_reference

bodies = st.text(alphabet=ALPHABET, min_size=5, max_size=5)


def code(body: str) -> str:
    return f"SM-{body}{check_character(body)}"


@given(bodies)
def test_a_reference_is_read_back_however_it_is_typed(body: str) -> None:
    reference = code(body)
    for typed in (
        reference,
        reference.lower(),
        reference.replace("-", ""),
        reference.replace("-", " "),
        reference.removeprefix("SM-"),
        f" {' '.join(reference.removeprefix('SM-'))} ",
    ):
        assert parse_reference(typed, "SM") == reference


@given(bodies, st.integers(0, 5), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(body: str, position: int, wrong: str) -> None:
    letters = code(body).removeprefix("SM-")
    mistyped = letters[:position] + wrong + letters[position + 1 :]
    if mistyped != letters:
        assert parse_reference(mistyped, "SM") is None


@given(bodies, st.integers(0, 4))
def test_two_swapped_neighbours_are_always_noticed(body: str, position: int) -> None:
    letters = list(code(body).removeprefix("SM-"))
    letters[position], letters[position + 1] = letters[position + 1], letters[position]
    swapped = "".join(letters)
    if swapped != code(body).removeprefix("SM-"):
        assert parse_reference(swapped, "SM") is None


def test_the_alphabet_has_no_look_alikes_and_spells_no_words() -> None:
    assert not set("01OILQSZBUVAEIOU") & set(ALPHABET)
    assert len(set(ALPHABET)) == 23


def test_new_references_are_well_formed_and_differ() -> None:
    drawn = {new_reference("SM") for _ in range(200)}
    assert len(drawn) > 195
    assert all(parse_reference(reference, "SM") == reference for reference in drawn)


@pytest.mark.parametrize("text", ["", "SM-", "hello", "SM-00000O", "SM-7K3Q9P7", "2 cars", "DROP TABLE"])
def test_other_text_is_no_reference(text: str) -> None:
    assert parse_reference(text, "SM") is None


def test_heard_letters_are_taken_for_the_characters_they_sound_like() -> None:
    body = "25838"
    reference = code(body)
    assert parse_reference(reference.replace("2", "Z").replace("5", "S").replace("8", "B"), "SM") == reference
