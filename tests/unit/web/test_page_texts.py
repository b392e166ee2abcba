"""What residents read on our pages: the same texts in both languages, and one voice in each."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from bot.text.fold import fold_in_place
from bot.web.texts import page_texts

PAGES = ["map"]
# As in what the bot says: "tú". Forms of address that only "usted" has.
USTED = re.compile(
    r"\b(?:usted|ustedes|su|sus|le|les|abra|escriba|mande|mandenos|muestrenos|muestre|mueva|ponga|regrese|revise|toque|toquelo|"
    r"vuelva|envie|espere|conteste|llame|diganos)\b"
)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_have_the_same_texts_with_the_same_parts(page: str) -> None:
    english, spanish = page_texts(page, "en"), page_texts(page, "es")
    assert english.keys() == spanish.keys()
    for name, text in english.items():
        assert fields(text) == fields(spanish[name]), name


@pytest.mark.parametrize("page", PAGES)
def test_spanish_says_tu_and_never_usted(page: str) -> None:
    assert USTED.search(fold_in_place("Muéstrenos el lugar. Regrese a sus mensajes."))
    for name, text in page_texts(page, "es").items():
        assert not USTED.search(fold_in_place(text)), (name, text)
