"""More of their requests: asked with a list that leaves older ones out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from bot.conversation.intake.effects import TellStatus
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import FiledQuestion, Told
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.text.fold import fold

OLDER = "older"
_MORE = re.compile(
    r"^(?:(?:yes|yeah|ok|please|si|pls|show|me|ver|muestre|the|los|las|and|y|any) )*"
    r"(?:more|next|older(?: ones)?|rest|others?|all|mas|otros|otras|siguientes?|anteriores|demas|todos|todas)(?: (?:please|pls|por favor|ones|of them))*$"
)


@dataclass(frozen=True, slots=True)
class Older(FiledQuestion):
    """`reference`: of the last one that was told; older ones come next."""

    name: ClassVar[str] = "older"
    topic: ClassVar[str] = OLDER
    lasts: ClassVar[timedelta] = timedelta(hours=1)

    @property
    def is_asked(self) -> bool:
        """It is an offer beside an answer: nothing else waits for it."""
        return False

    def ask(self, setting: Setting) -> Say:
        return Say("utter_status_more")

    def answer(self, memory: Memory, setting: Setting) -> Told | None:
        if setting.turn.choice is not None or not _MORE.search(fold(setting.turn.text)):
            return None
        return Told(memory.without(OLDER), effects=(TellStatus(before=self.reference),))
