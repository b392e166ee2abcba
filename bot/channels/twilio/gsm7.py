"""How many SMS a text costs, and how to make it cost fewer.

Alphabet and part sizes: 3GPP TS 23.038, section 6.2.1, and TS 23.040, section 9.2.3.24.1 (six octets of header per
part leave 153 septets or 67 UTF-16 units).
"""

from __future__ import annotations

import unicodedata

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")  # an escape and a character: two septets

GSM_ALONE, GSM_PART = 160, 153  # septets
UCS2_ALONE, UCS2_PART = 70, 67  # UTF-16 units

# What keyboards and word processors put in and a plain character says as well.
_PLAIN = {
    "‘": "'",
    "’": "'",
    "‚": "'",
    "‛": "'",
    "′": "'",
    "´": "'",
    "`": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "‟": '"',
    "″": '"',
    "«": '"',
    "»": '"',
    "‐": "-",
    "‑": "-",
    "‒": "-",
    "–": "-",
    "—": "-",
    "―": "-",
    "−": "-",
    "…": "...",
    "•": "-",
    "·": "-",
    "×": "x",
    "→": "->",
    "←": "<-",
    "½": "1/2",
    "¼": "1/4",
    "¾": "3/4",
    "º": "o",
    "ª": "a",
    "\t": " ",
    "\u00a0": " ",  # no-break space
    "\u2007": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\u00ad": "",  # soft hyphen
    "\u200b": "",  # zero-width space
    "\u200e": "",
    "\u200f": "",
    "\u2060": "",
    "\ufeff": "",
}
_PLAIN_TABLE = str.maketrans(_PLAIN)
_VOWELS = frozenset("aeiouAEIOU")


def is_gsm7(text: str) -> bool:
    """Whether every character fits the GSM 7-bit alphabet and its extension."""
    return all(char in GSM_BASIC or char in GSM_EXTENSION for char in text)


def segments(text: str) -> int:
    """SMS parts this text is sent in; 0 for an empty text.

    Counted greedily, since a two-septet character or a surrogate pair is never cut in two and
    then leaves the last place of a part empty: `ceil(n / 153)` is one too few there.
    """
    if not text:
        return 0
    if is_gsm7(text):
        costs = [2 if char in GSM_EXTENSION else 1 for char in text]
        return _parts(costs, GSM_ALONE, GSM_PART)
    return _parts([2 if ord(char) > 0xFFFF else 1 for char in text], UCS2_ALONE, UCS2_PART)


def _parts(costs: list[int], alone: int, part: int) -> int:
    if sum(costs) <= alone:
        return 1
    count, room = 1, part
    for cost in costs:
        if cost > room:
            count, room = count + 1, part
        room -= cost
    return count


def to_gsm7(text: str, *, fold_accents: bool = False) -> str:
    """Replace typographic characters by plain ones, so that the text needs fewer parts.

    Letters, emoji and all else outside the alphabet stay. With `fold_accents` every vowel loses its accent, those
    that GSM-7 has (é ü à) like those it lacks (á í ó ú): a text in which some words keep theirs and others do not
    reads like a mistake. Of other letters only what GSM-7 lacks is folded, so ñ stays.
    """
    plain = unicodedata.normalize("NFC", text).translate(_PLAIN_TABLE)
    if not fold_accents:
        return plain
    return "".join(char if char.isascii() else _without_accent(char) for char in plain)


def _without_accent(char: str) -> str:
    base = "".join(part for part in unicodedata.normalize("NFD", char) if not unicodedata.combining(part))
    if char in GSM_BASIC and base not in _VOWELS:
        return char
    return base if base and is_gsm7(base) else char
