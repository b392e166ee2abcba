"""The city pack first, an online geocoder for what it does not know: both behind the gazetteer's face."""

from __future__ import annotations

from dataclasses import dataclass

from bot.city.gazetteer import Gazetteer
from bot.city.location import Location, Point, Resolution, ResolutionOutcome
from bot.city.online import OnlineGeocoder, place_words


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

    def reverse(self, point: Point, language: str = "en") -> Location:
        return self.gazetteer.reverse(point, language)
