"""Where on this street?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from bot.conversation.intake.draft import Draft, HalfPlace
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.conversation.questions.where import Where


@dataclass(frozen=True, slots=True)
class CrossStreet(Where):
    name: ClassVar[str] = "cross_street"
    number_answers: ClassVar[bool] = True

    def ask(self, draft: Draft, setting: Setting, *, again: bool = False) -> Say:
        left = draft.half_place or HalfPlace()
        values = {"street": left.street or ""}
        if left.example:
            return Say("utter_ask_cross_street", {**values, "example": left.example})
        return Say("utter_ask_cross_street_plain", values)

    def beside(self, draft: Draft, setting: Setting) -> tuple[Say, ...]:
        return ()

    def back(self, draft: Draft) -> Draft:
        return replace(draft, half_place=None, open=Where())
