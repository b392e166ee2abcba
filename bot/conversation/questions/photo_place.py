"""Is it where the photo was taken?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.photo_place import accepted, declined, offered_place
from bot.conversation.intake.question import Step
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.conversation.questions.where import ASK_LOCATION, Where


@dataclass(frozen=True, slots=True)
class PhotoPlace(Where):
    name: ClassVar[str] = "photo_place"
    closes: ClassVar[bool] = False
    choices: ClassVar[str] = "spot"

    def ask(self, draft: Draft, setting: Setting, *, again: bool = False) -> Say:
        place = offered_place(draft)
        return Say("utter_photo_place", {"where": place.name if place else ""}, custom=ASK_LOCATION)

    def beside(self, draft: Draft, setting: Setting) -> tuple[Say, ...]:
        return ()

    def answer(self, draft: Draft, setting: Setting) -> Step:
        """Yes, no, or another place in words."""
        turn = setting.turn
        if turn.choice == "spot:yes" or (turn.intent in ("affirm", "file") and turn.choice is None):
            return Step(replace(accepted(draft), open=None))
        if turn.choice == "spot:no" or (turn.intent in ("deny", "skip") and len(turn.text.split()) <= 2):
            return Step(replace(declined(draft), open=None))
        # "No, that is my house": not there, and where it is may be in the words or not.
        step = Where.answer(self, declined(draft) if turn.intent == "deny" else draft, setting)
        after = step.draft
        if after is None or after.open is not None or step.again or after.misses > draft.misses:
            return step  # no place was told
        return replace(step, draft=declined(after))

    def back(self, draft: Draft) -> Draft:
        return replace(declined(draft), open=None)
