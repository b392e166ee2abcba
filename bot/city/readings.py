"""What the streets mentioned in a message add up to: an address, a corner, a stretch, a block, or only a street."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA

from bot.city.evidence import Doubt, Evidence, Score, Spot, distinct
from bot.city.lexicon import is_side_way, parse_name
from bot.city.location import LocationKind
from bot.city.mentions import SHORT_MESSAGE, Mention, ends_a_corner
from bot.city.phrases import phrase
from bot.city.streets import Street, StreetIndex
from bot.city.vocabulary import (
    AFTER_PLACES,
    BEFORE_PLACES,
    BETWEEN_NUMBER_AND_STREET,
    BETWEEN_WORDS,
    BLOCK_WORDS,
    CORNER_HINTS,
    CORNER_JOINTS,
    CORNER_WORDS,
    COUNTED,
    NO_THINGS,
    NUMBER_WORDS,
    PLACE_PREPOSITIONS,
    SAID_JOINTS,
    TO_WORDS,
    VERY_PLAIN_WORDS,
)
from bot.city.words import Token
from bot.text.tables import word_set

_ARTICLES = word_set("the la el")
_BONDED = {3: Score.CORNER, 2: Score.SIDE_BY_SIDE, 1: Score.SENTENCE}
NOT_HOUSE_NUMBERS = word_set(
    "bus line route linea ruta pole tower structure station lot exit $ space meter stop pier torre"
)


A_MATTER = 2  # words that may stand before a corner and say what is wrong there
SURELY_A_STREET = 2  # strength of a mention: see `bot.city.mentions`

_NEAR = word_set("near nearby close cerca cerquita junto")


@dataclass(frozen=True, slots=True)
class NumberBeyond:
    """A house number that its street does not have here."""

    street: Street
    number: int
    start: int
    end: int


class Reader:
    """Reads the mentions of one message over a city's streets."""

    def __init__(
        self, index: StreetIndex, words: Sequence[Token], mentions: Sequence[Mention], language: str
    ) -> None:
        self._index = index
        self._words = words
        self._mentions = mentions
        self._language = language
        self._spoken = sum(not word.is_mark for word in words)
        self.beyond: list[NumberBeyond] = []

    def readings(self) -> list[Evidence]:
        """All readings that resolve to points, best first."""
        found: list[Evidence] = []
        for mention in self._mentions:
            found += self._addresses(mention)
        found += self._betweens()
        for first, second in itertools.combinations(self._mentions, 2):
            found += self._corner(first, second)
        return sorted(found, key=lambda reading: (-reading.score, reading.start))

    # House numbers and blocks

    def _addresses(self, mention: Mention) -> Iterable[Evidence]:
        before = self._number_before(mention)
        after = None if before else self._number_after(mention)
        for position, number, sure, is_block in filter(None, (before, after)):
            if position >= mention.end and sure and not is_block:
                mention = self._street_of_number_after(mention)
            start, end = min(position, mention.start), max(position + 1, mention.end)
            if is_block:
                yield from self._block(mention, number, start, end)
                continue
            if mention.bare_number and not (number >= 100 and (self._spoken <= SHORT_MESSAGE or sure)):
                continue
            if (mention.strength == 0 and number < 100) or self._is_joined_by_n(position, mention):
                continue
            spots, exact = self._address_spots(mention, number)
            if mention.clipped and mention.strength < 2 and not exact:
                continue
            if spots:
                score = Score.ADDRESS - Doubt.SLIP_IN_ADDRESS * mention.edits
                score -= 0 if exact else Doubt.BETWEEN_NUMBERS
                score -= 0 if sure else Doubt.WORDS_BETWEEN
                if number < 10 and self._is_of_corner(mention):
                    score -= Doubt.COUNTING  # "❶ Pico and 4th": one digit before a corner counts the problems
                yield Evidence(LocationKind.ADDRESS, tuple(spots), score, start, end, (mention,))
            elif mention.streets and (mention.typed or mention.strength >= 2) and not mention.edits:
                self.beyond.append(NumberBeyond(mention.streets[0], number, start, end))

    def _is_joined_by_n(self, position: int, mention: Mention) -> bool:
        """Whether "4 n pico" is the corner: where the two cross, "n" is "and" rather than north."""
        if mention.start != position + 2 or self._words[position + 1].word != "n":
            return False
        number = next((other for other in self._mentions if other.start == position), None)
        return number is not None and bool(self._crossing_spots(number, mention)[0])

    def _is_of_corner(self, mention: Mention) -> bool:
        """Whether another street is joined to this one right after it."""
        return any(mention.end <= other.start and self._bond(mention, other) == 3 for other in self._mentions)

    def _address_spots(self, mention: Mention, number: int) -> tuple[list[Spot], bool]:
        spots: list[tuple[bool, bool, Spot]] = []
        for street in mention.streets:
            if street.outside or (is_side_way(street) and not mention.typed):
                continue
            for hit in self._index.address(street, number):
                spots.append(
                    (not hit.exact, is_side_way(street), Spot(hit.xy, f"{number} {street.name}", street.name))
                )
        if not spots:
            return [], False
        if len({parse_name(spot.street).base for *_, spot in spots}) > 1:
            return distinct(
                [spot for *_, spot in spots]
            ), True  # two streets of one other name: "455 Highway 1"
        best = min(spots, key=lambda item: item[:2])[:2]
        return distinct([item[2] for item in spots if item[:2] == best]), not best[0]

    def _number_before(self, mention: Mention) -> tuple[int, int, bool, bool] | None:
        """The house number before a street: its position, itself, whether nothing but type words lie between, block."""
        position, sure, is_block = mention.start - 1, True, False
        while position >= 0 and mention.start - position <= 6:
            token = self._words[position]
            if token.word in BLOCK_WORDS or self._is_block(position):
                is_block = True
            elif (token.number is not None and token.ordinal is None) or (
                token.number and token.ordinal and token.number > 50
            ):
                if position >= 2 and self._words[position - 1].word == "/":
                    position -= 2  # 1437 1/2
                    if position >= 1 and self._words[position - 1].number is not None:
                        position -= 1
                    continue_token = self._words[position]
                    if continue_token.number is None:
                        return None
                    return position, continue_token.number, sure, is_block
                return self._checked_number(self._range_start(position), sure, is_block)
            elif token.word not in BETWEEN_NUMBER_AND_STREET and not (
                is_block and token.word in ("of", "de", "la", "on")
            ):
                return None
            elif token.word not in (
                "n",
                "s",
                "e",
                "w",
                "north",
                "south",
                "east",
                "west",
                "calle",
                "avenida",
                "ave",
                "block",
                "blk",
                "de",
                "la",
                ",",
            ):
                sure = False
            position -= 1
        return None

    def _is_block(self, position: int) -> bool:
        """A misspelt "block" after a round number: "1400 bolck of 11th"."""
        before = self._words[position - 1].number if position else None
        word = self._words[position].word
        return bool(before and before % 100 == 0 and word[:1] == "b" and OSA.distance(word, "block") <= 2)

    def _range_start(self, position: int) -> int:
        """ "2701-2705 Main": the first number of a range."""
        if (
            position >= 2
            and self._words[position - 1].word == "-"
            and self._words[position - 2].number is not None
        ):
            return position - 2
        return position

    def _checked_number(
        self, position: int, sure: bool, is_block: bool
    ) -> tuple[int, int, bool, bool] | None:
        token = self._words[position]
        before = self._words[position - 1].word if position else ""
        number = token.number or 0
        if before in NOT_HOUSE_NUMBERS or (before == "#" and not sure) or not 1 <= number <= 99_999:
            return None
        if not sure and not is_block and (number < 100 or before in ("at", "since", "in", "las", "a")):
            return None
        if before in BLOCK_WORDS and number % 100 == 0:
            return position - 1, number, True, True
        return position, number, sure, is_block

    def _number_after(self, mention: Mention) -> tuple[int, int, bool, bool] | None:
        """ "11th St #1437", "la 11 numero 1437", "Pico 1437", "Main St, 1400 block"."""
        position, said = mention.end, False
        if mention.strength and position < len(self._words) and self._words[position].word in ("by", "near"):
            position += 1  # "on Grant by 1107"
        after_it = [word.word for word in self._words[position : position + 2]]
        if after_it[:1] == ["street"] and set(after_it[1:]) & NUMBER_WORDS:
            position += 1  # "Pearl street number 1923"
        while position < len(self._words) and self._words[position].word in NUMBER_WORDS | {",", "the", "la"}:
            said = said or self._words[position].word in NUMBER_WORDS
            position += 1
        if position >= len(self._words) or position - mention.end > 3:
            return None
        token = self._words[position]
        if token.number is None or token.ordinal is not None or not 10 <= token.number <= 99_999:
            return None
        after = self._words[position + 1].word if position + 1 < len(self._words) else ""
        if after in BLOCK_WORDS:
            return position, token.number, True, True
        next_is_street = any(other.start == position + 1 for other in self._mentions)
        if (
            after in COUNTED
            or next_is_street
            or (token.number < 100 and not said)
            or len(str(token.number)) == 5
        ):
            return None
        if not said and after and after[0].isalpha() and after not in PLACE_PREPOSITIONS:
            return None
        return position, token.number, said, False

    def _street_of_number_after(self, mention: Mention) -> Mention:
        """The street whose number is told behind another that it is only near: "Euclid near Broadway, number 1428"."""
        before = {word.word for word in self._words[max(0, mention.start - 2) : mention.start]}
        if not before & _NEAR:
            return mention
        earlier = [
            other
            for other in self._mentions
            if other.end <= mention.start and other.strength and other.streets != mention.streets
        ]
        return earlier[-1] if earlier else mention

    def _block(self, mention: Mention, number: int, start: int, end: int) -> Iterable[Evidence]:
        if end < len(self._words) and self._words[end].word in BLOCK_WORDS:
            end += 1
        for street in mention.streets[:3]:
            if street.outside or (is_side_way(street) and not mention.typed):
                continue
            hits = self._index.block(street, number)
            if hits:
                name = phrase(self._language, "block", hundred=str(number - number % 100), street=street.name)
                spots = tuple(Spot(hit.xy, name, street.name) for hit in hits)
                yield Evidence(
                    LocationKind.BLOCK,
                    spots,
                    Score.BLOCK - Doubt.SLIP_IN_ADDRESS * mention.edits,
                    start,
                    end,
                    (mention,),
                )
                return
        self.beyond.append(NumberBeyond(mention.streets[0], number, start, end))

    # Corners

    def _corner(self, first: Mention, second: Mention) -> Iterable[Evidence]:
        bond = self._bond(first, second)
        if bond == 0 or not self._may_pair(first, second, bond):
            return
        spots, rank = self._crossing_spots(first, second)
        if not spots and (first.others or second.others):
            # "clover and pico": Clover St is nowhere near, Cloverfield Blvd is.
            first, second = (replace(m, streets=m.others or m.streets, edits=1) for m in (first, second))
            spots, rank = self._crossing_spots(first, second)
        if not spots:
            return
        score = _BONDED[bond] - Doubt.SLIP * (first.edits + second.edits) - Doubt.RANK * rank
        yield Evidence(
            LocationKind.INTERSECTION, tuple(spots), score, first.start, second.end, (first, second)
        )

    def _bond(self, first: Mention, second: Mention) -> int:
        """3: words that join two streets stand between; 2: nothing or a comma; 1: a sentence that may join them."""
        gap = [word.word for word in self._words[first.end : second.start]]
        others = sum(
            first.end <= other.start < second.start and not (other.bare_number and other.strength == 0)
            for other in self._mentions
        )
        if _names_the_cross_street(gap):
            return 3
        if all(word in CORNER_WORDS for word in gap) and len(gap) <= 7:
            if any(word in CORNER_JOINTS for word in gap) or any(
                w in ("north", "south", "east", "west") for w in gap
            ):
                return 3
            return 2
        if others or len(gap) > 14 or any(word in ".!?;" for word in gap) or _is_ruled_out(gap):
            return 0
        return 1

    def _may_pair(self, first: Mention, second: Mention, bond: int) -> bool:
        gap = [word.word for word in self._words[first.end : second.start]]
        if bond == 3 and (_names_the_cross_street(gap) or self._is_said_corner(first, second)):
            return True
        low, high = sorted((first.strength, second.strength))
        if first.bare_number or second.bare_number:
            return (
                bond == 3 and (high >= 2 or (first.strength >= 1 and second.strength >= 1))
            ) or self._hinted(first)
        if bond == 3 and any(word.word in "/&@" for word in self._words[first.end : second.start]):
            # "pier / 7th": a mark joins no plain words but a street of a name and one of a number.
            ordinals = [self._words[mention.start].ordinal is not None for mention in (first, second)]
            if any(ordinals) and not all(ordinals):
                return True
        if bond == 3:
            short = self._spoken <= SHORT_MESSAGE + 1 and self._closes(second.end)
            return high >= 2 or low >= 1 or self._hinted(first) or short
        if bond == 2:
            return (high >= 2 and low >= 1) or self._hinted(first)
        return (
            low >= 2 or (high >= 2 and low >= 1 and self._hinted(second))
        ) and not first.edits + second.edits

    def _is_said_corner(self, first: Mention, second: Mention) -> bool:
        """Whether two plain names can only be a corner here: "I just told you. Delaware and 20th", "en 11 y Idaho"."""
        gap = [word.word for word in self._words[first.end : second.start] if word.word not in _ARTICLES]
        if len(gap) != 1 or gap[0] not in SAID_JOINTS:
            return False
        opens, closes = self._opens(first.start), self._closes(second.end)
        numbered = [self._words[mention.start].key.startswith("#") for mention in (first, second)]
        if all(numbered):
            return False
        very_plain = any(self._is_very_plain(mention) for mention in (first, second))
        if not any(numbered):
            names = {self._words[mention.start].word for mention in (first, second)}
            return (opens and closes) or (bool(names & NO_THINGS) and not very_plain)
        number = self._words[first.start if numbered[0] else second.start]
        if first.bare_number or second.bare_number:
            nowhere_else = gap[0] in ("n", "x", "/") and first.start == 0
            bare = first if first.bare_number else second
            articled = bare.start > 0 and self._words[bare.start - 1].word == "la"
            plainly = very_plain and gap[0] in ("y", "and") and not articled
            told_of = second.bare_number and ends_a_corner(self._words, second.start)
            named = second if first.bare_number else first
            no_thing = self._words[named.start].word in NO_THINGS
            # "Bache 14 y montana", "árbol 7 y california las raíces": what it is, and at once where.
            opens = opens or (first.bare_number and first.start <= A_MATTER and not self._counts(first.start))
            return opens and (closes or nowhere_else or told_of or no_thing) and not plainly
        spelt = number.word.isalpha()
        return (opens and closes) or not (very_plain or spelt)

    def _counts(self, start: int) -> bool:
        """Whether a number there is of a bus, a pole or a lot."""
        return start > 0 and self._words[start - 1].word in NOT_HOUSE_NUMBERS

    def _opens(self, start: int) -> bool:
        before = self._words[start - 1] if start else None
        return before is None or before.is_mark or before.word in BEFORE_PLACES

    def _closes(self, end: int) -> bool:
        after = self._words[end] if end < len(self._words) else None
        return after is None or after.is_mark or after.word in AFTER_PLACES

    def _is_very_plain(self, mention: Mention) -> bool:
        token = self._words[mention.start]
        return mention.end == mention.start + 1 and token.word in VERY_PLAIN_WORDS and not token.capital

    def _hinted(self, mention: Mention) -> bool:
        """ "corner of" or "esquina de" stands shortly before."""
        return any(
            word.word in CORNER_HINTS for word in self._words[max(0, mention.start - 4) : mention.start]
        )

    def _crossing_spots(self, first: Mention, second: Mention) -> tuple[list[Spot], int]:
        pairs = [
            (a, b)
            for a, b in itertools.product(_as_said(first), _as_said(second))
            if not (a.outside or b.outside)
        ]
        for meet, far in ((self._index.crossings, 0), (self._index.near_misses, 1)):
            found: list[tuple[int, Spot]] = []
            for a, b in pairs:
                sides = sum(is_side_way(s) and not m.typed for s, m in ((a, first), (b, second)))
                rank = 2 * sides + first.wrong_type + second.wrong_type + far
                if (far and sides) or (far and a.name[0].isdigit() and b.name[0].isdigit()):
                    continue  # numbered streets run side by side, wherever one of them may end
                for hit in meet(a, b):
                    name = phrase(self._language, "corner", a=a.name, b=b.name)
                    found.append((rank, Spot(hit.xy, name, a.name)))
            if found:
                best = min(rank for rank, _ in found)
                return distinct([spot for rank, spot in found if rank == best]), best
        return [], 0

    # Stretches between two cross streets

    def _betweens(self) -> Iterable[Evidence]:
        for first, second in itertools.pairwise(self._mentions):
            gap = [word.word for word in self._words[first.end : second.start]]
            if len(gap) > 4 or not all(word in TO_WORDS | {"the", "la", "el"} for word in gap):
                continue
            opening = self._between_word(first)
            dashed = any(word in ("to", "-", "a", "hasta", "thru", "through") for word in gap)
            if opening is None and not dashed:
                continue
            mains = [
                main
                for main in self._mentions
                if main not in (first, second) and self._belongs(main, first, second)
            ]
            # The street said nearest to the stretch: "every day at 7 on 9th between Wilshire and Arizona".
            for main in sorted(mains, key=lambda main: max(first.start - main.end, main.start - second.end)):
                start = min(main.start, first.start if opening is None else opening)
                end = max(main.end, second.end)
                reading = self._between(main, first, second, start, end)
                if reading:
                    yield reading
                    break

    def _between_word(self, first: Mention) -> int | None:
        for position in range(first.start - 1, max(-1, first.start - 4), -1):
            word = self._words[position].word
            if word in BETWEEN_WORDS:
                return position
            if word not in ("the", "la", "el", "calle", "calles", "avenida", "las", "streets", "avenues"):
                return None
        return None

    def _belongs(self, main: Mention, first: Mention, second: Mention) -> bool:
        """The street that runs between the two stands right before or after them."""
        if main.end <= first.start:
            return first.start - main.end <= 6 and not any(
                w.word in ".!?" for w in self._words[main.end : first.start]
            )
        gap = [word.word for word in self._words[second.end : main.start]]
        return (
            main.start >= second.end
            and len(gap) <= 6
            and all(word in CORNER_WORDS | {"sobre", "in"} for word in gap)
        )

    def _between(
        self, main: Mention, first: Mention, second: Mention, start: int, end: int
    ) -> Evidence | None:
        best: tuple[float, Spot] | None = None
        for street, a, b in itertools.product(main.streets[:4], first.streets[:4], second.streets[:4]):
            if any(
                s.outside or (is_side_way(s) and not m.typed)
                for s, m in ((street, main), (a, first), (b, second))
            ):
                continue
            stretch = self._index.between(street, a, b)
            if stretch and (best is None or stretch[0] < best[0]):
                name = phrase(self._language, "between", street=street.name, a=a.name, b=b.name)
                best = stretch[0], Spot(stretch[1].xy, name, street.name)
        slips = Doubt.SLIP * (main.edits + first.edits + second.edits)
        mentions = (main, first, second)
        if best is None:
            corner = self._end_of_stretch(main, (first, second))
            if corner is None:
                return None
            score = Score.END_OF_STRETCH - slips
            return Evidence(LocationKind.INTERSECTION, (corner,), score, start, end, mentions)
        return Evidence(LocationKind.BLOCK, (best[1],), Score.STRETCH - slips, start, end, mentions)

    def _end_of_stretch(self, main: Mention, ends: Sequence[Mention]) -> Spot | None:
        """Where the street meets the one of two ends that it does meet: "Bay between Main and 2nd" is no Main & 2nd."""
        street = main.streets[0]
        met = [
            (end.streets[0], hits)
            for end in ends
            if not end.streets[0].outside and (hits := self._index.crossings(street, end.streets[0]))
        ]
        if street.outside or is_side_way(street) or len(met) != 1 or main.strength < SURELY_A_STREET:
            return None
        other, hits = met[0]
        return Spot(hits[0].xy, phrase(self._language, "corner", a=street.name, b=other.name), street.name)

    def alley_between(self) -> tuple[Street, int, int] | None:
        """The alley that runs between two streets, and where they are told: "the alley between 17th and 18th"."""
        for first, second in itertools.pairwise(self._mentions):
            gap = [word.word for word in self._words[first.end : second.start]]
            opening = self._between_word(first)
            if opening is None or not all(word in TO_WORDS | {"the", "la", "el"} for word in gap):
                continue
            alley = self._index.alley_between(first.streets[0], second.streets[0])
            if alley is not None:
                return alley, opening, second.end
        return None


def _names_the_cross_street(gap: Sequence[str]) -> bool:
    """Whether words between two streets say that the second crosses the first: "on main, cross street is hill"."""
    words = [word for word in gap if word not in _BESIDE_CROSS]
    return words in (
        ["cross", "street"],
        ["cross", "st"],
        ["cross", "streets"],
        ["cruza"],
        ["calle", "cruza"],
    )


_BESIDE_CROSS = word_set(", . is are s the nearest closest near its it and : la el es que con y mas cercana")


def _is_ruled_out(gap: Sequence[str]) -> bool:
    """ "en la ocean no en main": the second street is the one it is not."""
    rest = [word for word in gap if word not in PLACE_PREPOSITIONS]
    return bool(rest) and rest[-1] in ("no", "not")


def _as_said(mention: Mention) -> Sequence[Street]:
    """The streets a corner may mean: "4th and 5th" is two streets side by side, not 4th St & some 5th Ave."""
    first = mention.streets[0]
    if mention.typed or not first.name[:1].isdigit():
        return mention.streets[:5]
    return [street for street in mention.streets[:5] if street is first or is_side_way(street)]


def in_alley(reading: Evidence, index: StreetIndex, language: str) -> Evidence:
    """The same place in the alley beside it, where there is one within reach."""
    spots = []
    for spot in reading.spots:
        alley = index.alley_near(spot.xy, 95.0)
        if alley is None:
            return reading
        key = "alley_behind" if reading.kind is LocationKind.ADDRESS else "alley_near"
        spots.append(
            replace(spot, xy=index.onto_segment(alley, spot.xy), name=phrase(language, key, place=spot.name))
        )
    return replace(reading, kind=LocationKind.ALLEY, spots=tuple(spots))
