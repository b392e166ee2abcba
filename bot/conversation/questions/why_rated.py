"""What should have been better? Asked after few stars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.intake.belonging import is_another_matter
from bot.conversation.intake.digressions import QUESTIONS
from bot.conversation.intake.effects import AddToRequest, Effect, GiveFeedback
from bot.conversation.intake.finished import FINISHED, AboutFinished, is_stale, may_be_new
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import Told
from bot.conversation.intake.quoting import quoted
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.telling import tells_something
from bot.conversation.intake.turn import Say
from bot.conversation.questions.remark import rated
from bot.conversation.questions.reopened import reopen

GOOD = 4  # stars: below it there is something to learn
_SAYS_NO_MORE = ("skip", "deny", "goodbye", "thanks", "affirm")
_BESIDE = frozenset(
    {*QUESTIONS, "greet", "again", "ask_status", "ask_person", "ask_services", "ask_how_long", "ask_hours",
     "ask_about_bot", "change_language", "stop_texts", "start_texts", "start_over", "cancel"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WhyRated(AboutFinished):
    name: ClassVar[str] = "why_rated"

    def ask(self, setting: Setting) -> Say:
        return Say("utter_ask_why")

    def answer(self, memory: Memory, setting: Setting) -> Told | None:
        turn = setting.turn
        if turn.choice is not None or turn.pin is not None or turn.intent in _BESIDE:
            return None
        if is_stale(self.at, setting) and may_be_new(setting):
            return None
        if turn.intent == "not_fixed":
            return reopen(self, memory, setting)
        if turn.intent in _SAYS_NO_MORE and not turn.photos and not tells_something(turn.text):
            return Told(memory.without(FINISHED), (Say("utter_welcome"),))
        if turn.text and is_another_matter(self.reference, self.service, setting):
            return None
        return self._kept(memory, setting) if turn.text or turn.photos else None

    def _kept(self, memory: Memory, setting: Setting) -> Told:
        turn = setting.turn
        if not turn.text:
            return Told(memory.without(FINISHED), effects=(AddToRequest(self.reference, turn.photos),))
        effects: tuple[Effect, ...] = (GiveFeedback(self.reference, comment=turn.text),)
        if turn.photos:
            effects += (AddToRequest(self.reference, turn.photos),)
        passed_on = Say("utter_passed_on", {"quote": quoted(turn.text)})
        return Told(rated(self, memory, setting), (passed_on,), effects)
