"""What is said of finished work beside its stars: "5, and tell the crew thank you", or "they were super fast" a moment later."""

from __future__ import annotations

import re

from bot.conversation.intake.stars import STARS, without_stars
from bot.text.fold import fold

# Manners by themselves are answered, and nobody of staff need read them.
_COURTESY = re.compile(
    r"\b(?:(?:have|has) (?:a )?(?:(?:very|so|really) )?(?:good|great|nice|blessed|lovely) (?:one|day|night|evening|weekend|week)|(?:so|very) much|a lot|no problem|you(?: re|re)? welcome|"
    r"that s (?:it|all)|thats (?:it|all)|(?:i m|im|we re) good|thank (?:you|u|ya)(?: all| guys)?|thanks|thank|thx|ty|tysm|thnx|cheers|appreciated?|ok|okay|k|kk|yes|yeah|yep|yup|no|nope|sure|cool|good|great|"
    r"perfect|nice|awesome|excellent|bye|goodbye|hi|hello|hey|please|pls|skip|"
    r"(?:que )?(?:tenga|tengan|pase|pasen) (?:un |una )?(?:buen|buena|bonito|bonita|excelente|lindo|linda) (?:dia|tarde|noche|semana)|de nada|(?:es|seria) todo|nada mas|igualmente|"
    r"(?:muchas|mil|muchisimas) gracias|gracias|graciass*|grax|si|sale|vale|bueno|bien|muy bien|perfecto|excelente|genial|adios|hola|por favor|porfa|saltar)\b"
)
_LINKS = frozenset({"and", "but", "y", "pero", "because", "porque", "cause", "out", "of", "de", "a", "an", "the", "i", "we", "to", "it", "give", "doy", "les", "le", "un"})  # fmt: skip
SAYS_SOMETHING = 2  # words that are neither stars nor manners
_LEADS = re.compile(r"^(?:and|y|but|pero|because|porque)\s+", re.IGNORECASE)


def remark_in(text: str) -> str:
    """The words without the stars in front of them, where they say more than manners; else "". Reads any text, never raises.

    "5, and tell the crew thank you" -> "tell the crew thank you"; "4 stars, thanks" -> "".
    """
    words = [one for one in _COURTESY.sub(" ", fold(text)).split() if one not in STARS | _LINKS]
    told = [one for one in words if not one.isdigit()]
    if len(told) < SAYS_SOMETHING:
        return ""
    return _LEADS.sub("", without_stars(text))
