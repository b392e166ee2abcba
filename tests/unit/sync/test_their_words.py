"""Their words as people read them, and ours as they are known again."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.sync.words import marked, marker_of, plain
from tests.texts import any_text


@pytest.mark.parametrize(
    ("rich", "read"),
    [
        ("A crew comes tomorrow.", "A crew comes tomorrow."),
        ("[code]<p>Done &amp; dusted.</p><p>Thank you</p>[/code]", "Done & dusted.\nThank you"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("gap is < 3 inches, width > 2", "gap is < 3 inches, width > 2"),
        ("<script>alert(1)</script>We fixed it<br/>today", "We fixed it\ntoday"),
        ("<style>p {color: red}</style>", ""),
        ("un&nbsp;bache", "un bache"),
        ("<b>not closed", "not closed"),
    ],
)
def test_rich_text_becomes_plain_words(rich: str, read: str) -> None:
    assert plain(rich) == read


def test_what_came_from_us_is_known_again() -> None:
    assert marker_of(marked("it is deep", "a17")) == "a17"
    assert marker_of(plain(marked("it is deep", "u3"))) == "u3"
    assert marker_of("we wrote [Cityline] to them") is None


@given(any_text())
def test_no_text_makes_it_raise(text: str) -> None:
    assert "\x00" not in plain(text)
    assert marker_of(marked(text, "n1")) is not None
