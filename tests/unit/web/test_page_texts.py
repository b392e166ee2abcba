"""What residents read on our pages: the same texts in both languages (their voice: test_voice.py)."""

from __future__ import annotations

from string import Formatter

import pytest

from bot.web.texts import page_texts

PAGES = ["map", "request", "city", "open311"]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_have_the_same_texts_with_the_same_parts(page: str) -> None:
    english, spanish = page_texts(page, "en"), page_texts(page, "es")
    assert english.keys() == spanish.keys()
    for name, text in english.items():
        assert fields(text) == fields(spanish[name]), name
