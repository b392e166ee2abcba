"""The city's places: from words to points and from points to words.

`locate` reads a message in steps, from the surest to the least sure: positions and map links; then everything the
streets and places mentioned may mean (`mentions`, `readings`, `places`); then signs that it lies outside. It answers
with one location only where one stands out; otherwise it says what to ask.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from bot.city.answers import answered, narrowed
from bot.city.coordinates import Found, find_position
from bot.city.corrections import corrected, last_said
from bot.city.facts import load_city
from bot.city.knowledge import Knowledge
from bot.city.known_names import load_names
from bot.city.landmarks import landmark_on
from bot.city.location import LocationKind, Point, Resolution, ResolutionOutcome
from bot.city.pack import read_facts
from bot.city.sentence import MOST_MENTIONS, Sentence, outside_resolution
from bot.city.told import StreetTold, house_numbers, streets_told
from bot.city.words import MAX_LENGTH

# Said behind a place by who is not sure of it: "ocean park n 16 i think".
_HEDGES = re.compile(
    r"[\s,]+(?:i (?:think|guess|believe)|maybe|probably|or so|(?:yo )?creo|me parece|m[aá]s o menos|tal vez|quiz[aá]s?)(?=\s*(?:[.,;!?\n]|$))",
    re.IGNORECASE,
)

A_PLACE = 20  # words; a number in a longer text may count anything


def load_gazetteer(pack: Path) -> Gazetteer:
    """Load a city pack; raises `PackError` listing what is wrong with which file and line."""
    return Gazetteer(read_facts(pack), load_city(pack), load_names(pack))


class Gazetteer(Knowledge):
    """One city's places. Immutable once built and safe to share between threads."""

    def resolve_point(self, point: Point, used: str = "", language: str = "en") -> Resolution:
        """A position from a phone or link, as a resolution: RESOLVED inside, OUTSIDE elsewhere."""
        location = self.reverse(point, language)
        if location.inside:
            return Resolution(ResolutionOutcome.RESOLVED, (location,), used)
        return outside_resolution(self.neighbor(point), used, language, (location,))

    def locate(self, text: str, language: str = "en") -> Resolution:
        """What a message says about where. Reads any text, never raises, never guesses; see `Resolution`."""
        found = self._by_its_number(self._located(text, language), text, language)
        return self._by_a_landmark(found, text, language)

    def _located(self, text: str, language: str = "en") -> Resolution:
        """As `locate`, but for a place whose kind alone is told."""
        text = _without_hedges(text[:MAX_LENGTH])
        position = find_position(text, self.is_plausible, self.middle)
        if position:
            resolution = self._from_position(position, text, language)
            if resolution:
                return resolution
        said = last_said(self._read, text)
        return self._told(said, language) if said else Sentence(self, text, language).resolution()

    def _by_its_number(self, found: Resolution, text: str, language: str) -> Resolution:
        """A street with the one house of it whose number stands apart from its name, "1830 something Pearl, 1834 I think"; else as it is."""
        if found.outcome is not ResolutionOutcome.STREET_ONLY or not found.street:
            return found
        # In a long text a figure may be anything: there it is a house where it is called a number.
        numbers = house_numbers(text[:MAX_LENGTH], called_so=len(text.split()) > A_PLACE)
        if not numbers:
            return found
        house = self._told(self._read(f"{numbers[-1]} {found.street}"), language)
        of_it = (
            house.location is not None
            and house.location.kind is LocationKind.ADDRESS
            and found.street in house.location.name
        )
        return replace(house, used=found.used) if of_it else found

    def _by_a_landmark(self, found: Resolution, text: str, language: str) -> Resolution:
        """A street with the one place on it whose kind is told, "by the library on Main", as that spot; else as it is."""
        if found.outcome is not ResolutionOutcome.STREET_ONLY or not found.street:
            return found
        by_it = landmark_on(self, found.street, text[:MAX_LENGTH], language)
        return by_it if by_it is not None and by_it.outcome is ResolutionOutcome.RESOLVED else found

    def corrected(self, before: str, text: str, language: str = "en") -> Resolution:
        """What a correction means ("no, 6th", "Ocean not Main", "i mean 1822"), `before` being the place it corrects:
        its name or the words it was said with. UNKNOWN if the text says nothing about where."""
        return self._told(corrected(self.locate, self._streets_told, before, text[:MAX_LENGTH]), language)

    def answered(self, street: str, text: str, language: str = "en") -> Resolution:
        """What answers "which cross street or number on `street`?": a cross street, a number, a stretch between two
        streets, a landmark by it; or another place, said instead ("no wait, olympic and 14th", "sorry i meant lincoln")."""
        text = text[:MAX_LENGTH]
        found = self._told(answered(self._located, self._streets_told, street, text), language)
        if found.outcome is ResolutionOutcome.UNKNOWN:
            return landmark_on(self, street, text, language) or found
        return found

    def narrowed(self, place: str, text: str, language: str = "en") -> Resolution:
        """What answers "which one?", `place` being the words that fit several places: the one by a street that is told,
        or another place."""
        return self._told(narrowed(self.locate, self._streets_told, place, text[:MAX_LENGTH]), language)

    def _streets_told(self, text: str) -> list[StreetTold]:
        words = self.words(text)
        return streets_told(text, words, self.mentions(words)[:MOST_MENTIONS])

    def _read(self, text: str) -> Resolution:
        return Sentence(self, text, "en").resolution()

    def _told(self, found: Resolution, language: str) -> Resolution:
        """A resolution with the names of its places told in a language."""
        if language == "en":
            return found
        told = tuple(
            replace(place, name=self.retold(place.name, language)) if place.inside else place
            for place in found.candidates
        )
        return replace(found, candidates=told)

    def retold(self, name: str, language: str) -> str:
        """A place by the name that records keep of it (English), told in `language`; one we cannot tell stays as it is."""
        if language == "en":
            return name
        kept, told = self.locate(name).location, self.locate(name, language).location
        return told.name if kept and told and kept.name == name else name

    def _from_position(self, position: Found, text: str, language: str) -> Resolution | None:
        used = text[position.start : position.end]
        if position.point:
            return self.resolve_point(position.point, used, language)
        if position.words:
            inner = Sentence(self, position.words, language).resolution()
            return replace(inner, used=used) if inner.outcome is not ResolutionOutcome.UNKNOWN else None
        rest = text[: position.start] + " " * (position.end - position.start) + text[position.end :]
        inner = Sentence(self, rest, language).resolution()
        if inner.outcome is ResolutionOutcome.UNKNOWN:
            return Resolution(ResolutionOutcome.UNKNOWN, used=used, hint=position.hint)
        return inner


def _without_hedges(text: str) -> str:
    return _HEDGES.sub(" ", text)
