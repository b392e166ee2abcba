"""Who wants nothing more has nothing opened again, whatever else the words find."""

from __future__ import annotations

import pytest

from bot.conversation.intake.half_done import wants_nothing_more


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("a faint shadow is left, nobody has to come back", True),
        ("you don't have to send anyone, my son did it", True),
        ("no manden a nadie, ya lo limpié yo", True),
        ("déjelo así, de veras", True),
        ("no abran nada, así está bien", True),
        ("nobody has come", False),
        ("they still do not open it in the morning", False),
        ("la llave sigue tirando agua, ciérrenla ya", False),
        ("¿no tienen que volver?", False),
    ],
)
def test_nobody_has_to_come(text: str, nothing: bool) -> None:
    assert wants_nothing_more(text) is nothing
