"""Which clauses of a message ask, with or without the sign of a question."""

from __future__ import annotations

import pytest

from bot.conversation.intake.only_asking import questions_in


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("send it. n do yall empty those on sundays", ["n do yall empty those on sundays"]),
        ("si mandelo y digame si me llega una multa", ["y digame si me llega una multa"]),
        ("ok. who decides if it gets cut", ["who decides if it gets cut"]),
        ("it is deep. will somebody come tonight?", ["will somebody come tonight?"]),
        ("frente al 718, como le decia", []),
        ("when it rains the water stands here", []),
        ("do you need to know it is every thursday", []),
        ("la puerta que da a la calle no cierra", []),
    ],
)
def test_what_is_asked(text: str, asked: list[str]) -> None:
    assert list(questions_in(text)) == asked
