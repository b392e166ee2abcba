"""A place that staff enter: looked up as the words of a resident are, and explained where it is none.

Residents are asked what is missing, one thing at a time; staff have a form before them and read all of it at once.
"""

from __future__ import annotations

import re

from bot.city.asking import AskingPlaces
from bot.city.current import city, gazetteer, geocoder
from bot.city.location import Location, PlaceHint, Point, Resolution, ResolutionOutcome

MOST_WORDS = 200  # characters of a place

# Nothing but two numbers: what a map gives to be copied. In the words of a resident they could be a house number.
_COORDINATES = re.compile(r"\(?\s*([+-]?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*([+-]?\d{1,3}(?:\.\d+)?)\s*\)?")


class PlaceError(ValueError):
    """What was entered is no one place of the city; the message says why, and what would be one."""


class PlaceUnclearError(PlaceError):
    """Several places are meant: `candidates`, best first."""

    def __init__(self, candidates: tuple[Location, ...]) -> None:
        super().__init__(f"There are several: {'; '.join(map(_told_apart, candidates))}. Which one is it?")
        self.candidates = candidates


def look_up(words: str) -> Location:
    """The place of an address, a corner, a name or coordinates ("34.01,-118.49", degrees WGS 84: latitude, longitude).

    Raises `PlaceUnclearError`, or `PlaceError` for what lies outside the city, what is not known, and a street alone. May load
    the city's streets and ask the online geocoder, where one is set: not for an event loop.
    """
    words = " ".join(words.split())
    if not words:
        raise PlaceError("No place was entered.")
    if len(words) > MOST_WORDS:
        raise PlaceError(f"A place is told in {MOST_WORDS} characters at most.")
    found = _found(words)
    if found.outcome is ResolutionOutcome.AMBIGUOUS:
        raise PlaceUnclearError(found.candidates)
    if found.location is None:
        raise PlaceError(_why_not(found))
    return found.location


def chosen(candidates: tuple[Location, ...], choice: str) -> Location | None:
    """The candidate that `key_of` gave this key; None for none of them."""
    return next((one for one in candidates if key_of(one) == choice), None)


def key_of(place: Location) -> str:
    """What tells a candidate from the others of the same words, also where they have one name."""
    return f"{place.point.lat:.6f},{place.point.lon:.6f}"


def _found(words: str) -> Resolution:
    known = gazetteer()
    if (numbers := _COORDINATES.fullmatch(words)) is not None:
        lat, lon = map(float, numbers.groups())
        if abs(lat) <= 90 and abs(lon) <= 180 and "." in words:
            return known.resolve_point(Point(lat, lon), words)
    online = geocoder()
    return known.locate(words) if online is None else AskingPlaces(known, online, True).locate(words)


def _told_apart(place: Location) -> str:
    return f"{place.name} ({place.neighborhood})" if place.neighborhood else place.name


def _why_not(found: Resolution) -> str:
    name = city().names["en"]
    if found.outcome is ResolutionOutcome.OUTSIDE:
        if found.elsewhere:
            return f"This lies in {found.elsewhere}, outside {name}."
        return f"This lies elsewhere, outside {name}."
    if found.outcome is ResolutionOutcome.STREET_ONLY:
        like = f", like {' or '.join(found.examples)}" if found.examples else ""
        return f"{found.street} is long: add a number or a cross street{like}."
    if found.hint is PlaceHint.AREA:
        return "This is a whole area. Name an address, a corner, a park or a building."
    return f"This place was not found in {name}. Name an address, a corner, a park or a building, or enter coordinates."
