"""Bytes read as text, whatever is said about them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.decoding import decode_text

WORDS = "Bache en la calle Ñandú, ¿cuándo?"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (WORDS.encode(), "text/plain; charset=utf-8"),
        (WORDS.encode(), "text/plain"),
        (WORDS.encode(), "text/plain; charset=us-ascii"),
        (WORDS.encode("utf-8-sig"), None),
        (WORDS.encode("utf-16"), "text/plain"),
        (WORDS.encode("latin-1"), 'text/plain; charset="iso-8859-1"'),
        (WORDS.encode("latin-1"), "text/plain; charset=utf-8"),
        (WORDS.encode("cp1252"), "text/plain; charset=klingon"),
        (WORDS.encode("cp1252"), "text/plain; charset=hex"),
        (WORDS.encode("cp1252"), None),
    ],
)
def test_the_words_of_a_text_are_read_whatever_its_charset_is_called(
    content: bytes, content_type: str | None
) -> None:
    assert decode_text(content, content_type) == WORDS


@given(st.binary(), st.text() | st.none())
def test_no_bytes_raise(content: bytes, content_type: str | None) -> None:
    decode_text(content, content_type)
    decode_text(content, f"text/plain; charset={content_type}")
