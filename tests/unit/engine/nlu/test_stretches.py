"""Long texts are read in stretches that leave nothing out."""

from __future__ import annotations

import itertools

import pytest

from bot.engine.nlu.stretches import LENGTH, MOST, SHORT, stretches


@pytest.mark.parametrize("words", [0, 1, SHORT])
def test_a_short_text_is_read_as_it_is(words: int) -> None:
    assert stretches("word " * words) == []


@pytest.mark.parametrize("words", [SHORT + 1, 30, 100, 101, 287, 288, 289, 4000])
def test_every_two_neighbours_stand_together_in_a_stretch(words: int) -> None:
    said = [str(number) for number in range(words)]
    found = [stretch.split() for stretch in stretches("  ".join(said))]
    assert {pair for each in found for pair in itertools.pairwise(each)} == set(itertools.pairwise(said))
    assert len(found) <= MOST
    assert len(found[0]) >= LENGTH
