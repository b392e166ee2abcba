"""Shall we text when it changes? Texts over the coming days want a yes (CTIA): SMS asks once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from bot.conversation.intake.belonging import belongs
from bot.conversation.intake.effects import AddToRequest
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import FiledQuestion, Told
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.status import asks_whether
from bot.conversation.intake.telling import tells_more, tells_something
from bot.conversation.intake.texts_wanted import answer_in, beside_the_answer
from bot.conversation.intake.turn import Say
from bot.conversation.questions.helpful_detail import ask_next

UPDATES = "updates"


@dataclass(frozen=True, slots=True)
class UpdatesWanted(FiledQuestion):
    name: ClassVar[str] = "updates_wanted"
    topic: ClassVar[str] = UPDATES
    lasts: ClassVar[timedelta] = timedelta.max  # until something else is said

    def ask(self, setting: Setting) -> Say:
        return Say("utter_offer_updates")

    def answer(self, memory: Memory, setting: Setting) -> Told | None:
        beside = beside_the_answer(setting.turn.text)
        wants = self._wants(setting)
        if wants is None:
            return None
        answered = told(memory, setting, wants=wants)
        if not tells_more(setting.turn) or not tells_something(beside):
            return answered
        more = AddToRequest(self.reference, setting.turn.photos, setting.turn.text)
        return replace(answered, effects=(more,))

    def _wants(self, setting: Setting) -> bool | None:
        """Yes or no; where the words hold one outright ("finally. no thanks. its on thursdays"), that one."""
        turn = setting.turn
        if turn.choice is None and asks_whether(turn.text):
            return None  # "so are you texting me or not"
        outright = answer_in(turn.text) if turn.choice is None and not turn.edited else None
        if outright is not None:
            tells = turn.intent in ("report", "another")
            return (
                outright if not tells or belongs(self.reference, self.service, setting, wanted=True) else None
            )
        return {"affirm": True, "deny": False, "skip": False}.get(turn.intent)  # consent is a yes


def told(memory: Memory, setting: Setting, *, wants: bool) -> Told:
    """Keep the answer, then go on with the details that waited behind it."""
    memory, says = ask_next(replace(memory.without(UPDATES), updates=wants), setting)
    return Told(memory, (said_back(wants=wants), *says))


def said_back(*, wants: bool) -> Say:
    return Say("utter_updates_on" if wants else "utter_updates_off", custom={"wants_updates": wants})


def offer(memory: Memory, setting: Setting) -> tuple[tuple[Say, ...], Memory]:
    """Whether to text updates of the request filed last, or that we will: on Telegram the chat itself is the wish."""
    if setting.turn.channel == "sms" and memory.updates is None and memory.filed is not None:
        asked = UpdatesWanted(memory.filed.reference, memory.filed.service, setting.turn.at)
        return (Say("utter_offer_updates"),), memory.with_question(asked)
    if memory.updates is False:
        return (), memory
    return (Say("utter_will_update"),), memory
