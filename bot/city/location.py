"""Places and locations: what a resident said, and the point we resolved it to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees WGS 84."""

    lat: float
    lon: float


class LocationKind(StrEnum):
    ADDRESS = "address"
    INTERSECTION = "intersection"
    BLOCK = "block"  # a hundred block, or a stretch between two cross streets
    ALLEY = "alley"
    PLACE = "place"  # a named place, park, school, beach, stop
    PIN = "pin"  # a position from a phone, a map link or coordinates


@dataclass(frozen=True, slots=True)
class Location:
    """One point with the name people would give it."""

    point: Point
    kind: LocationKind
    name: str  # as people say it: "Pico Blvd & 4th St", "near 1437 11th St"
    confidence: float = 1.0  # 0 to 1
    inside: bool = True  # within the city, its border's tolerance included
    on_border: bool = False  # within the tolerance outside the line
    neighborhood: str | None = None
    zip_code: str | None = None


class ResolutionOutcome(StrEnum):
    RESOLVED = "resolved"  # exactly one good candidate
    AMBIGUOUS = "ambiguous"  # two or three good candidates: ask which
    STREET_ONLY = "street_only"  # a street without number or cross street: ask for one
    OUTSIDE = "outside"  # a place we know to lie outside the city
    UNKNOWN = "unknown"  # nothing that reads like a place, or a place we do not know


class PlaceHint(StrEnum):
    """UNKNOWN, but we know what kind of thing was sent: so that the answer can explain."""

    WHAT3WORDS = "what3words"  # three words of what3words, which we cannot read
    SHORT_LINK = "short_link"  # a shortened map link that holds no position
    AREA = "area"  # a neighborhood, a ZIP code or the city itself: too wide


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the words of a message say about where."""

    outcome: ResolutionOutcome
    candidates: tuple[Location, ...] = ()  # best first; at most three when ambiguous
    used: str = ""  # the exact words of the text that were understood as a place
    street: str | None = None  # STREET_ONLY: the street, as people say it
    examples: tuple[str, ...] = ()  # STREET_ONLY: real places on that street, to show what to answer
    elsewhere: str | None = None  # OUTSIDE: the jurisdiction's name, where known
    elsewhere_contact: str | None = None  # OUTSIDE: whom to contact there, where known
    hint: PlaceHint | None = None  # UNKNOWN: what was sent instead of a place we can find

    @property
    def location(self) -> Location | None:
        """The one location, when there is exactly one."""
        return self.candidates[0] if self.outcome is ResolutionOutcome.RESOLVED else None
