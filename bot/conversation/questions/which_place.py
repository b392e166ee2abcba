"""Which one do you mean? The places that the words fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.places import chosen_place, may_skip_place, place_options
from bot.conversation.intake.question import Step
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.conversation.questions.where import ASK_LOCATION, Where
from bot.text.digits import whole_number


@dataclass(frozen=True, slots=True)
class WhichPlace(Where):
    name: ClassVar[str] = "which_place"
    asks_place: ClassVar[bool] = False  # the words were placed already: no geocoder is asked again

    def takes_figure(self, figure: int) -> bool:
        return False  # the number of an option, were it one

    def ask(self, draft: Draft, setting: Setting, *, again: bool = False) -> Say:
        return Say("utter_which_place", options=place_options(draft), custom=ASK_LOCATION)

    def beside(self, draft: Draft, setting: Setting) -> tuple[Say, ...]:
        return ()

    def answer(self, draft: Draft, setting: Setting) -> Step:
        intent = setting.turn.intent
        if intent == "deny" or (intent == "skip" and not may_skip_place(draft, setting)):
            return Step(replace(draft, half_place=None, misses=draft.misses + 1, open=None))
        return Where.answer(self, draft, setting)

    def back(self, draft: Draft) -> Draft:
        return replace(draft, half_place=None, open=Where())


def chosen(draft: Draft, value: str, setting: Setting) -> Draft | None:
    """The draft at the chosen place; None for one that is not on offer any more."""
    index = whole_number(value)
    at = chosen_place(draft, index) if index is not None else None
    return replace(at, open=None) if at else None
