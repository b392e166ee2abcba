"""Danger comes before everything, in every state: what is said, and whether anything else is.

The engine tells two kinds (docs/nlu.md): an emergency is for 911, a wish to harm oneself for the crisis line, 988.
"""

from __future__ import annotations

import re
from dataclasses import replace
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
PRELUDES = frozenset({*_SAID.values(), "utter_emergency_besides"})

# What the city has to mend once nobody is in danger any more: an emergency that names one of them is a report, too.
# What only says where somebody is (a sidewalk, a bridge, a sign) is none of them.
_THINGS = re.compile(
    r"\b(?:wires?|power ?lines?|lines?|cables?|poles?|trees?|branch(?:es)?|limbs?|potholes?|holes?|"
    r"sinkholes?|manholes?|pipes?|hydrants?|transformers?|spill\w*|main|"
    r"postes?|arbol(?:es)?|ramas?|baches?|hoyos?|alcantarillas?|tubos?|hidrantes?|"
    r"transformador(?:es)?|derrames?)\b"
)
# What is broken where somebody tripped over it: "fell on the broken sidewalk", "me caí en la banqueta levantada".
_BROKEN = re.compile(
    r"\b(?:broken|cracked|uneven|raised|lifted|loose|missing|rotten|sunken|crooked) (?:\w+ )?(?:sidewalk|pavement|curb|steps?|stairs?|ramp|grate|cover|tiles?|bricks?|planks?|boards?|railing|bench|swing|slide|concrete|slab)\b|"
    r"\b(?:banqueta|acera|escalon|escalones|rampa|coladera|tapa|losa|tabla|banca|columpio|baranda|piso) (?:esta |bien |toda |todo |muy )*(?:rot[oa]|levantad[oa]|quebrad[oa]|agrietad[oa]|suelt[oa]|hundid[oa]|chuec[oa])\b"
)
# What did not happen, or has not yet: "one old man almost fell", "casi le cae encima", "somebody will get hurt".
_NEARLY = re.compile(
    r"\b(?:almost|nearly|about to|could|might|may|will|gonna|going to|would|waiting to|casi|por poco|puede|pueden|podria|va a|vaya a|van a|ba a) (?:\w+ ){0,3}?"
    r"(?:fall\w*|fell|trip\w*|hit|get hit|hurt|injur\w*|kill\w*|crash\w*|happen|cae\w*|caigo|caer\w*|cayo|golpe\w*|lastim\w*|atropell\w*|mat\w+|pega\w*|choc\w*|tropie\w*|accidente|asidente)\b"
)
# That it is no case for 911, or that the police is not wanted.
_DENIED = re.compile(
    r"\b(?:not (?:an? |really |a real )?(?:911 )?emergency|(?:don t|dont|do not) think (?:it s|its|it is|this is|that s|thats)? ?(?:an? )?(?:911|emergency)|(?:not|isn t|isnt) (?:for |a )?911|"
    r"no (?:es|era|creo que sea)(?: (?:de|para|pa|como|cosa|caso|asunto|llamar|llamarle|al|el|del))* 911|(?:not|isn t|isnt|no) (?:a |something )?(?:for |to call |to be calling |calling )?911|"
    r"(?:nobody|no one|nadie) (?:is|s|esta|se esta|se) (?:\w+ )?(?:dying|muriendo|mueriendo)|no es (?:una )?emergencia|not dangerous|no es peligros[oa]|(?:please )?(?:not?|no need for|without|don t (?:send|call)(?: the)?) (?:the )?police|"
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
    words = fold(turn.text)
    if denied(turn.text) or _BROKEN.search(words) or _NEARLY.search(words):
        return False
    return turn.intent in _TELLING and _THINGS.search(words) is None


def denied(text: str) -> bool:
    """Whether words say that it is no case for 911, or that the police is not wanted. Reads any text, never raises."""
    return _DENIED.search(fold(text)) is not None


def without_its_name(text: str) -> str:
    """Folded words without "emergency": who says that it is none refuses no "non-emergency police". Reads any text, never raises."""
    return _EMERGENCY.sub(" ", fold(text))


_EMERGENCY = re.compile(r"\b(?:emergency|emergencia)\b")


# That nobody is in danger any more, said after we told of 911.
_SETTLED = re.compile(
    r"\b(?:he|she|they|we|i|everyone|everybody|mom|dad|it)(?: is| are| am|s| s| re| m| was)? (?:fine|ok|okay|alright|all right|good|safe)\b|"
    r"\b(?:nobody|no one)(?: is| s| was| got| gets)? (?:hurt|injured|in danger)\b|"
    r"\b(?:ya )?(?:esta|estan|estoy|estamos) (?:bien|a salvo|mejor)\b|\bnadie (?:esta|salio) (?:herid|lastimad|en peligro)\w*\b|"
    r"\b(?:report it|please report|i want to report|reportel[oa]|quiero reportar\w*|si report\w+)\b"
)


def settled(text: str) -> bool:
    """Whether words, after we told of 911, say that it is no case for it or not any more. Reads any text, never raises."""
    return denied(text) or ("?" not in text and _SETTLED.search(fold(text)) is not None)


_REPORT_IT = re.compile(
    r"(?:(?:yes|yeah|ok|okay|please|pls|si|por favor|porfa|i want (?:you )?to|quiero) )*(?:report (?:it|that|this)|reportel[oa]|reportar(?:l[oa])?)(?: (?:please|pls|por favor|porfa|gracias|thanks|thx))*"
)


def told_again(told: Turn, turn: Turn) -> Turn:
    """What was answered with 911 alone, as the report it is to be, with the words that deny the danger behind it; a mere "report it"
    tells nothing."""
    only_wished = _REPORT_IT.fullmatch(fold(turn.text)) is not None
    return replace(
        turn, text=told.text if only_wished else f"{told.text}\n{turn.text}", intent="report", guesses=told.guesses, problems=told.problems,
        questions=(), vague=told.vague, side=None,
    )  # fmt: skip


def answers_besides(turn: Turn) -> bool:
    """Whether the words begin with an answer to "is it fixed?", which counts beside the danger."""
    return Danger.CRISIS not in turn.danger and _VERDICT.search(fold(turn.text)) is not None


def asks_on(turn: Turn) -> bool:
    """Whether an open question is asked again below the answer to danger."""
    return Danger.CRISIS not in turn.danger and not turn.taken_over
