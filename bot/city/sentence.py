"""One message read for its place: what its streets and place names add up to, or what to ask instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.city.evidence import Doubt, Evidence, Score, Spot, distinct
from bot.city.facts import Neighbor
from bot.city.geometry import distance
from bot.city.knowledge import Knowledge
from bot.city.location import Location, LocationKind, PlaceHint, Resolution, ResolutionOutcome
from bot.city.meant import (
    HOME_WORDS,
    away_from_home,
    equally_good,
    is_spoken_to,
    named_itself,
    which_of_the_name,
)
from bot.city.mentions import Mention
from bot.city.outside import Elsewhere, unknown_address
from bot.city.pack import StreetKind
from bot.city.phrases import phrase
from bot.city.places import PlaceMention
from bot.city.ramps import ramp_reading
from bot.city.readings import Reader, in_alley
from bot.city.vocabulary import (
    ALLEY_WORDS,
    BETWEEN_WORDS,
    CORNER_JOINTS,
    DIRECTIONS,
    PLACE_PREPOSITIONS,
    RELATIONS,
)
from bot.text.tables import word_set

# What may stand between a "not" and the place that it rules out: "not right at the pier", "no es en el muelle".
_LEADS_TO_A_PLACE = PLACE_PREPOSITIONS | word_set("the el los las right exactly quite justo es era is was")
MAX_CANDIDATES = 3
MOST_MENTIONS = 12  # streets of a message that are read: pairs of them are tried, so many would take long
MOST_BESIDE = 4  # mentions to each side that may be joined to one: only two words may stand between them
OFF_THE_STREET = 450.0  # metres from it: a campus whose middle lies behind its front
BY_THE_STREET = 150.0  # metres from a street: a shop, station or park so near is said to be on it


class Sentence:
    """One message being read."""

    def __init__(self, knowledge: Knowledge, text: str, language: str) -> None:
        self._city = knowledge
        self._text = text
        self._language = language
        self._words = knowledge.words(text)
        self._elsewhere = knowledge.elsewhere(self._words)
        self._places = self._uncovered(knowledge.places.find(self._words))
        self._mentions = self._unmasked(knowledge.mentions(self._words))[:MOST_MENTIONS]
        self._reader = Reader(knowledge.streets, self._words, self._mentions, language)

    def _uncovered(self, places: Sequence[PlaceMention]) -> list[PlaceMention]:
        """Leave out places within a longer name of elsewhere: Will Rogers State Beach is not our Will Rogers School."""
        return [
            place
            for place in places
            if not any(
                other.start <= place.start
                and place.end <= other.end
                and other.end - other.start > place.end - place.start
                for other in self._elsewhere
            )
        ]

    def _unmasked(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Leave out streets that are part of a place's, a neighbor's or the city's own name."""
        kept = []
        areas = self._area_spans()
        for at, mention in enumerate(mentions):
            beside = mentions[max(0, at - MOST_BESIDE) : at + MOST_BESIDE + 1]
            if not self._is_part_of_a_name(mention, beside, areas) and not self._is_city(mention, mentions):
                kept.append(mention)
        there = [mention for mention in kept if not self._is_ruled_out(mention)]
        return there or kept

    def _is_ruled_out(self, mention: Mention) -> bool:
        """Whether a street ends the clause that says it is not there: "no es en la Ocean, es en ..."."""
        closes = mention.end >= len(self._words) or self._words[mention.end].is_mark
        return closes and self._is_not_there(mention.start)

    def _is_part_of_a_name(
        self, mention: Mention, mentions: Sequence[Mention], areas: Sequence[tuple[int, int]]
    ) -> bool:
        """Of a place's ("Virginia Avenue Park"), a neighbor's ("Culver City") or a part of the city's own name."""
        size = mention.end - mention.start
        # "200 Santa Monica Pier" and "Ocean Ave & Santa Monica Pier" mean the street, where one has a place's name.
        as_street = self._number_before(mention) is not None or self._joined(mention, mentions)

        def covers(start: int, end: int, least: int) -> bool:
            return start <= mention.start and mention.end <= end and end - start >= least

        if any(covers(p.start, p.end, size + 1) for p in self._places):
            return True
        if mention.strength < 3 and not as_street and any(covers(p.start, p.end, size) for p in self._places):
            return True
        if mention.typed:
            return False
        if any(covers(e.start, e.end, size) for e in self._elsewhere) and not as_street:
            return True  # "in Brentwood" is a neighbor's; "1201 Brentwood" and "Brentwood & 14th" mean our street
        return any(covers(start, end, size + 1) for start, end in areas)

    def _number_before(self, mention: Mention) -> int | None:
        """The plain number right before a mention, or before the "de" there: "al 200 de Santa Monica"."""
        position = mention.start - 1
        if position >= 1 and self._words[position].word in ("de", "del"):
            position -= 1
        token = self._words[position] if position >= 0 else None
        return token.number if token and token.ordinal is None else None

    def _area_spans(self) -> list[tuple[int, int]]:
        """Where parts of the city are named: "sunset park" is no street."""
        spans = []
        for name in self._city.area_words:
            words = name.split()
            for start in range(len(self._words) - len(words) + 1):
                end = start + len(words)
                if [word.word for word in self._words[start:end]] == words and len(words) > 1:
                    spans.append((start, end))
        return spans

    def _is_city(self, mention: Mention, mentions: Sequence[Mention]) -> bool:
        """ "Santa Monica" alone is the city; as a street it has a type, a house number, or a joint beside it."""
        part = [word.word for word in self._words[mention.start : mention.end]]
        if mention.typed or not self._city.is_city_word(part):
            return False
        start = mention.start
        if start and self._words[start - 1].word in ("la", "el", "the"):
            start -= 1
        before = self._words[start - 1] if start else None
        after = self._words[mention.end].word if mention.end < len(self._words) else ""
        if before and before.word in CORNER_JOINTS and any(other.end == start - 1 for other in mentions):
            return False
        if 100 <= (self._number_before(mention) or 0) < 10_000:
            return False  # a house number; "90401 Santa Monica" is a postal code
        if after in BETWEEN_WORDS and any(other.start > mention.end for other in mentions):
            return False
        joint = mention.end + 1
        if joint < len(self._words) and self._words[joint].word in ("la", "el", "the"):
            joint += 1
        joined = any(other.start == joint for other in mentions)
        return not (joined and after in CORNER_JOINTS)

    def resolution(self) -> Resolution:
        if not self._words:
            return Resolution(ResolutionOutcome.UNKNOWN)
        readings = self._reader.readings()
        ramps = ramp_reading(self._city.streets, self._words, self._mentions, self._language)
        if ramps:
            readings.insert(0, ramps)
        readings += self._place_readings(readings)
        readings.sort(key=lambda reading: -reading.score)
        best = equally_good(
            which_of_the_name(named_itself(away_from_home(readings, self._words), self._words), self._words)
        )
        if best:
            beyond = self._said_elsewhere(best[0].start, best[0].end) or self._in_elsewhere(best[0])
            if beyond:
                used = self._used(min(best[0].start, beyond.start), max(best[0].end, beyond.end))
                return outside_named(beyond, used, self._language)
            return self._resolved(best)
        return self._outside() or self._unresolved()

    # Places

    def _place_readings(self, readings: Sequence[Evidence]) -> list[Evidence]:
        mentions = [self._city.places.longer(self._words, mention) or mention for mention in self._places]
        exact = any(mention.typed and not mention.edits for mention in self._mentions)
        if not mentions and not readings and not exact and not self._is_only_city():
            misspelt = self._city.places.misspelt(self._words, self._city.ordinary_here)
            mentions = [misspelt] if misspelt else []
        found = []
        for mention in mentions:
            if is_spoken_to(self._words, mention.start) or self._is_not_there(mention.start):
                continue
            spots = [Spot(xy, place.name) for place in mention.places for xy in place.points]
            spots = self._narrowed(distinct(spots))
            crossed = self._where_crossed(mention)
            spots = [crossed] if crossed else spots
            score: float = Score.NAME if mention.whole else Score.NAME_MISSPELT
            score -= Doubt.PLAIN if mention.plain else 0
            found.append(Evidence(LocationKind.PLACE, tuple(spots), score, mention.start, mention.end))
        return found

    def _is_not_there(self, start: int) -> bool:
        """Whether the place that begins here is said not to be it: "by the rings, not on the pier"."""
        before = start - 1
        while before >= 0 and self._words[before].word in _LEADS_TO_A_PLACE:
            before -= 1
        return before >= 0 and self._words[before].word in ("no", "not")

    def _narrowed(self, spots: list[Spot]) -> list[Spot]:
        """Of several spots of one name, those by the streets that are mentioned too, all of them if none is."""
        for mention in self._mentions:
            street = mention.streets[0]
            if mention.strength >= 1 and not street.outside and len(spots) > 1:
                away = [distance(self._city.streets.onto(street, spot.xy), spot.xy) for spot in spots]
                by_street = [
                    spot for spot, metres in zip(spots, away, strict=True) if metres <= BY_THE_STREET
                ]
                spots = by_street or _clearly_nearest(spots, away)
        return spots

    def _where_crossed(self, place: PlaceMention) -> Spot | None:
        """A park or beach along a street, at the cross street that is mentioned with it: "Palisades Park at Idaho"."""
        for known in place.places:
            along = self._city.streets.streets.get(known.along)
            for mention in self._mentions if along else ():
                street = mention.streets[0]
                if along is None or mention.strength < 1 or street.outside or street is along:
                    continue
                xy = self._city.streets.end_on(street, along)
                if xy:
                    name = phrase(self._language, "at_street", place=known.name, a=street.name)
                    return Spot(xy, name, along.name)
        return None

    def _is_only_city(self) -> bool:
        return self._city.is_city_word([word.word for word in self._words if not word.is_mark])

    # Choosing

    def _resolved(self, best: Sequence[Evidence]) -> Resolution:
        first = best[0]
        used = self._used(min(r.start for r in best), max(r.end for r in best))
        related = [self._related(reading) for reading in best]
        if len(best) > 1:
            used = self._used(first.start, first.end)
        spots = [(spot, reading) for reading in related for spot in reading.spots]
        locations = [self._city.location(spot, reading.kind, reading.score) for spot, reading in spots]
        if len(locations) == 1:
            location = locations[0]
            if not location.inside:
                return outside_resolution(
                    self._city.neighbor(location.point), used, self._language, (location,)
                )
            return Resolution(ResolutionOutcome.RESOLVED, (location,), used)
        if not locations:
            return Resolution(ResolutionOutcome.UNKNOWN, used=used)
        inside = tuple(location for location in locations if location.inside)[:MAX_CANDIDATES]
        if len(inside) == 1:
            return Resolution(ResolutionOutcome.RESOLVED, inside, used)
        if not inside:
            neighbor = self._city.neighbor(locations[0].point)
            return outside_resolution(neighbor, used, self._language, tuple(locations[:1]))
        return Resolution(ResolutionOutcome.AMBIGUOUS, self._told_apart(inside), used)

    def _told_apart(self, locations: tuple[Location, ...]) -> tuple[Location, ...]:
        """Candidates of one name get the corner nearest to each, so that people can choose."""
        if len({location.name for location in locations}) == len(locations):
            return locations
        around = [
            self._city.streets.streets_around(self._city.to_metres(location.point)) for location in locations
        ]
        named = []
        for number, location in enumerate(locations):
            others = {name for i, names in enumerate(around) if i != number for name in names}
            own = [name for name in around[number] if name not in others and name not in location.name]
            name = phrase(self._language, "part", place=location.name, a=own[0]) if own else location.name
            named.append(replace(location, name=name))
        return tuple(named)

    def _related(self, reading: Evidence) -> Evidence:
        """Apply what stands before the place: the alley behind it, across from it, next to it."""
        if self._in_alley(reading):
            return in_alley(reading, self._city.streets, self._language)
        before = [word.word for word in self._words[max(0, reading.start - 7) : reading.start]]
        while before and before[-1] in ("the", "el", "la", "los", "las"):
            before.pop()
        for key, relation in RELATIONS:
            if tuple(before[-len(relation) :]) == relation and reading.kind in (
                LocationKind.ADDRESS,
                LocationKind.PLACE,
            ):
                if key == "near" and reading.kind is LocationKind.PLACE and len(reading.spots) > 1:
                    return reading
                spots = [replace(s, name=phrase(self._language, key, place=s.name)) for s in reading.spots]
                return replace(reading, spots=tuple(spots))
        return reading

    def _in_alley(self, reading: Evidence) -> bool:
        if reading.mentions and any(mention.streets[0].is_alley for mention in reading.mentions):
            return False
        around = self._words[max(0, reading.start - 6) : reading.start]
        around = [*around, *self._words[reading.end : reading.end + 2]]
        return any(word.word in ALLEY_WORDS for word in around)

    def _speaks_of_an_alley(self) -> bool:
        return any(word.word in ALLEY_WORDS for word in self._words)

    # Outside

    def _said_elsewhere(self, start: int, end: int) -> Elsewhere | None:
        """ "…, Venice" or "… in Culver City" or "…, CA 90291" right after the place that was read, or its name
        right before it ("Culver City Hall")."""
        for elsewhere in self._elsewhere:
            if elsewhere.start < start <= elsewhere.end or (elsewhere.postal and elsewhere.end > end):
                return elsewhere
            if elsewhere.start == end and elsewhere.end == len(self._words):
                return elsewhere
            gap = [word.word for word in self._words[end : elsewhere.start]]
            fits = (
                all(
                    word in (",", "in", "en", "de", ".", "over", "-", *self._city.state_words) for word in gap
                )
                and len(gap) <= 3
            )
            if elsewhere.start >= end and fits and (gap or elsewhere.sure):
                return elsewhere
        return None

    def _in_elsewhere(self, reading: Evidence) -> Elsewhere | None:
        """ "in Malibu near the pier": a place of many cities' name is the one of the city said before it."""
        if reading.kind is not LocationKind.PLACE:
            return None
        for elsewhere in self._elsewhere:
            before = [word.word for word in self._words[max(0, elsewhere.start - 3) : elsewhere.start]]
            said = elsewhere.sure and before and before[-1] in ("in", "en") and not HOME_WORDS & set(before)
            if said and elsewhere.end <= reading.start:
                return elsewhere
        return None

    def _outside(self) -> Resolution | None:
        outside = self._outside_by_street()
        named = next((e for e in self._elsewhere if e.neighbor or e.postal), None)
        if outside and named:
            # Whose city was said goes before whose we take the street to be: "4000 Overland Ave, Culver City".
            return outside_named(named, outside.used, self._language)
        return outside or self._outside_by_name()

    def _outside_by_street(self) -> Resolution | None:
        for mention in self._mentions:
            code = mention.streets[0].outside
            if code and (mention.typed or mention.strength >= 2) and (not mention.edits):
                known = mention.typed or self._joined(mention, self._mentions) or self._is_corner_alone()
                if known:
                    return outside_resolution(
                        self._city.neighbor_by_code(code), self._used(*self._widest(mention)), self._language
                    )
        for mention in self._mentions:
            other = next((street for street in mention.streets if street.outside), None)
            if other and not mention.typed and self._joined(mention, self._mentions):
                # "Sunset and PCH": ours do not meet, the neighbor's street of that name does.
                whose = self._city.neighbor_by_code(other.outside or "")
                return outside_resolution(whose, self._used(*self._widest(mention)), self._language)
        for number in self._reader.beyond:
            neighbor = self._city.beyond(number)
            if neighbor is not False and neighbor is not True:
                return outside_resolution(neighbor, self._used(number.start, number.end), self._language)
        return None

    def _is_corner_alone(self) -> bool:
        """The whole message is a street, or two words with a joint between: "gateway and bundy"."""
        joined = len(self._words) == 3 and self._words[1].word in CORNER_JOINTS
        return len(self._words) <= 2 or joined

    def _outside_by_name(self) -> Resolution | None:
        sure = next((elsewhere for elsewhere in self._elsewhere if elsewhere.sure), None)
        if sure:
            start = min([sure.start, *(m.start for m in self._mentions if m.typed)])
            return outside_named(sure, self._used(start, sure.end), self._language)
        firm = [mention for mention in self._mentions if mention.typed or mention.strength >= 2]
        taken = {p for mention in firm for p in range(mention.start, mention.end)}
        unknown = unknown_address(self._words, taken)
        if unknown and not any(
            mention.typed or (mention.strength >= 2 and self._words[unknown[0]].number is None)
            for mention in self._mentions
        ):
            return Resolution(ResolutionOutcome.OUTSIDE, used=self._used(*unknown))
        return None

    def _joined(self, mention: Mention, mentions: Sequence[Mention]) -> bool:
        """Another street stands beside this one with a joint between: "Pico and Bundy"."""
        for other in mentions:
            low, high = sorted((mention, other), key=lambda m: m.start)
            gap = [word.word for word in self._words[low.end : high.start]]
            joint = gap and (gap[0] in CORNER_JOINTS or gap[0] in DIRECTIONS)
            if other is not mention and joint and len(gap) <= 2:
                return True
        return False

    def _widest(self, mention: Mention) -> tuple[int, int]:
        """A street outside together with the house number before it or the street it is joined to."""
        start, end = mention.start, mention.end
        if start and self._words[start - 1].number is not None:
            start -= 1
        for other in self._mentions:
            if other.end <= mention.start <= other.end + 3:
                start = other.start
            elif mention.end <= other.start <= mention.end + 3:
                end = other.end
        return start, end

    # What to ask

    def _unresolved(self) -> Resolution:
        alley = self._reader.alley_between() if self._speaks_of_an_alley() else None
        if alley is not None:
            street, start, end = alley
            return Resolution(
                ResolutionOutcome.STREET_ONLY,
                used=self._used(start, end),
                street=street.name,
                examples=self._city.examples(street, self._language),
            )
        streets = [
            m for m in self._mentions if m.strength >= 2 and not m.streets[0].outside and not m.clipped
        ]
        if streets:
            mention = max(
                streets, key=lambda m: (m.streets[0].kind is not StreetKind.FREEWAY, m.strength, -m.edits)
            )
            street = mention.streets[0]
            start, end = mention.start, mention.end
            short = self._city.streets.middle_if_short(street)
            if short and self._city.is_wholly_inside(street):
                spot = Spot(short, street.name, street.name)
                location = self._city.location(spot, LocationKind.BLOCK, 0.85)
                return Resolution(ResolutionOutcome.RESOLVED, (location,), self._used(start, end))
            return Resolution(
                ResolutionOutcome.STREET_ONLY,
                used=self._used(start, end),
                street=street.name,
                examples=self._city.examples(street, self._language),
            )
        area = self._area()
        if area:
            return Resolution(ResolutionOutcome.UNKNOWN, used=area, hint=PlaceHint.AREA)
        return Resolution(ResolutionOutcome.UNKNOWN)

    def _area(self) -> str:
        spoken = [word for word in self._words if not word.is_mark]
        for size in (3, 2, 1):
            for first in range(len(spoken) - size + 1):
                part = spoken[first : first + size]
                name = " ".join(word.word for word in part)
                if name in self._city.area_words or (
                    self._city.is_city_word(name.split()) and len(spoken) <= 4
                ):
                    return self._text[part[0].start : part[-1].end]
        return ""

    def _used(self, start: int, end: int) -> str:
        return self._text[self._words[start].start : self._words[end - 1].end]


def _clearly_nearest(spots: list[Spot], away: Sequence[float]) -> list[Spot]:
    """The spot that lies much nearer to the street than the others; all of them where none does."""
    first, second = sorted(zip(away, range(len(spots)), strict=True))[:2]
    return [spots[first[1]]] if first[0] <= OFF_THE_STREET and first[0] * 1.5 <= second[0] else spots


def outside_resolution(
    neighbor: Neighbor | None, used: str, language: str, candidates: tuple[Location, ...] = ()
) -> Resolution:
    if neighbor is None:
        return Resolution(ResolutionOutcome.OUTSIDE, candidates, used)
    return Resolution(
        ResolutionOutcome.OUTSIDE,
        candidates,
        used,
        elsewhere=neighbor.name.get(language, neighbor.name["en"]),
        elsewhere_contact=neighbor.contact.get(language, neighbor.contact["en"]),
    )


def outside_named(elsewhere: Elsewhere, used: str, language: str) -> Resolution:
    if elsewhere.neighbor is not None:
        return outside_resolution(elsewhere.neighbor, used, language)
    return Resolution(ResolutionOutcome.OUTSIDE, (), used, elsewhere=elsewhere.name)
