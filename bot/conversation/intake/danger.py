"""Danger comes before everything, in every state: what is said, and whether anything else is.

The engine tells two kinds (docs/nlu.md): an emergency is for 911, a wish to harm oneself for the crisis line, 988.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.conversation.intake.turn import Say, Turn
from bot.text.fold import fold


class Danger(StrEnum):
    CRISIS = "crisis"
    EMERGENCY = "emergency"


_SAID = {
    frozenset({Danger.CRISIS}): "utter_crisis",
    frozenset({Danger.EMERGENCY}): "utter_emergency",
    frozenset({Danger.CRISIS, Danger.EMERGENCY}): "utter_crisis_emergency",
}
PRELUDES = frozenset(_SAID.values())

# What the city has to mend once nobody is in danger any more: an emergency that names one of them is a report, too.
# What only says where somebody is (a sidewalk, a bridge, a sign) is none of them.
_THINGS = re.compile(
    r"\b(?:wires?|power ?lines?|lines?|cables?|poles?|trees?|branch(?:es)?|limbs?|potholes?|holes?|"
    r"sinkholes?|manholes?|pipes?|hydrants?|transformers?|spill\w*|main|"
    r"postes?|arbol(?:es)?|ramas?|baches?|hoyos?|alcantarillas?|tubos?|hidrantes?|"
    r"transformador(?:es)?|derrames?)\b"
)
# That it is no case for 911, or that the police is not wanted.
_DENIED = re.compile(
    r"\b(?:not (?:an? |really |a real )?(?:911 )?emergency|no es (?:una )?emergencia|not dangerous|no es peligros[oa]|(?:please )?(?:not?|no need for|without|don t (?:send|call)(?: the)?) (?:the )?police|"
    r"(?:sin|no (?:mande\w*|llame\w*|quiero)(?: a)?(?: la)?) policia|no (?:911|ambulance))\b"
)
# An answer to "is it fixed?" that is said in one breath with danger.
_VERDICT = re.compile(
    r"^(?:no )?(?:(?:it s |its |it is |it |is )?(?:still )?(?:not|isn t|isnt) (?:been )?(?:fixed|done)|(?:it s |its |it is )?still (?:there|broken)|"
    r"(?:ya )?(?:no )?(?:esta |lo )?(?:no )?(?:arregl|repar)\w+|sigue (?:igual|ahi|roto|rota))\b"
)
# Intents that tell of something; any other is an answer or a wish, and counts beside the danger.
_TELLING = (
    "report",
    "out_of_scope",
    "abuse",
    "complain_service",
    "greet",
    "ask_services",
    "ask_about_bot",
    "",
)


def prelude(turn: Turn) -> tuple[Say, ...]:
    """What is said first; nothing without danger."""
    name = _SAID.get(frozenset(Danger(kind) for kind in turn.danger))
    return (Say(name, alone=True),) if name else ()


def first(says: tuple[Say, ...], turn: Turn) -> tuple[Say, ...]:
    """`says` with danger answered before them, once."""
    if any(say.response in PRELUDES for say in says):
        return says
    return (*prelude(turn), *says)


def in_front(says: tuple[Say, ...]) -> tuple[Say, ...]:
    """`says` in their order, but for what danger says: that comes before what was done."""
    return tuple(sorted(says, key=lambda say: say.response not in PRELUDES))


def is_all(turn: Turn) -> bool:
    """Whether danger is all that the turn is about: nothing is asked, added or filed for it.

    Who wants to die is asked nothing. A person who collapsed is no report, a wire that is down is one.
    """
    if Danger.CRISIS in turn.danger:
        return True
    if Danger.EMERGENCY not in turn.danger or turn.edited or turn.choice is not None:
        return False
    # "He is kind, not dangerous, please not police": 911 is told, and what they want is heard.
    if _DENIED.search(fold(turn.text)):
        return False
    return turn.intent in _TELLING and _THINGS.search(fold(turn.text)) is None


def answers_besides(turn: Turn) -> bool:
    """Whether the words begin with an answer to "is it fixed?", which counts beside the danger."""
    return Danger.CRISIS not in turn.danger and _VERDICT.search(fold(turn.text)) is not None


def asks_on(turn: Turn) -> bool:
    """Whether an open question is asked again below the answer to danger."""
    return Danger.CRISIS not in turn.danger and not turn.taken_over
