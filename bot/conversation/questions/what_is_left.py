"""Shall it be opened again for what is left? Asked after half a yes to "is it fixed?"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.intake.finished import AboutFinished
from bot.conversation.intake.half_done import is_content
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import Told
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.conversation.questions.rating import ask_rating
from bot.conversation.questions.reopened import reopen

LEFT = "left"  # kind of its options
_OPENS = frozenset({"affirm", "not_fixed", "file", "complain_service"})
_ENDS = frozenset({"deny", "fixed", "thanks", "goodbye", "skip"})
# More words about what is left: the same half yes once more, which is enough to look again.
_TELLS = frozenset({"add_to_request", "answer", "correct", "change", "report"})


@dataclass(frozen=True, slots=True)
class WhatIsLeft(AboutFinished):
    name: ClassVar[str] = "what_is_left"

    def ask(self, setting: Setting) -> Say:
        return Say("utter_ask_what_is_left")

    def answer(self, memory: Memory, setting: Setting) -> Told | None:
        turn = setting.turn
        kind, _, value = (turn.choice or "").partition(":")
        if kind == LEFT:
            return (reopen if value == "yes" else ask_rating)(self, memory, setting)
        if turn.choice is not None or turn.pin is not None:
            return None
        if turn.intent in _ENDS or is_content(turn.text):
            return ask_rating(self, memory, setting)
        if turn.intent in _OPENS or turn.photos or (turn.intent in _TELLS and turn.text):
            return reopen(self, memory, setting)
        return None
