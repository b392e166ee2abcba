"""A wish about our texts among other words."""

from __future__ import annotations

import pytest

from bot.conversation.intake.texts_wanted import answer_in, beside_the_answer, wish_in


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("TEXT ME. MY WIFE SAW IT TOO", True),
        ("yes text me please", True),
        ("let me know when its done", True),
        ("si mándeme mensaje. la de enfrente también parpadea", True),
        ("avíseme por favor", True),
        ("i said NO thanks to the texts", False),
        ("omg. dont text me about it", False),
        ("no more texts ok", False),
        ("stop messaging me", False),
        ("sin mensajes, gracias", False),
        ("que no me manden nada", False),
        ("no thanks. its on thursdays", None),
        ("somebody painted a text message on the wall", None),
        ("no updates yet?", None),
        ("no me avisan nunca", None),
        ("you never text me back", None),
        ("they dont send me updates", None),
        ("no me mandaron ningún aviso", None),
        ("let me know if you need more", True),
        ("mandame mejor con un supervisor", None),
        ("can you tell me how long it takes", None),
    ],
)
def test_words_of_our_texts(words: str, wish: bool | None) -> None:
    assert wish_in(words) is wish


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("finally. no thanks. do you need to know its thursdays", False),
        ("Yes please! it is the one by the gate", True),
        ("nah. and it smells", False),
        ("no gracias, es en el callejón", False),
        ("sí, por favor. está muy oscuro", True),
        ("it has no lid. and it smells", None),
        ("not sure yet", None),
    ],
)
def test_a_plain_yes_or_no_among_other_words(words: str, answer: bool | None) -> None:
    assert answer_in(words) is answer


def test_what_else_is_said() -> None:
    assert beside_the_answer("no thanks. they start at 640am") == "they start at 640am"
    assert beside_the_answer("do not text this number ever again") == ""
    assert beside_the_answer("it smells and it is loud") == "it smells and it is loud"
