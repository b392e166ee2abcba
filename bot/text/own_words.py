"""What of a message its sender wrote and we can read."""

from __future__ import annotations

import re
import unicodedata

from bot.text.digits import plain_numbers
from bot.text.parts import numbered_part
from bot.text.signatures import without_signature

# Controls, zero-width and direction marks, and what is nobody's: it stands between letters and hides words. The joiner
# of emoji (U+200D) stays, for families and flags.
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x01-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd]"
)
_LAST_LATIN = "\u024f"


def storable(text: str) -> str:
    """The text without what PostgreSQL and UTF-8 cannot hold: NUL, and halves of surrogate pairs (whole ones are joined)."""
    if text.isascii():
        return text.replace("\x00", "")
    return text.replace("\x00", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def legible(text: str) -> str:
    """The text as a person reads it: plain digits, whole letters, nothing unseen, its lines kept."""
    text = _UNSEEN.sub("", _BREAKS.sub("\n", storable(text)))
    if text.isascii():
        return text
    text = plain_numbers(unicodedata.normalize("NFC", text))
    kept: list[str] = []
    for character in text:
        # Struck out or decorated Latin letters, and the frame of a keycap; other scripts need their marks.
        if unicodedata.category(character) in ("Mn", "Me") and kept and kept[-1] <= _LAST_LATIN:
            continue
        kept.append(character)
    return "".join(kept)


def own_words(text: str) -> str:
    """The legible text without signature, and without the "(1/2)" of a part."""
    words = without_signature(legible(text)).strip()
    part = numbered_part(words)
    return part.rest if part else words
