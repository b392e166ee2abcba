"""Reactions sent as text, and what no text does to their readers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.automatic import near_identical, reads_automatic
from bot.text.reactions import Tone, quotes, reaction_in, tone_of


@pytest.mark.parametrize(
    ("text", "tone", "quote", "removed"),
    [
        ("Loved “Is it fixed?”", Tone.YES, "Is it fixed", False),
        ("Liked an image", Tone.YES, None, False),
        ("Disliked “a b c”", Tone.NO, "a b c", False),
        ("Laughed at “a b c”", Tone.OTHER, "a b c", False),
        ("Removed a heart from “a b c”", Tone.OTHER, "a b c", True),
        ("Removed an exclamation from an image", Tone.OTHER, None, True),
        ("Le encantó una foto", Tone.YES, None, False),
        ("Se rió de “a b c”", Tone.OTHER, "a b c", False),
        ("Eliminó un “Me gusta” de “a b c”", Tone.OTHER, "a b c", True),
        ("\u200a\u200b👎🏽\u200b to “\u200aa b c\u200a”\u200a", Tone.NO, "a b c", False),
        ("\u200a\u200b😂\u200b a “\u200aa b c\u200a”", Tone.OTHER, "a b c", False),
        ("Reacted with a sticker to “a b c”", Tone.OTHER, "a b c", False),
        ("Loved a Live Photo", Tone.YES, None, False),
        ("Liked 2 images", Tone.YES, None, False),
        ("Le disgustó “a b c”", Tone.NO, "a b c", False),
        ("Le ha hecho gracia “a b c”", Tone.OTHER, "a b c", False),
        ("Puso un signo de interrogación a “a b c”", Tone.OTHER, "a b c", False),
        ("Preguntó por “a b c”", Tone.OTHER, "a b c", False),
        ("Hizo hincapié en “a b c”", Tone.OTHER, "a b c", False),
        ("Added a heart to “a b c”", Tone.YES, "a b c", False),
        ("Reacted to “a b c” with 👍", Tone.YES, "a b c", False),
        ("Reaccionó a “a b c” con 👎🏽", Tone.NO, "a b c", False),
        ("Reacted 1️⃣ to “a b c”", Tone.OTHER, "a b c", False),
        ("Emphasized “a long text that is cut off…", Tone.OTHER, "a long text that is cut off", False),
    ],
)
def test_a_reaction_is_read_whole(text: str, tone: Tone, quote: str | None, removed: bool) -> None:
    found = reaction_in(text)
    assert found is not None
    assert (found.tone, found.quote, found.removed) == (tone, quote, removed)


@pytest.mark.parametrize(
    "text",
    [
        "Loved the park",
        "Liked it",
        "👍",
        "ok 👍 to that",
        "Removed a tree from Main St",
        "The sign says “no parking”",
        "I loved “the park” but it is closed",
        "",
    ],
)
def test_words_are_no_reaction(text: str) -> None:
    assert reaction_in(text) is None


def test_few_words_of_an_app_we_do_not_know_count_where_the_quotation_proves_to_be_ours() -> None:
    found = reaction_in("Applauded “Thanks! Where is it? Send an address.”")
    assert found is not None
    assert (found.tone, found.certain) == (Tone.OTHER, False)
    assert reaction_in("what is “Thanks! Where is it? Send an address.”") is None
    assert reaction_in("Applauded “Thanks! Where is it? Send an address.” at 5th") is None


def test_a_quote_is_found_whole_or_cut_off_and_hardly_a_word_is_no_quote() -> None:
    assert quotes("is it fixed", "is it fixed 1 yes 2 no")
    assert quotes("ok", "ok")
    assert not quotes("ok", "ok then")
    assert not quotes("", "anything")


@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_no_text_makes_a_reader_fail(text: str) -> None:
    reaction_in(text)
    tone_of(text)
    reads_automatic(text)
    assert near_identical(text, text)


def test_a_very_long_text_is_read_fast() -> None:
    assert reaction_in("Loved “" + "a " * 100_000) is None
    reads_automatic("thanks for your message " * 20_000)
