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


@pytest.mark.parametrize(
    "text",
    [
        "I’m not receiving notifications. If this is urgent, reply “urgent” to send a notification through with your original message.",
        "No recibo notificaciones. Si es urgente, responde “urgente”.",
        "I have notifications silenced.",
        "Your verification code is 482913",
        "G-482913 is your Google verification code.",
        "Tu código es 123456. No lo compartas",
        "Free Msg: Unable to send message - Message Blocking is active.",
        "FRM:MAILER-DAEMON Undeliverable",
        "Your message was not delivered",
        "Reply Y to confirm your appointment on 12/3",
        "Sorry, I missed your call. I'll get back to you ASAP",
        "I can't answer right now. I'll text you later.",
        "You have reached the after hours line. Please call back tomorrow.",
        "No puedo contestar ahora, le llamo más tarde",
        "El usuario no está disponible, te contestará más tarde",
        "En reunión, te llamo luego",
        "Thanks for reaching out! We'll be with you shortly.",
    ],
)
def test_what_phones_networks_and_desks_say_by_themselves_is_automatic(text: str) -> None:
    assert reads_automatic(text)


@pytest.mark.parametrize(
    "text",
    [
        "the verification code on the meter does not work",
        "the code is 4829 for the gate",
        "my message was not delivered to the right department",
        "nobody at city hall can answer me",
        "no puedo contestar eso, no sé la dirección",
        "el baño no está disponible, el horario dice que sí",
        "the notification sign is gone",
        "call me back please",
    ],
)
def test_a_resident_who_says_something_alike_is_none(text: str) -> None:
    assert not reads_automatic(text)


@given(any_text())
def test_no_text_raises(text: str) -> None:
    reads_automatic(text), says_more(text)
