"""That nothing is to be reported: "nothing happened, I was only asking", "no quiero reportar nada, nomás preguntaba"."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.city.location import ResolutionOutcome
from bot.conversation.intake import digressions
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.text.fold import fold

_ONLY_ASKS = re.compile(
    r"\b(?:(?:only|just|simply) (?:asking|wondering|curious|checking|a question|had a question|have a question|wanted to (?:ask|know)|want to (?:ask|know)|"
    r"looking for (?:info\w*|the (?:\w+ )?(?:rules?|number|link|website|hours|schedule)))|"
    r"(?:nothing|not|don t have|dont have|do not have|haven t got|have nothing|have no)(?: \w+){0,3}? to report|nothing happened|"
    r"(?:not|no) (?:trying to |going to |here to )?(?:report|reporting|file|filing) (?:anything|something|a thing)|(?:don t|dont|do not) (?:want|need) to (?:report|file) (?:anything|something)|"
    r"(?:it s|its|it is|this is|that s|that is) not a (?:report|complaint)|(?:no es|no era) (?:un |ningun |una )?(?:reporte|queja)|"
    r"(?:solo|nomas|no mas|nada mas|namas|solamente) (?:era |es |fue |queria |quiero |estaba |estoy |tengo |tenia )?(?:una (?:pregunta|duda)|pregunt(?:ar|aba|ando|o)|saber)|"
    r"no (?:quiero|queria|vengo a|voy a|tengo que|tengo nada que|hay nada que) (?:reportar|quejarme)(?: de)?(?: nada)?|nada que reportar|no paso nada|no ha pasado nada)\b"
)


def only_asks(setting: Setting) -> bool:
    """Whether words say that nothing is to be reported, and name no place where something is."""
    text = setting.turn.text
    if not text or _ONLY_ASKS.search(fold(text)) is None:
        return False
    return setting.places.locate(text, setting.language).outcome is not ResolutionOutcome.RESOLVED


def answered(setting: Setting) -> tuple[Say, ...]:
    """What is asked in such words, if it is; who knows, where we do not."""
    turn = setting.turn
    asked = turn.side.asked if turn.side is not None else turn
    said = (
        digressions.answer(None, replace(setting, turn=asked))
        if asked.intent in digressions.QUESTIONS
        else ()
    )
    if said:
        return said
    return (digressions.city_answer(setting),) if "?" in turn.text else ()
