"""Where on this street?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from bot.city.location import Resolution
from bot.conversation.intake.draft import Draft, HalfPlace
from bot.conversation.intake.question import Step
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.telling import described
from bot.conversation.intake.turn import Say
from bot.conversation.questions.where import ASK_LOCATION, Where

# How to say it differently after each answer that did not say where on the street.
_LADDER = ("utter_cross_street_again", "utter_cross_street_landmark", "utter_where_last")


@dataclass(frozen=True, slots=True)
class CrossStreet(Where):
    name: ClassVar[str] = "cross_street"
    number_answers: ClassVar[bool] = True

    def ask(self, draft: Draft, setting: Setting, *, again: bool = False) -> Say:
        left = draft.half_place or HalfPlace()
        values = {"street": left.street or ""}
        if left.misses:
            rung = _LADDER[min(left.misses, len(_LADDER)) - 1]
            return Say(rung, values, custom=ASK_LOCATION)
        if left.example:
            return Say("utter_ask_cross_street", {**values, "example": left.example})
        return Say("utter_ask_cross_street_plain", values)

    def beside(self, draft: Draft, setting: Setting) -> tuple[Say, ...]:
        return ()

    def back(self, draft: Draft) -> Draft:
        return replace(draft, half_place=None, open=Where())

    def _without_place(self, draft: Draft, found: Resolution, setting: Setting) -> Step:
        """The street stays asked about, in other words; what was said of where ("by the starbucks") goes to the crew."""
        step = Where._without_place(self, draft, found, setting)
        after = step.draft
        if after is None or after.half_place is None or after.misses == draft.misses:
            return step
        left = replace(after.half_place, misses=after.half_place.misses + 1)
        told = after if setting.turn.intent in ("deny", "skip") else described(after, setting.turn)
        return replace(step, draft=replace(told, half_place=left))
