"""The places of one turn: a text is read once in it, however many questions ask where it is."""

from __future__ import annotations

import re
from functools import cache

from bot.city.location import Location, Point, Resolution
from bot.conversation.intake.setting import Places

# A plate as California has them: "6TRX 418" is no house 418, and "de California" behind it no avenue.
_PLATE = re.compile(r"\b\d[A-Za-z]{3} ?\d{3}\b(?:,? (?:de|from) California)?")


def _without_plates(text: str) -> str:
    return _PLATE.sub(" ", text)


class ReadOnce:
    """As `places`, which give the same answer to the same words; kept for as long as the turn lasts."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._locate, self._corrected = cache(places.locate), cache(places.corrected)
        self._answered, self._narrowed = cache(places.answered), cache(places.narrowed)
        self._read: dict[str, list[Resolution]] = {}

    def read(self, text: str) -> tuple[Resolution, ...]:
        """What was found in a text so far in this turn, in whatever way it was asked for; nothing is looked up."""
        return tuple(self._read.get(text, ()))

    def locate(self, text: str, language: str = "en") -> Resolution:
        return self._kept(text, self._locate(_without_plates(text), language))

    def corrected(self, before: str, text: str, language: str = "en") -> Resolution:
        return self._kept(text, self._corrected(before, _without_plates(text), language))

    def answered(self, street: str, text: str, language: str = "en") -> Resolution:
        return self._kept(text, self._answered(street, _without_plates(text), language))

    def narrowed(self, place: str, text: str, language: str = "en") -> Resolution:
        return self._kept(text, self._narrowed(place, _without_plates(text), language))

    def _kept(self, text: str, found: Resolution) -> Resolution:
        kept = self._read.setdefault(text, [])
        if not any(one is found for one in kept):
            kept.append(found)
        return found

    def reverse(self, point: Point, language: str = "en") -> Location:
        return self._places.reverse(point, language)

    def retold(self, name: str, language: str) -> str:
        return self._places.retold(name, language)
