"""What should be changed?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from bot.conversation.intake.corrections import corrected_or_noted, corrects
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.question import End, ReportQuestion, Step
from bot.conversation.intake.sending import says_send, wants_no_change
from bot.conversation.intake.services import CATCH_ALL, of_service, sure_service, without_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.telling import described
from bot.conversation.intake.turn import Say

DROP = "drop"  # give the report up, which ends it instead of changing it


@dataclass(frozen=True, slots=True)
class Change(ReportQuestion):
    name: ClassVar[str] = "change"
    slot: ClassVar[str] = "confirmation"
    closes: ClassVar[bool] = False

    def ask(self, draft: Draft, setting: Setting, *, again: bool = False) -> Say:
        return Say("utter_ask_change")

    def answer(self, draft: Draft, setting: Setting) -> Step:
        """A part by its option is chosen elsewhere; here words that say it, or that nothing has to be changed."""
        turn = setting.turn
        if turn.choice == f"change:{DROP}":
            return Step(draft, (Say("utter_dropped"),), End.DROPPED)
        if turn.intent == "file" or (says_send(turn.text) and not corrects(draft, setting)):
            return Step(draft, end=End.CONFIRMED)
        if turn.intent in ("affirm", "skip") or wants_no_change(turn.text):
            return Step(replace(draft, open=None))
        if turn.intent == "change":
            return Step(draft)
        code = sure_service(turn, setting)
        if turn.text and code not in (None, CATCH_ALL, draft.service):
            # Asked what to change: words of another matter say what it is instead.
            return Step(replace(described(of_service(draft, code or ""), turn), open=None))
        step = corrected_or_noted(draft, setting)
        if step.digressed or step.draft is None or step.draft.open is None:
            return step
        if turn.intent == "deny":
            return Step(draft)
        return replace(step, draft=replace(step.draft, open=None))

    def back(self, draft: Draft) -> Draft:
        return replace(draft, open=None)


def chosen(draft: Draft, part: str, setting: Setting) -> Draft | None:
    """The draft without the part that is to be told anew; None for a part there is not."""
    match part:
        case "what":
            return replace(without_service(draft), open=None)
        case "where":
            return replace(draft, location=None, half_place=None, placeless=False, open=None)
        case "photos":
            return replace(draft, photos=(), open=None)
        case "nothing":
            return replace(draft, open=None)
        case _:
            return None
