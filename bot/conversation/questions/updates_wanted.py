"""Shall we text when it changes? Texts over the coming days want a yes (CTIA): SMS asks once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from bot.conversation.intake.belonging import belongs, is_told_apart, says_also
from bot.conversation.intake.effects import AddToRequest
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.places import where_before
from bot.conversation.intake.question import FiledQuestion, Told
from bot.conversation.intake.services import CATCH_ALL, sure_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.status import asks_whether
from bot.conversation.intake.telling import tells_more, tells_something
from bot.conversation.intake.texts_wanted import answer_in, beside_the_answer
from bot.conversation.intake.turn import Say, Turn
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
        other = _another_matter(self.service, beside, setting)
        wants = answer_in(setting.turn.text) if other is not None else self._wants(setting)
        if wants is None:
            return None
        answered = told(memory, setting, wants=wants)
        if other is not None:
            return replace(answered, goes_on=other)
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


def _another_matter(service: str, beside: str, setting: Setting) -> Turn | None:
    """What is told of another matter behind the answer: "ya. oh and the beach shower won't shut off"."""
    turn = setting.turn
    if turn.choice is not None or turn.photos or not tells_something(beside):
        return None
    alone = replace(turn, text=beside, intent="report", side=None, replies={})
    apart = replace(setting, turn=alone)
    # "Yes text me. also at that corner the lines are worn off": where it is is known.
    other = sure_service(alone, apart) not in (None, CATCH_ALL, service)
    there = other and says_also(turn.text) and where_before(apart) is not None
    return alone if there or is_told_apart(service, apart) else None


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
