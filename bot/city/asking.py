"""The city pack first, an online geocoder for what it does not know: both behind the gazetteer's face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.city.gazetteer import Gazetteer
from bot.city.location import Location, Point, Resolution, ResolutionOutcome
from bot.city.place_words import place_words

if TYPE_CHECKING:
    from bot.city.online import OnlineGeocoder


@dataclass(frozen=True, slots=True)
class AskingPlaces:
    """Blocks while it asks, so it is used off the event loop. Whatever fails, the pack's answer stands."""

    gazetteer: Gazetteer
    geocoder: OnlineGeocoder
    answering: bool  # the resident was asked where: a short message is a place as a whole

    def locate(self, text: str, language: str = "en") -> Resolution:
        known = self.gazetteer.locate(text, language)
        if known.outcome is not ResolutionOutcome.UNKNOWN or known.hint is not None:
            return known
        words = place_words(text, answer=self.answering)
        found = self.geocoder.locate(words, language) if words else None
        return found or known

    def corrected(self, before: str, text: str, language: str = "en") -> Resolution:
        """`Gazetteer.corrected`: what is said to put a place right names streets, which the pack knows best."""
        return self.gazetteer.corrected(before, text, language)

    def answered(self, street: str, text: str, language: str = "en") -> Resolution:
        """`Gazetteer.answered`; an answer that names no street is looked for like any other place."""
        known = self.gazetteer.answered(street, text, language)
        return self.locate(text, language) if known.outcome is ResolutionOutcome.UNKNOWN else known

    def narrowed(self, place: str, text: str, language: str = "en") -> Resolution:
        """`Gazetteer.narrowed`: which of the places that the pack knows."""
        return self.gazetteer.narrowed(place, text, language)

    def reverse(self, point: Point, language: str = "en") -> Location:
        return self.gazetteer.reverse(point, language)

    def retold(self, name: str, language: str) -> str:
        """`Gazetteer.retold`."""
        return self.gazetteer.retold(name, language)
