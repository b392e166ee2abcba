"""Words that ask for the report to be sent."""

from __future__ import annotations

import pytest

from bot.conversation.intake.sending import says_send, tells_besides


@pytest.mark.parametrize(
    "words",
    [
        "i SAID send it",
        "nothing just send the damn thing",
        "just send it in",
        "yeah send it its on the lincoln side",
        "no, mándelo así",
        "ya le dije que lo mande, mándelo",
        "reportelo por favor",
        "please file the report",
    ],
)
def test_it_is_to_be_sent(words: str) -> None:
    assert says_send(words)


@pytest.mark.parametrize(
    "words",
    [
        "don't send it",
        "did you send it?",
        "before you send it, its 6th not 5th",
        "send it to 5th st instead",
        "no lo mande",
        "no mande nada",
        "ya lo mandó?",
        "they never send anybody",
        "send me a text",
        "",
    ],
)
def test_it_is_not(words: str) -> None:
    assert not says_send(words)


@pytest.mark.parametrize(
    "text",
    [
        "ok its fine without a photo just send it please",
        "ta bien asi sin foto, mandelo",
        "yes send it, thank you",
        "",
        "²❶",
    ],
)
def test_manners_tell_nothing(text: str) -> None:
    assert not tells_besides(text)


@pytest.mark.parametrize(
    "text", ["send it, and the gate code is 1234 at the side door", "mandelo, y digales que el perro muerde"]
)
def test_what_the_crew_should_know_does(text: str) -> None:
    assert tells_besides(text)
