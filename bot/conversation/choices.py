"""Understanding which option of a menu a resident means: "2", "2.", "two", "dos", or the option's own words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.channels.messages import Option
from bot.text.fold import fold

_NUMBER_WORDS = {
    word: number
    for number, words in enumerate(
        [
            ("one", "uno", "una", "first", "primero", "primera"),
            ("two", "dos", "second", "segundo", "segunda"),
            ("three", "tres", "third", "tercero", "tercera"),
            ("four", "cuatro", "fourth", "cuarto", "cuarta"),
            ("five", "cinco", "fifth", "quinto", "quinta"),
            ("six", "seis"),
            ("seven", "siete"),
            ("eight", "ocho"),
            ("nine", "nueve"),
            ("ten", "diez"),
        ],
        start=1,
    )
    for word in words
}
_LEAD_IN = re.compile(
    r"^(?:the |option |opcion |number |numero |no |num |la |el |es la |it s |its |# ?)+(?=\S)"
)
# "1", "1.", "#1", "(1)", "1)", "1️⃣" once folded.
_BARE_NUMBER = re.compile(r"^[#(]*\s*(\d{1,2})\s*[.):!]*$")


def chosen_option(text: str, options: Sequence[Option]) -> Option | None:
    """The one option that the whole text names, or None. Never guesses: two that fit are none."""
    if not options or not text.strip():
        return None
    number = _number(text)
    if number is not None:
        return options[number - 1] if 1 <= number <= len(options) else None
    words = fold(text)
    matches = [option for option in options if fold(option.label) == words]
    if not matches and len(words) >= 3:
        matches = [option for option in options if fold(option.label).startswith(f"{words} ")]
    return matches[0] if len(matches) == 1 else None


def _number(text: str) -> int | None:
    plain = unicodedata.normalize("NFKC", text).replace("\ufe0f", "").replace("\u20e3", "").strip()
    if found := _BARE_NUMBER.match(plain):
        return int(found.group(1))
    words = fold(plain)
    words = _LEAD_IN.sub("", words)
    if words.isdigit() and len(words) <= 2:
        return int(words)
    return _NUMBER_WORDS.get(words)
