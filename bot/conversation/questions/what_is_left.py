"""Shall it be opened again for what is left? Asked after half a yes to "is it fixed?"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.intake.finished import AboutFinished
from bot.conversation.intake.half_done import is_content, says_fixed
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import Told
from bot.conversation.intake.services import begins_anew
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.telling import SOME_WORDS
from bot.conversation.intake.turn import Say
from bot.conversation.questions.rating import ask_rating
from bot.conversation.questions.reopened import reopen
from bot.text.fold import fold

LEFT = "left"  # kind of its options
# "No need, it's fine", "no hace falta", "leave it closed".
_FINE = re.compile(
    r"\b(?:no need|(?:it s|its|that s|thats|all|we re|i m|im) (?:fine|ok|okay|good|done|fixed)|(?:leave|keep) it closed|don t (?:open|bother)|dont (?:open|bother)|no (?:hace|es) (?:falta|necesario)|"
    r"asi (?:esta|queda) bien|(?:ya )?esta bien|todo bien|dejel[oa]|no l[oa] abra\w*|thank\w*|gracias)\b"
)
# "You bet I want it open".
_OPEN_IT = re.compile(
    r"\b(?:you bet|u bet|damn right|hell yes|want (?:it|this|that) (?:re ?)?open(?:ed)?|(?:re)?open it|keep it open|claro que si|por supuesto|(?:re)?abr[ae](?:l[oa]|n)?|quiero que l[oa] abran?)\b(?! (?:not|no)\b)"
)
# With a no in front it is fine, whatever else is told: "no its fine, we're leaving tomorrow anyway".
_NO_NEED = re.compile(
    r"^(?:(?:no|nope|nah|nel) )+(?:(?!not\b)\w+ )?(?:dej[ae]l[oa]s?(?: asi| como esta| ya)?|leave it|don t (?:bother|worry|open)|dont (?:bother|worry|open)|no l[oa] abra\w*|(?:it s|its|it is|that s|thats|that is) (?:fine|ok|okay|good|all good|alright)|need|worries|problem|(?:asi )?(?:esta|queda) bien|hace falta|es necesario|pasa nada|se preocupe)\b"
)
_OPENS = frozenset({"affirm", "not_fixed", "file", "complain_service"})
_ENDS = frozenset({"deny", "fixed", "thanks", "goodbye", "skip"})
# More words about what is left: the same half yes once more, which is enough to look again.
_TELLS = frozenset({"add_to_request", "answer", "correct", "change", "report"})


@dataclass(frozen=True, slots=True)
class WhatIsLeft(AboutFinished):
    name: ClassVar[str] = "what_is_left"

    def ask(self, setting: Setting) -> Say:
        return Say("utter_ask_what_is_left")

    def answer(self, memory: Memory, setting: Setting) -> Told | None:
        turn = setting.turn
        kind, _, value = (turn.choice or "").partition(":")
        if kind == LEFT:
            return (reopen if value == "yes" else ask_rating)(self, memory, setting)
        if turn.choice is not None or turn.pin is not None or begins_anew(turn.text):
            return None
        ends = (turn.intent in _ENDS and _is_plain(turn.text)) or (bool(turn.text) and says_fixed(turn.text))
        if _OPEN_IT.search(fold(turn.text)) and not says_fixed(turn.text):
            return reopen(self, memory, setting)
        if is_content(turn.text) or ends or _NO_NEED.search(fold(turn.text)):
            return ask_rating(self, memory, setting)
        # Who tells more of it, whatever it reads like, has not said that it is fine.
        if turn.intent in _OPENS | _ENDS or turn.photos or (turn.intent in _TELLS and turn.text):
            return reopen(self, memory, setting)
        return None


def _is_plain(text: str) -> bool:
    """Whether words end it and tell no more of it: "no", "no thanks it's ok", "it is fixed now, the other one too"."""
    return len(text.split()) <= SOME_WORDS or says_fixed(text) or _FINE.search(fold(text)) is not None
