"""Positions in a message: map links of Google, Apple and others, plus codes, decimal degrees, degrees-minutes-seconds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote, unquote_plus

from bot.city.location import PlaceHint, Point
from bot.city.plus_codes import find_plus_code
from bot.text.digits import plain_digits
from bot.text.map_positions import DECIMAL, LINK_POSITIONS

_SEPARATOR = r"\s*(?:,|;|/|%2C|\s)\s*(?:\+|%20)?\s*(?:(?:lon|long|lng|longitude|longitud|lat|latitude|latitud)\b\s*[:=]?\s*)?"
_LINK = re.compile(r"(?:https?://|geo:|www\.|maps\.|goo\.gl/)\S+", re.I)
_LINK_TEXT = re.compile(r"(?:/place/|/search/|[?&](?:q|query|address|daddr|destination)=)([^/?&@#]+)", re.I)
_PLACE_ANGLES = re.compile(r"(?<=/place/)[^/@]*[NS][^/@]*[EW]")
_SHORT_LINK = re.compile(
    r"(?:maps\.app\.goo\.gl|goo\.gl/maps|goo\.gl|maps\.apple/p|bit\.ly|tinyurl\.com)/?", re.I
)
_PAIR = re.compile(
    rf"(?<![\d.])({DECIMAL})\s*°?\s*([NSEWO])?{_SEPARATOR}({DECIMAL})\s*°?\s*([NSEWO](?![a-z]))?(?![\d.])",
    re.I,
)
_PART = r"(\d{1,3})\s*(?:°|º|deg|d|\s|:)\s*(\d{1,2}(?:\.\d+)?)\s*(?:'|′|’|m|:|\s)?\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:\"|″|”|''|s)?)?\s*"
_SEXAGESIMAL = re.compile(rf"{_PART}([NS])\s*,?\s*{_PART}([EWO])(?![a-z])", re.I)
_HEMISPHERE_FIRST = re.compile(rf"(?<![a-z])([NS])\s*{_PART},?\s*([EWO])\s*{_PART}", re.I)
_THREE_WORDS = re.compile(
    r"(?:///|w3w\.co/|what3words\.com/)\s?([^\W\d_]+\.[^\W\d_]+\.[^\W\d_]+)|(?:what3words|w3w)\s*:?\s*([^\W\d_]+\.[^\W\d_]+\.[^\W\d_]+)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Found:
    """Characters `start` to `end` hold a position, or the words of a place, or a hint of what we cannot read."""

    start: int
    end: int
    point: Point | None = None
    words: str | None = None
    hint: PlaceHint | None = None


def find_position(text: str, plausible: Callable[[Point], bool], middle: Point | None = None) -> Found | None:
    """The first position in a text. `plausible` says whether a point could be meant (the city and its surroundings):
    with it a swapped pair or a forgotten minus sign is put right. Short plus codes are those nearest to `middle`."""
    text = plain_digits(text)
    # Blanks may stand in four places between two numbers, so that the time for a run of them grows with its fourth
    # power (eighty took a second): they are read as one.
    kept = [at for at, sign in enumerate(text) if not (sign.isspace() and text[at - 1 : at].isspace())]
    found = _find("".join(text[at] for at in kept), plausible, middle)
    places = [*kept, len(text)]
    return replace(found, start=places[found.start], end=places[found.end]) if found else None


def _find(text: str, plausible: Callable[[Point], bool], middle: Point | None) -> Found | None:
    three = _THREE_WORDS.search(text)
    if three:
        return Found(three.start(), three.end(), hint=PlaceHint.WHAT3WORDS)
    link = _LINK.search(text)
    if link:
        return _in_link(link, plausible, middle)
    if code := find_plus_code(text, middle):
        return Found(*code)
    for start, end, first, second in _pairs(text):
        point = _plausible_point(first, second, plausible)
        if point:
            return Found(start, end, point)
    return None


def _in_link(link: re.Match[str], plausible: Callable[[Point], bool], middle: Point | None) -> Found | None:
    address = link.group()
    exact = _PLACE_ANGLES.search(unquote_plus(address))
    if exact:  # a dropped pin of Google Maps: the @ after it is the middle of the screen
        for _, _, lat, lon in _pairs(exact.group()):
            return Found(link.start(), link.end(), Point(lat, lon))
    for pattern in LINK_POSITIONS:
        match = pattern.search(address)
        if match:
            point = _plausible_point(float(match[1]), float(match[2]), plausible)
            if point:
                return Found(link.start(), link.end(), point)
    if code := find_plus_code(unquote(address), middle):
        return Found(link.start(), link.end(), code[2])
    words = _LINK_TEXT.search(address)
    if words and ("map" in address.lower() or "waze" in address.lower()):
        return Found(link.start(), link.end(), words=unquote_plus(words[1]))
    if _SHORT_LINK.search(address):
        return Found(link.start(), link.end(), hint=PlaceHint.SHORT_LINK)
    return None


def _pairs(text: str) -> Iterator[tuple[int, int, float, float]]:
    for match in _SEXAGESIMAL.finditer(text):
        lat = _degrees(match[1], match[2], match[3]) * (-1 if match[4].upper() == "S" else 1)
        lon = _degrees(match[5], match[6], match[7]) * (1 if match[8].upper() == "E" else -1)
        yield match.start(), match.end(), lat, lon
    for match in _HEMISPHERE_FIRST.finditer(text):
        lat = _degrees(match[2], match[3], match[4]) * (-1 if match[1].upper() == "S" else 1)
        lon = _degrees(match[6], match[7], match[8]) * (1 if match[5].upper() == "E" else -1)
        yield match.start(), match.end(), lat, lon
    for match in _PAIR.finditer(text):
        first, second = float(match[1]), float(match[3])
        if (match[2] or "").upper() in ("S", "W", "O"):
            first = -abs(first)
        if (match[4] or "").upper() in ("S", "W", "O"):
            second = -abs(second)
        yield match.start(), match.end(), first, second


def _degrees(degrees: str, minutes: str, seconds: str | None) -> float:
    return int(degrees) + float(minutes) / 60 + float(seconds or 0) / 3600


def _plausible_point(first: float, second: float, plausible: Callable[[Point], bool]) -> Point | None:
    """The pair as given, swapped, or with the sign forgotten: the first that is plausible, else as given."""
    candidates = [
        Point(lat, lon)
        for lat, lon in ((first, second), (second, first), (first, -second), (second, -first))
        if abs(lat) <= 90 and abs(lon) <= 180
    ]
    for point in candidates:
        if plausible(point):
            return point
    if not candidates or (abs(first) < 0.01 and abs(second) < 0.01):
        return None  # null island: a phone that did not know where it was
    return candidates[0]
