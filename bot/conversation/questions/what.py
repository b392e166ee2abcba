"""What is it? In the resident's own words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from bot.conversation.intake import digressions
from bot.conversation.intake.beginning import begin
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.question import ReportQuestion, Step
from bot.conversation.intake.services import CATCH_ALL, sure_service, without_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.telling import absorb
from bot.conversation.intake.turn import WORDLESS, Say, Turn


def _told_beside_asking(setting: Setting) -> Turn | None:
    """What stands beside a question that has no answer here, where it says what it is: "why does it say that? it is an airbnb"."""
    turn = setting.turn
    if turn.intent not in digressions.QUESTIONS or turn.side is None or digressions.can_answer(turn, setting):
        return None
    if sure_service(turn.side.rest, setting) in (None, CATCH_ALL):
        return None
    return replace(turn, intent="report", guesses=turn.side.rest.guesses, vague=False, side=None)


@dataclass(frozen=True, slots=True)
class What(ReportQuestion):
    """Asked in the open; the other questions about what it is hear answers in words as this one does."""

    name: ClassVar[str] = "what"

    def ask(self, draft: Draft, setting: Setting, *, again: bool = False) -> Say:
        return Say("utter_what_again" if again or draft.unclear else "utter_ask_what")

    def answer(self, draft: Draft, setting: Setting) -> Step:
        turn = setting.turn
        if turn.intent in ("deny", "skip", "ask_services"):
            return Step(replace(without_service(draft), open=None))
        if (told := _told_beside_asking(setting)) is not None:
            return self.answer(draft, replace(setting, turn=told))
        if turn.intent in digressions.DIGRESSIONS:  # chatter has its likeliest service too: it is no report
            return Step(draft, digressed=True)
        if turn.intent in WORDLESS:
            return Step(draft, again=True)
        if type(self) is What and not draft.description:
            return begin(setting, draft)
        after, says = absorb(draft, setting)
        if turn.intent == "give_place" and after.location is not None and after.service is None:
            says += (Say("utter_got_place", {"where": after.location.name}),)
        return Step(replace(after, open=None), says)
