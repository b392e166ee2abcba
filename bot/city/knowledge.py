"""What is known of one city's places: its streets, areas and names, and how they are looked up.

A sentence is read over this and the gazetteer answers with it, so that neither needs the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from bot.city.areas import Areas, neighbor_at
from bot.city.clippings import Clippings
from bot.city.evidence import Spot
from bot.city.facts import City, Neighbor
from bot.city.geometry import XY, Projection, distance, middle
from bot.city.known_names import KnownNames
from bot.city.lexicon import Lexicon
from bot.city.location import Location, LocationKind, Point
from bot.city.mentions import Mention, MentionFinder
from bot.city.outside import Elsewhere, OutsideNames
from bot.city.pack import AreaKind, PackFacts, StreetKind
from bot.city.phrases import phrase
from bot.city.places import PlaceIndex, forms, stop_forms
from bot.city.readings import NumberBeyond, Reader
from bot.city.reverse import NamedPoint, Reverse
from bot.city.streets import Street, StreetIndex
from bot.city.vocabulary import PLAIN_WORDS
from bot.city.words import Token, tokens

SURVEYED_REACH = (
    400.0  # metres from where interpolation puts it: a listed place farther off is listed wrongly
)
PLAUSIBLE = 60_000.0  # metres around the city within which a position may be meant
_ORDINARY = Path(__file__).with_name("ordinary.txt")
_OPEN_SPACE = ("park", "beach", "cemetery", "garden", "airport")


class Knowledge:
    """One city's streets, areas and names. Immutable once built and safe to share between threads."""

    def __init__(self, facts: PackFacts, city: City, names: KnownNames) -> None:
        self.city = city
        self.facts = facts
        self._names = names
        boundary = [
            point for area in facts.areas if area.kind == "boundary" for ring in area.rings for point in ring
        ]
        self.middle = Point(*middle(boundary))
        self._projection = Projection(self.middle)
        self.streets = StreetIndex(facts.segments, self._projection)
        self.areas = Areas(facts.areas, self._projection)
        ours = [
            s
            for name in names.ours
            if name in self.streets.streets
            for s in self.streets.streets[name].segments
        ]
        self.areas.add_streets([segment.line for segment in ours])
        self._lexicon = self._build_lexicon()
        self.ordinary = frozenset(_ORDINARY.read_text("utf-8").split())
        self._finder = MentionFinder(self._lexicon, self.ordinary, frozenset(names.plain_streets))
        self._outside = OutsideNames(city, self._is_ours, frozenset(names.state))
        self._note_surveyed(facts)
        self.places = self._build_places(facts)
        open_spaces = [
            NamedPoint(place.name, point, place.along)
            for place in self.places.places.values()
            for point in place.points
            if any(word in place.name.lower().split() for word in _OPEN_SPACE)
        ]
        self._reverse = Reverse(self.streets, open_spaces)
        self._neighbors = {neighbor.code: neighbor for neighbor in city.neighbors}

    # Building

    def _build_lexicon(self) -> Lexicon:
        known = self.streets.streets
        aliases = [
            (alias, known[name])
            for name, listed in self._names.streets.items()
            if name in known
            for alias in listed
        ]
        outside = [
            Street(name, StreetKind.STREET, outside=code)
            for code, listed in self._names.outside_streets.items()
            for name in listed
            if name not in known
        ]
        here = [street for street in known.values() if self._lies_inside(street)]
        code = next((neighbor.code for neighbor in self.city.neighbors if neighbor.box is None), None)
        for street in known.values():
            if not self._lies_inside(street):
                street.outside = code
                here.append(street)
            own = [s for s in street.segments if self.areas.standing(middle(s.line)).inside]
            numbers = sorted(n for segment in own for side, _ in segment.sides for n in side if n)
            # A lone number far above the others is a neighbor's numbering across the border.
            street.numbers = tuple(n for i, n in enumerate(numbers) if n - numbers[0] < 1_000 * (i + 1))
            street.highest = street.numbers[-1] if numbers else 0
        return Lexicon([*here, *outside], aliases, self._names.not_clipped)

    def _lies_inside(self, street: Street) -> bool:
        return any(self.areas.standing(middle(segment.line)).inside for segment in street.segments)

    def is_wholly_inside(self, street: Street) -> bool:
        """Whether no part of a street lies beyond the border, its tolerance not counted."""
        standings = [self.areas.standing(xy) for segment in street.segments for xy in segment.line]
        return all(standing.inside and not standing.on_border for standing in standings)

    def _build_places(self, facts: PackFacts) -> PlaceIndex:
        index = PlaceIndex()
        rows: dict[str, list[tuple[str, XY]]] = {}
        for row in facts.places:
            if row.name not in self._names.not_places:
                rows.setdefault(row.name, []).append((row.kind, self._projection.to_metres(*row.point)))
        all_points: dict[str, list[XY]] = {}
        for row in sorted(facts.places, key=lambda row: row.kind == "restroom"):
            all_points.setdefault(row.name, []).append(self._projection.to_metres(*row.point))

        def is_no_street(name: str) -> bool:
            keys = [token.key for token in tokens(name)]
            if self._lexicon.base(keys) or self._lexicon.whole(keys) or len(name) <= 4:
                return False
            # "Ocean View" of Ocean View Park is anybody's ocean view.
            said = [token.word for token in tokens(name) if not token.is_mark]
            return len(said) == 1 or not all(word in self.ordinary or word in PLAIN_WORDS for word in said)

        city = self.city.name.lower()
        for name, listed in rows.items():
            listed.sort(key=lambda item: item[0] == "restroom")  # a park's own point before its restroom's
            # "Santa Monica Pier Sign" is the pier sign to those who live there.
            short = name[len(city) :].strip(" ,") if name.lower().startswith(city) else ""
            bare = (short,) if len(short.split()) > 1 and is_no_street(short) else ()
            index.add(name, [xy for _, xy in listed], bare, keep=is_no_street)
        for place in self._names.places:
            points = all_points.get(place.near) or [xy for at in place.at for xy in self._spots_of(at)]
            if points:
                renamed = place.near and not any(other.name == place.near for other in self._names.places)
                for form in (place.name, *place.also, *([place.near] if renamed else [])):
                    index.replace_name(form)
                shown = renamed and place.near not in self._names.not_places
                also = (*place.also, *forms(place.near, is_no_street)) if shown else place.also
                stops = [form for stop in place.stops for form in stop_forms(stop, self._names.lines)]
                index.add(place.name, points, also, keep=is_no_street, along=place.along, exact=stops)
        return index

    def _note_surveyed(self, facts: PackFacts) -> None:
        """Places that carry an address tell where that house truly stands, set back from its street or not."""
        for row in facts.places:
            words = tokens(row.address)
            if len(words) < 2 or words[0].number is None or words[0].ordinal is not None:
                continue
            xy = self._projection.to_metres(*row.point)
            for mention in self._finder.find(words)[:1]:
                street = mention.streets[0]
                hits = self.streets.address(street, words[0].number)
                near = not hits or min(distance(hit.xy, xy) for hit in hits) <= SURVEYED_REACH
                if mention.start == 1 and not mention.edits and street.segments and near:
                    self.streets.surveyed.setdefault((street.name, words[0].number), xy)

    def _spots_of(self, text: str) -> list[XY]:
        words = tokens(text)
        readings = Reader(self.streets, words, self._finder.find(words), "en").readings() if text else []
        return [readings[0].spots[0].xy] if readings else []

    # Points

    def contains(self, point: Point) -> bool:
        """Whether a point is inside the city, 30 m of tolerance around its border included."""
        return self.areas.standing(self._projection.to_metres(point.lat, point.lon)).inside

    def reverse(self, point: Point, language: str = "en") -> Location:
        """Name a point; works outside too, with `inside` False then."""
        xy = self._projection.to_metres(point.lat, point.lon)
        standing = self.areas.standing(xy)
        name = self._reverse.name(xy, language) if self.areas.away(xy) < 500 else None
        return Location(
            point=point,
            kind=LocationKind.PIN,
            name=name or f"{point.lat:.5f}, {point.lon:.5f}",
            inside=standing.inside,
            on_border=standing.on_border,
            neighborhood=self.areas.neighborhood(xy) if standing.inside else None,
            zip_code=self.areas.zip_code(xy) if standing.inside else None,
        )

    @cached_property
    def corners(self) -> tuple[Point, Point]:
        """South-west and north-east of the rectangle around the boundary."""
        points = [
            p for area in self.facts.areas if area.kind == "boundary" for ring in area.rings for p in ring
        ]
        lats, lons = [p[0] for p in points], [p[1] for p in points]
        return Point(min(lats), min(lons)), Point(max(lats), max(lons))

    def neighbor(self, point: Point) -> Neighbor | None:
        """Whose a point outside the city is, where known."""
        return neighbor_at(
            self.city, point, self.areas.away(self._projection.to_metres(point.lat, point.lon))
        )

    def is_plausible(self, point: Point) -> bool:
        """Whether a resident may mean a point: in the city or within 60 km."""
        return self.areas.away(self._projection.to_metres(point.lat, point.lon)) < PLAUSIBLE

    def to_metres(self, point: Point) -> XY:
        """A point in the metres of `streets` and `areas`."""
        return self._projection.to_metres(point.lat, point.lon)

    def to_point(self, xy: XY) -> Point:
        """The inverse of `to_metres`."""
        return self._projection.to_point(xy)

    # Words

    def location(self, spot: Spot, kind: LocationKind, confidence: float) -> Location:
        """A spot as a location, with its neighborhood, ZIP and standing to the border."""
        standing = self.areas.standing(spot.xy)
        return Location(
            point=self._projection.to_point(spot.xy),
            kind=kind,
            name=spot.name,
            confidence=round(min(max(confidence, 0.0), 1.0), 2),
            inside=standing.inside,
            on_border=standing.on_border,
            neighborhood=self.areas.neighborhood(spot.xy) if standing.inside else None,
            zip_code=self.areas.zip_code(spot.xy) if standing.inside else None,
        )

    def words(self, text: str) -> list[Token]:
        """A message's tokens, names glued to their types or to one another taken apart."""
        return self._lexicon.glued.apart(tokens(text))

    def mentions(self, words: Sequence[Token]) -> list[Mention]:
        """The streets that some tokens mention."""
        return self._finder.find(words)

    @property
    def clippings(self) -> Clippings:
        """The clipped names of the streets."""
        return self._lexicon.clippings

    def elsewhere(self, words: Sequence[Token]) -> list[Elsewhere]:
        """The names of places outside among some tokens."""
        return self._outside.find(words)

    def beyond(self, number: NumberBeyond) -> Neighbor | bool | None:
        """Whose a house number is that its street lacks here: a neighbor, None for somebody's, False for nobody's."""
        for known in self._names.outside_numbers:
            if known.street == number.street.name and known.first <= number.number <= known.last:
                return self._neighbors.get(known.neighbor)
        if number.street.outside:
            return self._neighbors.get(number.street.outside)
        if number.number > number.street.highest and number.street.name in self._names.leaving:
            return next((neighbor for neighbor in self.city.neighbors if neighbor.box is None), None)
        return None if number.number >= 10_000 else False

    def neighbor_by_code(self, code: str) -> Neighbor | None:
        return self._neighbors.get(code)

    def _is_ours(self, words: Sequence[str]) -> bool:
        name = " ".join(words)
        if name.isdigit():  # post-office boxes have codes of their own beside those of the areas
            return any(area.kind is AreaKind.ZIP and area.name[:4] == name[:4] for area in self.facts.areas)
        return name in self._names.city_words or name in self._names.areas or name == self.city.name.lower()

    @property
    def state_words(self) -> tuple[str, ...]:
        """How the city's state is written after an address."""
        return self._names.state

    def is_city_word(self, words: Sequence[str]) -> bool:
        return " ".join(words) in self._names.city_words

    @cached_property
    def ordinary_here(self) -> frozenset[str]:
        """Words that are no misspelt names of places here: the ordinary ones and the city's own name."""
        return self.ordinary | {word for name in self._names.city_words for word in name.split()}

    @property
    def area_words(self) -> tuple[str, ...]:
        return self._names.areas

    def examples(self, street: Street, language: str) -> tuple[str, ...]:
        """Real places on a street, to show what to answer: a house number and a corner."""
        shown = []
        if street.numbers:
            number = street.numbers[len(street.numbers) // 2]
            near = [n for step in range(0, 400, 2) for n in (number + step, number - step)]
            found = next(
                (n for n in near if n > 0 and any(hit.exact for hit in self.streets.address(street, n))), None
            )
            if found:
                shown.append(f"{found} {street.name}")
        crossing = self.streets.cross_streets(street)
        if crossing:
            shown.append(phrase(language, "corner", a=street.name, b=crossing[0].name))
        return tuple(shown)
