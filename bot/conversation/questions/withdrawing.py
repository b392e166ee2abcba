"""Shall I take it back? Asked before a filed request is withdrawn: what reads like a wish to may be none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from bot.conversation.intake.effects import Withdraw
from bot.conversation.intake.finished import called
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import FiledQuestion, Told
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.status import asks_in_any_sentence
from bot.conversation.intake.turn import Say
from bot.text.fold import fold

WITHDRAWING = "withdrawing"
CHOICE = "withdraw"  # kind of its options
_YES = frozenset({"affirm", "cancel", "file", "fixed"})
_NO = frozenset({"deny", "skip"})
# Words that keep it, whatever they read like: "no, mejor déjelo", "actually leave it open".
_KEEPS = re.compile(
    r"^(?:(?:oh|ay|um|actually|wait|pues|mejor) )*(?:no|nope|nah|nel|don t|dont)\b|\b(?:keep|leave) (?:it|that|this|them)\b|"
    r"\b(?:dej[ae](?:n)?l[oa]s?|que (?:se quede|siga)|no l[oa] (?:retir|quit|cancel|borr)\w+)\b"
)


@dataclass(frozen=True, slots=True)
class Withdrawing(FiledQuestion):
    place: str = ""
    words: str = ""  # with which it was wished

    name: ClassVar[str] = "withdrawing"
    topic: ClassVar[str] = WITHDRAWING
    lasts: ClassVar[timedelta] = timedelta(hours=2)

    @property
    def settles(self) -> bool:
        return True

    def ask(self, setting: Setting) -> Say:
        where = setting.places.retold(self.place, setting.language)
        about = called(setting.noun(self.service), where)
        return Say("utter_ask_withdraw", {"reference": self.reference, "about": about})

    def answer(self, memory: Memory, setting: Setting) -> Told | None:
        kind, _, value = (setting.turn.choice or "").partition(":")
        if kind == CHOICE:
            wants = value == "yes"
        elif setting.turn.choice is None and _KEEPS.search(fold(setting.turn.text)):
            wants = False
        elif setting.turn.choice is not None or setting.turn.intent not in _YES | _NO:
            return None
        elif asks_in_any_sentence(setting.turn.text):
            return None  # "entonces ya lo quitaron, sí o no": nothing is taken back by a question
        else:
            wants = setting.turn.intent in _YES
        memory = memory.without(WITHDRAWING)
        if wants:
            return Told(memory, effects=(Withdraw(self.reference, self.words),))
        return Told(memory, (Say("utter_not_withdrawn", {"reference": self.reference}),))


def ask_withdrawing(request: OwnRequest, memory: Memory, setting: Setting) -> Told:
    """Ask whether the request is to be taken back, in the words that wish it."""
    turn = setting.turn
    asked = Withdrawing(request.reference, request.service, turn.at, request.place, turn.text)
    return Told(memory.with_question(asked), (asked.ask(setting),))
