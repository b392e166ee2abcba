"""Which automatic wordings may hold a person's own words, so that they are listened to for danger."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.text.automatic import reads_automatic, says_more
from tests.texts import any_text


@pytest.mark.parametrize(
    "text",
    [
        "im busy dying here, someone will find me",
        "I'm out. I took all the pills, leave a message for my mom",
        "we are closed in, this is an emergency and 911 does not pick up, our hours are numbered",
        "estoy ocupada muriendome, cuando llegue alguien sera tarde",
    ],
)
def test_an_automatic_wording_that_a_person_may_have_written_says_more(text: str) -> None:
    assert reads_automatic(text)
    assert says_more(text)


@pytest.mark.parametrize(
    "text",
    [
        "Sorry, I can't talk right now.",
        "Can't talk now. I'll call you later.",
        "Ahora no puedo hablar. Te llamo luego.",
        "Thanks for contacting Bay Plumbing. If this is an emergency, please hang up and dial 9-1-1. We will reply soon.",
        "We are closed. For emergencies call 911. We will reply tomorrow.",
        "Gracias por su mensaje. En caso de emergencia llame al 911. Le responderemos en breve.",
        "Gracias por escribirnos. Si es una emergencia, marque 911. Nuestro horario es de 9 a 5.",
    ],
)
def test_what_only_a_machine_says_is_no_more(text: str) -> None:
    assert reads_automatic(text)
    assert not says_more(text)


@given(any_text())
def test_no_text_raises(text: str) -> None:
    reads_automatic(text), says_more(text)
