"""Understanding which option of a menu a resident means: "2", "2.", "two", "dos", 👍, or the option's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.channels.messages import Option
from bot.text.fold import fold
from bot.text.marks import Mark, mark_of
from bot.text.numbers import number_said
from bot.text.own_words import own_words

# What an option answers when its question wants yes or no: its intent, or the end of its choice
# (`/choose{"choice": "updates:yes"}`; a reference after it says of which request).
_MEANS = {
    **dict.fromkeys(("affirm", "file", "fixed", "yes", "follow", "old"), Mark.YES),
    **dict.fromkeys(("deny", "change", "not_fixed", "no", "new", "own"), Mark.NO),
}
_PAYLOAD = re.compile(r'/(?:choose\{"choice": "(?P<choice>[^"]+)"\}|(?P<intent>\w+))')
_POLITE = re.compile(
    r"\b(?:please|pls|por favor|porfa|(?:many )?thanks(?: so much| a lot)?|thank you(?: (?:so|very) much)?|thx|(?:muchas |mil )?gracias|ok|okay)$"
)


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
    places = yes_and_no(options)
    return options[places[0 if mark is Mark.YES else 1]] if places else None


def yes_and_no(options: Sequence[Option]) -> tuple[int, int] | None:
    """The places of the yes and of the no among `options`, from 0; None when that is not what they ask."""
    meant = [_meaning(option) for option in options]
    if meant.count(Mark.YES) != 1 or meant.count(Mark.NO) != 1:
        return None
    return meant.index(Mark.YES), meant.index(Mark.NO)


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
    return "not_fixed" in _stands_for(option)


def _meaning(option: Option) -> Mark | None:
    parts = _stands_for(option)
    if len(parts) > 1 and parts[-1][:1].isupper():
        parts.pop()  # "SM-7K3R9P"
    return _MEANS.get(parts[-1]) if parts else None


def _stands_for(option: Option) -> list[str]:
    """The intent of an option, or the parts of its choice: "updates:yes", "fixed:SM-7K3R9P"."""
    found = _PAYLOAD.fullmatch(option.payload)
    return (found["choice"] or found["intent"]).split(":") if found else []


# "41:2": our message's id and the place of the option in it, as `bot.channels.telegram.render` writes it.
_BUTTON = re.compile(r"([0-9]{1,18}):([0-9]{1,3})", re.ASCII)


def read_button(data: str) -> tuple[int, int] | None:
    """(our message id, option index) of a pressed button; None for anything that no button of ours says."""
    found = _BUTTON.fullmatch(data)
    return (int(found[1]), int(found[2])) if found else None
