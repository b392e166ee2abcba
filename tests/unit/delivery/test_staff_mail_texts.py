"""Mail to staff says the same in both languages."""

from __future__ import annotations

from string import Formatter

from bot.city.catalogue import LANGUAGES
from bot.delivery.staff_mail.texts import mail_texts


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_texts_with_the_same_parts() -> None:
    english, *others = (mail_texts(language) for language in LANGUAGES)
    for other in others:
        assert {name: fields(text) for name, text in other.items()} == {
            name: fields(text) for name, text in english.items()
        }


def test_a_language_that_we_do_not_write_reads_english() -> None:
    assert mail_texts("fr") == mail_texts("en")
