"""Words of a resident as an example for others: without what tells who they are and where they live.

Names that nobody told us are not found by a rule. That is why a person reads the masked words before they are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.conversation.intake.reading import plate_in
from bot.text.own_words import own_words
from bot.text.personal import MARK, without_personal

# What stands in their place is what anybody might write, so that the bot learns nothing but the rest.
A_PLACE = "Main St"
A_PLATE = "1ABC234"
LONGEST = 500  # characters of an example

_STREET = (
    r"(?:st|street|ave?|avenue|blvd|boulevard|ct|court|pl|place|dr|drive|rd|road|way|ln|lane|ter|terrace)"
)
_ADDRESS = re.compile(
    rf"(?<![\w#])\d{{1,5}}(?:\s?1/2)?\s+(?:(?:n|s|e|w|north|south|east|west)\.?\s+)?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)\b(?:\s+{_STREET}\b\.?)?|(?:(?!{_STREET}\b)[^\W\d]+\s+){{1,3}}{_STREET}\b\.?)"
    r"(?:\s*(?:#|apt\.?|unit|apartamento|depto\.?)\s*\w{1,5})?",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\b(?:apt|apartment|unit|apartamento|depto|suite)\b\.?\s*#?\s*\w{1,5}\b", re.IGNORECASE)
_NAMED = re.compile(
    r"\b(?P<said>my name is|my name's|this is|i am called|me llamo|mi nombre es|soy el se[ñn]or|soy la se[ñn]ora|mr\.?|mrs\.?|ms\.?|"
    r"sr\.?|sra\.?|don|do[ñn]a|(?i:neighbor|neighbour|vecin[oa]))\s+(?P<name>(?:[A-ZÁÉÍÓÚÑ][\w'’-]+)(?:\s+[A-ZÁÉÍÓÚÑ][\w'’-]+){0,3})"
)
_BLANKS = re.compile(r"\s+")
_BRACKETS = re.compile(r"[\[\](){}]")


def masked(text: str, *, names: Iterable[str] = (), places: Iterable[str] = ()) -> str:
    """`text` in one line, without numbers, mail, addresses, plates, and the names that are known or are told as such.

    `places`: words in it that were taken for a place.
    """
    words = own_words(text)
    for place in sorted(filter(None, places), key=len, reverse=True):
        words = re.sub(re.escape(place), A_PLACE, words, flags=re.IGNORECASE)
    words = _ADDRESS.sub(A_PLACE, words)
    if plate := plate_in(words):
        words = words.replace(plate, A_PLATE)
    words = _UNIT.sub("", words)
    words = _NAMED.sub(lambda found: f"{found['said']} ", words)
    words = without_personal(words, names).replace(MARK, " ")
    # Brackets would be read as markup by the training.
    return _BLANKS.sub(" ", _BRACKETS.sub(" ", words)).strip()[:LONGEST]
