"""A report that was given up is wanted after all."""

from __future__ import annotations

import pytest

from bot.conversation.intake.given_up import is_wanted_after_all


@pytest.mark.parametrize(
    "words",
    [
        "actually send it",
        "no wait, do send it",
        "changed my mind, send it please",
        "ok i do want to report it after all",
        "can you bring it back",
        "undo that",
        "wait no it came back. please file it",
        "ahora si mandelo",
        "siempre sí quiero reportarlo",
        "bueno mejor si mándelo, nadie vino",
        "quiero enviarlo",
        "mejor repórtelo oiga",
    ],
)
def test_words_that_want_it_after_all(words: str) -> None:
    assert is_wanted_after_all(words)


@pytest.mark.parametrize(
    "words",
    [
        "did you send it?",
        "don't send it please",
        "good",
        "ok thanks, my landlord took care of it",
        "who would i report that to",
        "no lo mande",
        "¿ya lo mandó?",
        "gracias",
        "",
    ],
)
def test_words_that_do_not(words: str) -> None:
    assert not is_wanted_after_all(words)
