"""Which words ask who has asked, and which are an answer, however unsure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.intake.asking_back import asks_back


@pytest.mark.parametrize(
    "text",
    [
        "what do you mean?",
        "What do you mean",
        "which building?",
        "which building",
        "sorry, which one?",
        "Which side? Do you mean the one on Pico?",
        "why do you need that?",
        "huh?",
        "¿cuál edificio?",
        "cual edificio",
        "¿A qué se refiere?",
        "que quiere decir",
        "perdón, ¿de qué lado?",
        "¿se refiere al de la Pico?",
    ],
)
def test_questions_ask_back(text: str) -> None:
    assert asks_back(text)


@pytest.mark.parametrize(
    "text",
    [
        "the north side",
        "the north side?",
        "the north one. when will you come?",
        "which building? there are two, mine is the yellow one",
        "where the alley ends",
        "when it rains",
        "how it was before",
        "no idea",
        "2",
        "",
        "?",
        "el del norte",
        "cuando llueve",
        "donde termina el callejón",
        "como a las 8 de la noche",
        "que se vaya ya por favor, es el edificio amarillo",
    ],
)
def test_answers_do_not(text: str) -> None:
    assert not asks_back(text)


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    asks_back(text)
