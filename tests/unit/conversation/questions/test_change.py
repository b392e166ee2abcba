"""What should be changed? Words that only say to send the report send it."""

from __future__ import annotations

import pytest

from bot.conversation.intake.question import End
from bot.conversation.questions.change import Change

from ..conftest import Talk, a_turn

POTHOLE_AT_PICO = a_turn("huge pothole at Pico and 4th", service="pothole")


@pytest.mark.parametrize(
    "words",
    ["Nothing. Just send it", "no its fine send it", "send that please", "nada, mándelo así", "no, así está bien envíelo", "ok ya mandenlo pues"],
)  # fmt: skip
def test_who_only_wants_it_sent_is_not_asked_again(words: str, talk: Talk) -> None:
    step = talk(POTHOLE_AT_PICO, a_turn(intent="change"))
    assert step.draft is not None
    assert isinstance(step.draft.open, Change)
    assert talk(a_turn(words, "report"), draft=step.draft).end is End.CONFIRMED


@pytest.mark.parametrize(
    "words",
    ["no lo mande", "don't send it", "no mande nada", "do not send it yet", "send it to 5th st instead"],
)
def test_anything_else_sends_nothing(words: str, talk: Talk) -> None:
    step = talk(POTHOLE_AT_PICO, a_turn(intent="change"))
    assert talk(a_turn(words, "report"), draft=step.draft).end is not End.CONFIRMED
