"""What is still wrong? A photo or some words, after "not fixed"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.intake.effects import AddToRequest, Effect, GiveFeedback
from bot.conversation.intake.finished import AboutFinished, is_stale, may_be_new
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import FiledQuestion, Told
from bot.conversation.intake.services import sure_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say


@dataclass(frozen=True, slots=True)
class Reopened(AboutFinished):
    name: ClassVar[str] = "reopened"

    def ask(self, setting: Setting) -> Say:
        return Say("utter_reopened", {"reference": self.reference})

    def answer(self, memory: Memory, setting: Setting) -> Told | None:
        if (is_stale(self.at, setting) and may_be_new(setting)) or not self._adds(setting):
            return None
        turn = setting.turn
        return Told(memory, effects=(AddToRequest(self.reference, turn.photos, turn.text),))

    def _adds(self, setting: Setting) -> bool:
        turn = setting.turn
        if turn.photos and not turn.text:
            return True
        if turn.intent in ("add_to_request", "answer", "correct", "not_fixed", "complain_service"):
            return True
        return turn.intent == "report" and sure_service(turn, setting) in (None, self.service)


def reopen(about: FiledQuestion, memory: Memory, setting: Setting) -> Told:
    """The work is not done: open the request again and ask what is wrong."""
    turn = setting.turn
    effects: tuple[Effect, ...] = (
        GiveFeedback(about.reference, verdict="not_fixed", comment=turn.text or None),
    )
    if turn.photos:
        effects += (AddToRequest(about.reference, turn.photos),)
    waiting = memory.with_question(Reopened(about.reference, about.service, turn.at))
    return Told(waiting, (Say("utter_reopened", {"reference": about.reference}),), effects)
