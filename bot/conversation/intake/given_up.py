"""A report that was given up and is wanted after all: "actually, send it", "siempre si mandelo"."""

from __future__ import annotations

import re

from bot.conversation.intake.sending import SENDING
from bot.text.fold import fold

_AFTER_ALL = re.compile(
    rf"\b(?:{SENDING}|(?:bring|get) (?:it|that|my report) back|un ?(?:do|cancel) (?:it|that)|(?:go|went) back to (?:it|that)|"
    r"(?:still|do) want (?:it|that|to)\b.*|(?:recuper|regres|restaur)(?:a|e|ar|en)(?:l[oa]| (?:el|mi) reporte)|"
    r"(?:siempre|ahora) (?:si )(?:lo )?(?:quiero|mand\w+|envi\w+|report\w+)|(?:lo|la) quiero (?:mandar|enviar|reportar))\b"
)
# "Did you send it?", "don't send it", "lo mandó?": a question about it, or the same no once more.
_REFUSES = re.compile(
    r"\b(?:don t|dont|do not|never|not|no (?:lo |la )?(?:mand|envi|report)\w*|did|didn t|was|is|have|has|ya (?:lo |la )?(?:mand|envi)\w*|who|why)\b"
)


# "I didn't say don't send it. Send it": the no is put right.
_NEVER_SAID = re.compile(
    r"\b(?:(?:i|we) (?:didn t|didnt|did not|never) (?:say|said|tell|told|mean|meant)(?: you)?(?: to)?|(?:yo )?(?:no|nunca) (?:le )?dije(?: que)?) (?:not(?: to)?|don t|dont|do not|no)(?: lo| la)? \w+(?: it| that)?"
)


def is_wanted_after_all(text: str) -> bool:
    """Whether words ask for what was given up. Reads any text, never raises."""
    words = _NEVER_SAID.sub(" ", fold(text))
    return bool(_AFTER_ALL.search(words)) and not _REFUSES.search(words)
