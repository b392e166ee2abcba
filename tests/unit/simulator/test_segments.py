"""Texts are counted in parts as the network bills them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.twilio.segments import count_segments


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # the pair of a euro sign is never torn
        ("ñ" * 160, 1),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("a" * 66 + "😀" + "a" * 66, 3),
    ],
)
def test_known_texts_take_the_known_number_of_parts(text: str, parts: int) -> None:
    assert count_segments(text) == parts


@given(st.text(), st.text())
def test_a_longer_text_never_takes_fewer_parts(text: str, more: str) -> None:
    assert count_segments(text + more) >= count_segments(text)
