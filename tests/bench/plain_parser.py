"""What to compare with: `usaddress` for the parsing, and plain interpolation along the ranges that it names.

This is what one builds in an afternoon from good parts: the tagger finds number and street in the text, suffixes are
normalised, the street is looked up by name, the number interpolated along its centre line, two streets by shared node.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import usaddress

from bot.city.pack import LatLon, SegmentRow, StreetKind, read_facts
from tests.bench.place_cases import crossings, point_along

_SUFFIX = {
    "street": "st", "str": "st", "avenue": "ave", "av": "ave", "boulevard": "blvd", "bl": "blvd", "drive": "dr",
    "court": "ct", "place": "pl", "road": "rd", "terrace": "ter", "ln": "lane",
}  # fmt: skip


class PlainParser:
    """Text to point, or None."""

    def __init__(self, pack: Path) -> None:
        facts = read_facts(pack)
        self._by_name: dict[str, list[SegmentRow]] = defaultdict(list)
        self._by_base: dict[str, set[str]] = defaultdict(set)
        for segment in facts.segments:
            name = segment.name.lower()
            self._by_name[name].append(segment)
            if segment.kind is StreetKind.STREET:
                self._by_base[name.rsplit(" ", 1)[0]].add(name)
        self._crossings = crossings(facts)

    def locate(self, text: str) -> LatLon | None:
        tagged: dict[str, list[str]] = defaultdict(list)
        second = ""
        for word, tag in usaddress.parse(text):
            if tag == "IntersectionSeparator":
                second = "Second"
            tagged[second + tag if tag.startswith("StreetName") else tag].append(
                re.sub(r"[^\w/-]", "", word.lower())
            )
        names = self._names(tagged, "StreetName"), self._names(tagged, "SecondStreetName")
        for a in names[0]:
            for b in names[1]:
                pair = sorted((a, b))
                for (first, second), points in self._crossings.items():
                    if [first.lower(), second.lower()] == pair:
                        return points[0]
        number = next((int(word) for word in tagged["AddressNumber"] if word.isdigit()), None)
        if number is None:
            return None
        return next((point for name in names[0] if (point := self._interpolated(name, number))), None)

    def _names(self, tagged: dict[str, list[str]], tag: str) -> list[str]:
        base = " ".join(tagged[tag])
        suffixes = [_SUFFIX.get(word, word) for word in tagged[f"{tag}PostType"]]
        full = " ".join([base, *suffixes[:1]]).strip()
        return [full] if full in self._by_name else sorted(self._by_base.get(base, ()))

    def _interpolated(self, name: str, number: int) -> LatLon | None:
        for segment in self._by_name[name]:
            for first, last in (segment.left, segment.right):
                if min(first, last) <= number <= max(first, last) and last and first % 2 == number % 2:
                    return point_along(
                        segment.line, (number - first) / (last - first) if last != first else 0.5
                    )
        return None
