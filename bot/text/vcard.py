"""Contact cards (vCard): where they are about a place, the place.

A phone that shares where it is by MMS sends a card: iPhones with a link of Apple Maps, Androids with one of Google
Maps, others with a GEO property. Versions 2.1 (Versit, 1996), 3.0 (RFC 2426) and 4.0 (RFC 6350) are read alike.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.text.map_positions import in_the_world, position_in_link

# As providers spell the type of a card.
CARD_TYPES = frozenset(
    {
        "text/vcard", "text/x-vcard", "text/x-vlocation", "text/vlocation", "text/directory",
        "application/vcard", "application/x-vcard", "application/vnd.apple.locationinfo",
    }
)  # fmt: skip
MOST_READ = (
    200_000  # characters; a card with a portrait in it is longer, and its place stands before or it has none
)

_FOLD = re.compile(r"\r?\n[ \t]")  # RFC 6350, 3.2
_PROPERTY = re.compile(r"^(?:[\w-]+\.)?([\w-]+)((?:;(?:\"[^\"]*\"|[^:\"])*)?):(.*)$")
_ESCAPED = re.compile(r"\\([,;:\\])")
_LINK = re.compile(r"(?:https?://|geo:|maps\.)[^\s\"<>]+", re.I)
_MAP = re.compile(r"\bmaps?\b|waze|openstreetmap|plus\.codes|^geo:", re.I)
_PAIR = re.compile(r"^\s*(?:geo:)?([-+]?\d{1,3}(?:\.\d+)?)\s*[;,]\s*([-+]?\d{1,3}(?:\.\d+)?)", re.I)
_GEO_PARAMETER = re.compile(r";GEO=\"?(geo:[^\";]+)", re.I)


@dataclass(frozen=True, slots=True)
class CardPlace:
    """The place of a card: a position in degrees WGS 84, or else a map link that names it in words."""

    position: tuple[float, float] | None
    link: str = ""


def is_card(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n")[:11].upper() == "BEGIN:VCARD"


def place_of_card(text: str) -> CardPlace | None:
    """The place of the first card of a text that has one; None where none has. Never raises."""
    links = []
    for name, parameters, value in _properties(text[:MOST_READ]):
        if name == "GEO" and (position := _pair(value)):
            return CardPlace(position)
        if (beside := _GEO_PARAMETER.search(parameters)) and (position := _pair(beside[1])):
            return CardPlace(position)
        links += [found.rstrip(").,;") for found in _LINK.findall(value) if _MAP.search(found)]
    for link in links:
        if position := position_in_link(link):
            return CardPlace(position)
    return CardPlace(None, links[0]) if links else None


def _properties(text: str) -> Iterator[tuple[str, str, str]]:
    """Name in capitals, parameters and value of each property, whatever was folded, quoted and escaped in it."""
    lines = iter(_FOLD.sub("", text).splitlines())
    for line in lines:
        found = _PROPERTY.match(line.strip())
        if found is None:
            continue
        name, parameters, value = found[1].upper(), found[2], found[3]
        if "QUOTED-PRINTABLE" in parameters.upper():
            while value.endswith("="):  # a soft break: it goes on in the next line
                value = value[:-1] + next(lines, "").strip()
            value = quopri.decodestring(value.encode("utf-8", "replace")).decode("utf-8", "replace")
        yield name, parameters, _ESCAPED.sub(r"\1", value)


def _pair(value: str) -> tuple[float, float] | None:
    found = _PAIR.match(value)
    return in_the_world(float(found[1]), float(found[2])) if found else None
