"""What answers "which cross street or number on this street?", in whatever words: "by 18th", "ahi mismo por la 18",
"the number on the door is 2318".

A street told while a cross street is asked is the one that crosses, where the two really meet, and a number is a house
of the street that was asked about, where it has such a house. What is said instead of that street is a correction.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.city.corrections import (
    EXACT,
    FOUND,
    MEANT,
    Read,
    StreetsTold,
    corrected,
    is_numbered,
    is_place,
    is_taken_back,
    last_piece,
    lead_in,
    plain_number,
    said_instead,
)
from bot.city.location import Location, LocationKind, Resolution, ResolutionOutcome
from bot.city.meant import HOME_WORDS
from bot.city.told import LEAST_HOUSE, StreetTold, house_numbers
from bot.city.words import tokens
from bot.text.fold import fold_in_place
from bot.text.numbers import bare_figure

_ON = re.compile(r"(?:on|sobre|en)\b")  # "no wait, its on 18th" tells the street, and not one that crosses
_STRETCH = re.compile(r"\b(?:between|betw|btwn?|b/w|entre)\b")
_TAKES_BACK = re.compile(r"\b(?:no|nope|wait|actually|espera|espere|en realidad)\b")


def answered(read: Read, told: StreetsTold, street: str, text: str) -> Resolution:
    """An answer to "which cross street or number on `street`?": one of these, or another place that is meant instead."""
    folded = fold_in_place(text)
    bare = text[lead_in(folded) :].strip() or text
    if _STRETCH.search(folded) and (house := _numbered(read, street, text)) is not None:
        return house  # "1127, btwn Wilshire and California": the stretch says where that house is
    own = read(text)
    said = said_instead(read, text)
    if said is not None and not _means(read, text[said.start("wrong") : said.end("wrong")], street):
        found = _crossed(read, street, told(text))  # "not on california, by washington": which street crosses
        if found is not None:
            return found
    if said is None and (block := _stretch(read, street, text, folded)) is not None:
        return block  # the two may meet elsewhere: "between hollister and strand" is no corner of theirs
    # "No not on 14th. On California, between 14th and 15th": a stretch is told whole, whatever it is not.
    whole = said is not None and _STRETCH.search(folded) is not None
    if own.location is not None and (own.location.kind in EXACT or whole):
        return own
    if said is not None:
        return corrected(read, told, street, text)
    if not _is_instead(read, street, folded, text, bare):
        # Where they live may be told as well: then the streets are weighed one by one.
        at_home = any(word.word in HOME_WORDS for word in tokens(text))
        found = None if at_home else _joined(read, street, text, bare)
        found = found or _numbered(read, street, text) or _crossed(read, street, told(text))
        if found is not None:
            return found
        if own.location is None and any(one.near for one in told(text)):
            # "by 18th" where the two do not meet: it is still on the street that was asked about.
            return replace(
                read(f"on {street}"), outcome=ResolutionOutcome.STREET_ONLY, candidates=(), street=street
            )
    if own.outcome is ResolutionOutcome.STREET_ONLY and not told(text):
        return Resolution(ResolutionOutcome.UNKNOWN, used=own.used)  # "at the park" is no Park Dr
    return own if is_place(own) or bare == text else read(bare)


def narrowed(read: Read, told: StreetsTold, place: str, text: str) -> Resolution:
    """An answer to "which one?" of a place that is at several: `place` in the words it was told with, by a street that
    is told now ("the one by Idaho"); or another place."""
    own = read(text)
    if own.location is not None and own.location.kind in EXACT:
        return own
    attempts = (read(f"{place} at {one.words}") for one in told(text))
    return next((found for found in attempts if found.outcome is ResolutionOutcome.RESOLVED), own)


def _means(read: Read, words: str, street: str) -> bool:
    """Whether words mean the street that was asked about."""
    return read(f"on {words}").street == street


def _is_instead(read: Read, street: str, folded: str, text: str, bare: str) -> bool:
    """Whether another street is told in place of the one asked about: "sorry i meant lincoln", "no wait its on 18th"."""
    upto = lead_in(folded)
    if MEANT.search(folded[:upto]):
        return True
    if bare == text:
        return False
    alone = read(bare).street
    if alone is None:
        return False
    on = bool(_ON.match(folded[upto:].lstrip()) and _TAKES_BACK.search(folded[:upto]))
    return is_numbered(alone) == is_numbered(street) or (on and alone != street)


def _joined(read: Read, street: str, text: str, bare: str) -> Resolution | None:
    """The street with the whole answer: a number, a street, a stretch and little else."""
    pieces = (bare, last_piece(text))
    number = next((n for piece in pieces if (n := plain_number(piece)) is not None), bare_figure(bare))
    attempts = [f"{street} & {bare}", f"{street} {bare}"]
    if number is not None:
        attempts = [f"{street} & {number}", f"{number} {street}"][:: 1 if number < LEAST_HOUSE else -1]
    return _first(read, street, attempts)


def _numbered(read: Read, street: str, text: str) -> Resolution | None:
    """The house of the street whose number is told, the last one where one is taken back ("2003, no espere, 2013");
    else two or three numbers are offered."""
    attempts = [f"{number} {street}" for number in reversed(house_numbers(text))]
    found = _first(read, street, attempts)
    if len(attempts) == 1 or found is None or is_taken_back(fold_in_place(text)):
        return found
    houses = [
        one.location
        for attempt in reversed(attempts)
        if (one := _first(read, street, [attempt])) and one.location
    ]
    return (
        replace(found, outcome=ResolutionOutcome.AMBIGUOUS, candidates=tuple(houses[:3]))
        if houses[1:]
        else found
    )


def _stretch(read: Read, street: str, text: str, folded: str) -> Resolution | None:
    """The stretch of the street between two others, told without the street itself."""
    told = _STRETCH.search(folded)
    found = _first(read, street, [f"{street} {text[told.start() :]}"]) if told else None
    is_block = found is not None and found.location is not None and found.location.kind is LocationKind.BLOCK
    return found if is_block else None


def _crossed(read: Read, street: str, told: Sequence[StreetTold]) -> Resolution | None:
    """The corner with the street that is told, the nearer one of several; several corners to choose from."""
    corners: dict[str, Location] = {}
    for one in [one for one in told if one.nearer] or told:
        found = _first(read, street, [f"{street} & {one.words}"])
        if found is not None and found.outcome is ResolutionOutcome.AMBIGUOUS:
            return found
        if found is not None and found.location is not None:
            corners.setdefault(found.location.name, found.location)
    if not corners:
        return None
    outcome = ResolutionOutcome.RESOLVED if len(corners) == 1 else ResolutionOutcome.AMBIGUOUS
    used = " ".join(one.words for one in told)
    return Resolution(outcome, tuple(corners.values())[:3], used)


def _first(read: Read, street: str, attempts: Sequence[str]) -> Resolution | None:
    """The first attempt that is found, and on that street."""
    for attempt in attempts:
        found = read(attempt)
        if found.outcome in FOUND and all(street in place.name for place in found.candidates):
            return found
    return None
