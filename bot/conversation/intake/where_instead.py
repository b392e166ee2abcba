"""Which words of a correction say where it is instead: a time of day, a plate, the house they live in and our own words do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.conversation.intake.clauses import clauses_of
from bot.conversation.intake.turn import Turn
from bot.text.clauses import clauses_in
from bot.text.fold import fold

PUTS_RIGHT = 0.6  # least chance of a clause that puts something right
# "10th street not 11th", "la 19 no la 20": by itself it is read without what is told behind it.
_THIS_NOT_THAT = re.compile(
    r"\b(?:\w+ )?\w+(?: (?:street|st|avenue|ave|blvd|boulevard))?,? (?:not|no|instead of) (?:the |la |el |on |en )?\w+(?: (?:street|st|avenue|ave|blvd|boulevard))?\b",
    re.IGNORECASE,
)
# Two house numbers, of which one may be where they live.
_TWO_HOUSES = re.compile(r"\b\d{3,5}\b.*\b\d{3,5}\b", re.DOTALL)
_DENIES = re.compile(
    r"^(?:\w+ )?(?:under no circumstances|no|not|never|don t|dont|do not|nunca|jamas)\b(?!.*\b(?:it s|its|it is|es)\b)"
)
# Figures that are no place: a time of day, the number of a bus, a plate.
_NO_PLACE = re.compile(
    r"\b\d{1,2}:\d{2}(?:\s*[ap]\.?m\b\.?)?|\b\d{1,2}\s*[ap]\.?m\b\.?|"
    r"\b(?:bus|coach|unit|vehicle|train|line|linea|línea|camion|camión|autobus|autobús)\s+(?:number\s+|no\.?\s+|num(?:ero|\.)?\s+|#\s*)?\d+\b|"
    r"\b\d+(?!st|nd|rd|th|ht|ft)[a-z]{2,}\w*\b",
    re.IGNORECASE,
)
# Of what stands in our own message: "ahí abajo todavía dice la séptima". The place there is the one that is wrong.
_STILL_SAYS = re.compile(
    r"\b(?:still|todavia|aun|sigue|ahi|abajo|there|below) (?:\w+ ){0,2}?(?:says?|saying|shows?|dice|diciendo|sale|pone)\b"
)


@dataclass(frozen=True, slots=True)
class SaidOfWhere:
    """Words that may say where it is."""

    text: str
    moves: bool = False  # they count only where they are of another place than the one that is known


def said_of_where(turn: Turn) -> Iterator[SaidOfWhere]:
    """What a correction says of where, what counts first in front: of two houses the one that is told last and not denied, then the whole,
    then what puts something right by itself ("that's 17th not 16th. she means crossing Ocean Park")."""
    text = _of_where(without_our_words(turn.text))
    if _TWO_HOUSES.search(text):
        said = [part for part in clauses_in(turn.text) if _DENIES.search(fold(part)) is None]
        yield from (SaidOfWhere(_of_where(part), moves=True) for part in reversed(said))
        text = _of_where("".join(said)) or text
    yield SaidOfWhere(text)
    yield from (SaidOfWhere(found.group()) for found in _THIS_NOT_THAT.finditer(text))
    for clause in clauses_of(turn):
        if clause.replies.get("correct", 0.0) >= PUTS_RIGHT:
            yield SaidOfWhere(_of_where(clause.text))


def without_our_words(text: str) -> str:
    """The words without the clauses that only tell what still stands in our message. Reads any text, never raises."""
    if _STILL_SAYS.search(fold(text)) is None:
        return text
    return "".join(part for part in clauses_in(text) if _STILL_SAYS.search(fold(part)) is None)


def _of_where(text: str) -> str:
    """The words without figures that tell a time, a bus or a plate."""
    return _NO_PLACE.sub(" ", text)
