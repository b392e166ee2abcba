"""Is it the same matter as this open request nearby?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from bot.conversation.intake.corrections import corrected_or_noted, corrects
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.question import End, ReportQuestion, Step
from bot.conversation.intake.sending import says_send
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.similar import Similar, own_key, similar_say
from bot.conversation.intake.turn import Say
from bot.conversation.questions.change import Change


@dataclass(frozen=True, slots=True)
class SameMatter(ReportQuestion):
    similar: Similar

    name: ClassVar[str] = "same_matter"
    slot: ClassVar[str] = "confirmation"
    closes: ClassVar[bool] = False
    choices: ClassVar[str] = "similar"

    def ask(self, draft: Draft, setting: Setting, *, again: bool = False) -> Say:
        return similar_say(self.similar, draft, setting)

    def answer(self, draft: Draft, setting: Setting) -> Step:
        """Follow that one, go on with one's own, or put right what was misread."""
        turn = setting.turn
        # "Mándelo así pues": the report, and no wish to follow.
        sends = turn.choice is None and says_send(turn.text)
        if turn.choice == "similar:follow" or (turn.intent == "affirm" and turn.choice is None and not sends):
            return Step(draft, end=End.FOLLOWED)
        plain_no = turn.intent == "deny" and not corrects(draft, setting)
        if turn.choice == "similar:own" or plain_no or turn.intent in ("skip", "file") or sends:
            return Step(
                replace(draft, open=None, compared=f"{draft.compared} {own_key(self.similar.reference)}")
            )
        if turn.intent == "change":
            return Step(replace(draft, open=Change()))
        return corrected_or_noted(draft, setting)

    def back(self, draft: Draft) -> Draft:
        return replace(draft, open=Change())
