"""Understanding which option of a menu a resident means: "2", "2.", "two", "dos", 👍, or the option's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.channels.messages import Option
from bot.text.fold import fold
from bot.text.marks import Mark, mark_of
from bot.text.numbers import number_said
from bot.text.own_words import own_words

# What an option answers when its question wants yes or no: its intent, or the last part of its choice
# (`/choose{"choice": "updates:yes"}`).
_MEANS = {
    **dict.fromkeys(("affirm", "file", "fixed", "yes", "follow"), Mark.YES),
    **dict.fromkeys(("deny", "change", "not_fixed", "no", "new", "own"), Mark.NO),
}
_PAYLOAD = re.compile(r'/(?:choose\{"choice": "[^"]*?(?P<choice>[^":]+)"\}|(?P<intent>\w+))')
_POLITE = re.compile(r"\b(?:please|pls|por favor|porfa|thanks|thank you|thx|gracias)$")


def chosen_option(text: str, options: Sequence[Option]) -> Option | None:
    """The one option that the whole text names, or None. Never guesses: two that fit are none.

    A signature under it, or the number of a part, is no part of the answer. A sign of yes or no ("👍🏽") chooses where
    one option says yes and one says no.
    """
    said = own_words(text)
    if not options or not said:
        return None
    number = number_said(said)
    if number is None:
        number = number_said(_POLITE.sub("", fold(said)))
    if number is not None:
        return options[number - 1] if 1 <= number <= len(options) else None
    if mark := mark_of(said):
        return _answering(mark, options)
    words = fold(said)
    matches = [option for option in options if fold(option.label) == words]
    if not matches and len(words) >= 3:
        matches = [option for option in options if fold(option.label).startswith(f"{words} ")]
    return matches[0] if len(matches) == 1 else None


def _answering(mark: Mark, options: Sequence[Option]) -> Option | None:
    """The option that says so, at a question with one yes and one no."""
    meant = [_meaning(option) for option in options]
    if meant.count(Mark.YES) != 1 or meant.count(Mark.NO) != 1:
        return None
    return options[meant.index(mark)]


def _meaning(option: Option) -> Mark | None:
    found = _PAYLOAD.fullmatch(option.payload)
    return _MEANS.get(found["choice"] or found["intent"]) if found else None
