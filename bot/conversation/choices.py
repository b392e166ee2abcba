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


# What the options of a question with yes and no stand for.
_YES = ("/affirm", "/file", "/fixed", "updates:yes", "spot:yes", "resume:yes", "similar:follow", "fixed:")
_NO = ("/deny", "/change", "/not_fixed", "updates:no", "spot:no", "resume:new", "similar:own", "not_fixed:")


def yes_and_no(options: Sequence[Option]) -> tuple[int, int] | None:
    """The places of the yes and of the no among `options`, from 0; None when that is not what they ask."""
    yes = [index for index, option in enumerate(options) if _means(option.payload, _YES)]
    no = [index for index, option in enumerate(options) if _means(option.payload, _NO)]
    return (yes[0], no[0]) if len(yes) == 1 and len(no) == 1 else None


_YES_WORDS = frozenset({"yes", "yep", "yeah", "y", "si", "sure", "claro", "ok"})
_NO_WORDS = frozenset({"no", "nope", "nah", "n"})


def said_yes_or_no(text: str, options: Sequence[Option]) -> Option | None:
    """The option that a bare yes or no means, said below a question with both. At the open question the engine hears it."""
    places, word = yes_and_no(options), fold(text)
    if places is None or word not in _YES_WORDS | _NO_WORDS:
        return None
    return options[places[0] if word in _YES_WORDS else places[1]]


def reopens(option: Option) -> bool:
    """Whether choosing it says that finished work is not done."""
    return _means(option.payload, ("/not_fixed", "not_fixed:"))


def _means(payload: str, meanings: Sequence[str]) -> bool:
    value = payload.partition('"choice": "')[2].rstrip('"}')
    return payload in meanings or any(
        value == meaning or (meaning.endswith(":") and value.startswith(meaning)) for meaning in meanings
    )


# "41:2": our message's id and the place of the option in it, as `bot.channels.telegram.render` writes it.
_BUTTON = re.compile(r"([0-9]{1,18}):([0-9]{1,3})", re.ASCII)


def read_button(data: str) -> tuple[int, int] | None:
    """(our message id, option index) of a pressed button; None for anything that no button of ours says."""
    found = _BUTTON.fullmatch(data)
    return (int(found[1]), int(found[2])) if found else None


def _number(text: str) -> int | None:
    plain = unicodedata.normalize("NFKC", text).replace("\ufe0f", "").replace("\u20e3", "").strip()
    if found := _BARE_NUMBER.match(plain):
        return int(found.group(1))
    words = fold(plain)
    words = _LEAD_IN.sub("", words)
    if words.isdigit() and len(words) <= 2:
        return int(words)
    return _NUMBER_WORDS.get(words)
