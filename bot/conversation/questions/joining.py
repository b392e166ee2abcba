"""Shall the two conversations be joined? Asked once where a code is sent: somebody may have been talked into sending it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from bot.conversation.intake.effects import JoinConversations
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import FiledQuestion, Told
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.text.fold import fold

JOINING = "joining"
CHOICE = "join"  # kind of its options
# A yes in so many words, and nothing that doubts it: the engine's "affirm" alone would take more for one.
_SAYS_YES = (
    r"(?:yes|yeah|yep|yup|ya|sure|ok|okay|correct|that is right|link (?:them|it)|join them|go ahead|do it|(?:that s|thats|it s|its) (?:me|mine)|both are mine|"
    r"si|sip|simon|claro|dale|va|asi es|de acuerdo|correcto|adelante|unal[ao]s|vinculel[ao]s|soy yo|es mi[ao]|son mi[ao]s)"
)
_POLITE = r"(?:please|pls|thanks|thank you|por favor|porfa|gracias)"
_YES = re.compile(rf"(?:{_POLITE} )*{_SAYS_YES}(?: (?:{_SAYS_YES}|{_POLITE}))*")
_NO = re.compile(
    r"(?:no|nope|nah|nel|don t|dont|not me|not mine|stop|wait|cancel|mejor no|espere|cancel[ae]\w*)\b"
)


# By the channel of the other conversation.
_ASKED = {"sms": "utter_ask_join_sms", "telegram": "utter_ask_join_telegram"}


@dataclass(frozen=True, slots=True)
class Joining(FiledQuestion):
    """About no request; only the very next words may be its answer (`talk.linking`)."""

    channel: str = ""  # on which the code was made
    code_id: int = 0
    other: int = 0  # the conversation in which it was made

    name: ClassVar[str] = "joining"
    topic: ClassVar[str] = JOINING
    lasts: ClassVar[timedelta] = timedelta(minutes=15)

    def ask(self, setting: Setting) -> Say:
        return ask_of(self.channel)

    def answer(self, memory: Memory, setting: Setting) -> Told | None:
        kind, _, value = (setting.turn.choice or "").partition(":")
        words = fold(setting.turn.text)
        if kind == CHOICE:
            wants = value == "yes"
        elif setting.turn.choice is not None:
            return None
        elif _NO.match(words) or setting.turn.intent in ("deny", "cancel"):
            wants = False
        elif _YES.fullmatch(words) and "?" not in setting.turn.text:
            wants = True
        else:
            return None
        memory = memory.without(JOINING)
        if wants:
            return Told(memory, effects=(JoinConversations(self.code_id, self.other),))
        return Told(memory, (Say("utter_not_joined"),))


def ask_of(channel: str) -> Say:
    """The question, of a code that was made on a channel."""
    return Say(_ASKED[channel])
