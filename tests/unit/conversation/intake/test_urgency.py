"""What cannot wait, and what only sounds like it."""

from __future__ import annotations

import pytest

from bot.conversation.intake.urgency import is_urgent


@pytest.mark.parametrize(
    "text",
    [
        "the water is almost at my front steps",
        "I need it before Saturday, my dad is in a wheelchair",
        "four days is too long for a wire over the playground, can someone come sooner",
        "a kid is going to fall in there",
        "two bikers fell today",
        "se metió el agua a mi cochera, cada rato sube más",
        "ya mero se cae sobre la banqueta",
        "ayer un niño metió el pie",
        "vengan hoy por favor, no puede esperar",
        "mi mamá usa andador y no puede pasar",
    ],
)
def test_what_cannot_wait(text: str) -> None:
    assert is_urgent(text)


@pytest.mark.parametrize(
    "text",
    [
        "huge pothole at Pico and 4th",
        "they blow leaves every tuesday before 7",
        "no rush, whenever you can, it could fall on somebody one day",
        "no es urgente, pero antes del sábado estaría bien",
        "hay basura tirada desde ayer",
        "the bus came late again",
    ],
)
def test_what_can(text: str) -> None:
    assert not is_urgent(text)
