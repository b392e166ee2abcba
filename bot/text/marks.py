"""Signs that mean yes or no: 👍🏽 👌 ✅ 🙏 and 👎🏿 ❌ 🚫, in any skin tone, repeated, with a word of the same kind.

Words alone are the engine's business; here they only go with a sign.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.text.fold import fold
from bot.text.tables import word_set


class Mark(StrEnum):
    YES = "yes"
    NO = "no"


_YES = frozenset("👍👌✅🙏💯☑✔🆗🙆🙌🤝🫡🤙🗸🗹")
_NO = frozenset("👎❌🚫✖❎🙅⛔✗✘❌🆖🗙🗴")
_THANKS = frozenset("🙏")
# What changes a sign's look and not what it means: skin tones, variation selectors, joiners, gender and direction.
_LOOKS = re.compile(
    "[\U0001f3fb-\U0001f3ff\ufe00-\ufe0f\u200b-\u200f\u2060-\u2064\ufeff\u2640\u2642\u27a1\u20e3]"
)
_YES_WORDS = word_set(
    "yes yep yeah yup ya ok okay okey k sure si claro dale va vale correct correcto right exacto perfecto perfect "
    "great good bien listo done"
)
_NO_WORDS = word_set("no nope nah nel")
_THANKS_WORDS = word_set("thanks thank you thx ty gracias muchas mil")
_KIND_WORDS = _THANKS_WORDS | word_set("please pls por favor porfa porfavor so much very")
_MOST_READ = 200  # characters


def mark_of(text: str) -> Mark | None:
    """Yes or no, where the whole text is such signs, alone or with words of the same kind; None for all else.

    "🙏 gracias" is thanks and no answer; "👍 gracias" is one.
    """
    if len(text) > _MOST_READ:
        return None
    plain = _LOOKS.sub("", text)
    signs = [character for character in plain if character in _YES or character in _NO]
    if not signs:
        return None
    mark = Mark.YES if signs[0] in _YES else Mark.NO
    kind = _YES if mark is Mark.YES else _NO
    # Every other sign, a face or a heart, says something of its own.
    rest = "".join(" " if character in kind else character for character in plain)
    if any(not (character.isalnum() or character.isspace() or character in "¡!.,;-¿'") for character in rest):
        return None
    words = set(fold(rest).split())
    if words and words <= _KIND_WORDS and all(sign in _THANKS for sign in signs):
        return None
    fitting = (_YES_WORDS if mark is Mark.YES else _NO_WORDS) | _KIND_WORDS
    return mark if words <= fitting else None
