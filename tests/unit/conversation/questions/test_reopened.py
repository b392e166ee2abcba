"""A request that was opened again: what was meant well closes it again."""

from __future__ import annotations

import pytest

from bot.conversation.intake.effects import AddToRequest, GiveFeedback
from bot.conversation.intake.memory import Memory
from bot.conversation.questions.reopened import Reopened

from ..conftest import NOON, a_setting, a_turn

ASKED = Reopened("SM-7K3R9P", "pothole", NOON)


@pytest.mark.parametrize(
    "text",
    [
        "Ha de haber un malentendido: era una felicitación, quedé muy conforme",
        "no joven le dije q NO lo abra, cierrelo",
        "that was a compliment, the hole is gone",
        "I did not ask you to reopen it",
    ],
)
def test_who_meant_it_well_has_it_closed_again(text: str) -> None:
    told = ASKED.answer(Memory(), a_setting(a_turn(text, "add_to_request")))
    assert told is not None
    assert [one.verdict for one in told.effects if isinstance(one, GiveFeedback)] == ["fixed"]
    assert not told.memory.agenda


@pytest.mark.parametrize(
    "text",
    [
        "it is still as deep as before",
        "no quedé conforme con el trabajo",
        "they still do not open it in the morning",
        "la llave sigue tirando agua, ciérrenla ya",
        "somebody has to close it, the water runs",
        "why did you close it again?",
    ],
)
def test_what_is_still_wrong_is_added(text: str) -> None:
    told = ASKED.answer(Memory(), a_setting(a_turn(text, "add_to_request")))
    assert told is not None
    assert [type(one) for one in told.effects] == [AddToRequest]
