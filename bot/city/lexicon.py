"""Which street a few words name: whole names, names without their type, aliases, and misspellings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.city.clippings import Clippings
from bot.city.glued import Glued
from bot.city.pack import StreetKind
from bot.city.streets import FREE_KINDS, Street
from bot.city.vocabulary import CORNER_JOINTS, DIRECTIONS, SAID_JOINTS, TYPES
from bot.city.words import tokens

_JOINTS = SAID_JOINTS | CORNER_JOINTS  # "highl and hill" is not Highland
LONGEST = 5  # words of a street's name
PARTED_FROM = 7  # letters of a name that is known in two parts


@dataclass(frozen=True, slots=True)
class StreetName:
    """A name taken apart: ("ocean", "park"), "blvd", None."""

    base: tuple[str, ...]
    type: str | None
    direction: str | None


def parse_name(name: str) -> StreetName:
    """Take a street's name apart; a name of one word ("Broadway") is all base."""
    keys = [token.key for token in tokens(name) if not token.is_mark]
    direction = DIRECTIONS.get(keys[-1]) if len(keys) > 2 else None
    if direction:
        keys = keys[:-1]
    known = set(TYPES.values())
    kind = (
        keys[-1]
        if len(keys) > 1 and keys[-1] in known and (len(keys) > 2 or keys[0] not in ("the", "la", "el"))
        else None
    )
    return StreetName(tuple(keys[:-1] if kind else keys), kind, direction)


@dataclass(frozen=True, slots=True)
class Match:
    """Streets that some words may name, best first; `edits` is how many letters were wrong."""

    streets: tuple[Street, ...]
    whole: bool  # the type was part of the words
    edits: int = 0


class Lexicon:
    """Street names by their words. Numbered streets go by "#4"."""

    def __init__(
        self,
        streets: Iterable[Street],
        aliases: Iterable[tuple[str, Street]],
        not_clipped: Sequence[str] = (),
    ) -> None:
        """`aliases` are other names of streets, `not_clipped` words that are never short for one."""
        self._whole: dict[tuple[str, ...], list[Street]] = defaultdict(list)
        self._base: dict[tuple[str, ...], list[Street]] = defaultdict(list)
        self.type_of: dict[str, str | None] = {}
        streets = list(streets)
        for street in streets:
            self._add(street.name, street)
        for alias, street in aliases:
            self._add(alias, street, alias=True)
        for listed in (*self._whole.values(), *self._base.values()):
            listed.sort(key=_standing)
        # Misspellings are looked for among the words written together: "ocean park" and "oceanpark" are one.
        here = [base for base, listed in self._base.items() if not all(street.outside for street in listed)]
        self._spelling = {"".join(base): base for base in here if not base[0].startswith("#")}
        self._spellings = [spelling for spelling in self._spelling if len(spelling) >= 4]
        self.glued = Glued(
            (spelling, self.type_of[street.name])
            for spelling, base in self._spelling.items()
            for street in self._base[base]
        )
        named = ((street, parse_name(street.name)) for street in streets)
        self.clippings = Clippings(((street, name.base, name.type) for street, name in named), not_clipped)

    def _add(self, name: str, street: Street, *, alias: bool = False) -> None:
        parsed = parse_name(name)
        # "Wash Ave" is Washington Ave, but "wash" alone is a car's.
        clipped = (
            alias
            and parsed.type
            and len(parsed.base) == 1
            and parsed.base[0].isalpha()
            and len(parsed.base[0]) < 5
        )
        if not clipped and street not in self._base[parsed.base]:
            self._base[parsed.base].append(street)
        self.type_of.setdefault(street.name, parsed.type)
        if parsed.type:
            for key in ((*parsed.base, parsed.type), (*parsed.base, parsed.type, parsed.direction or "")):
                if key[-1] and street not in self._whole[key]:
                    self._whole[key].append(street)

    def whole(self, keys: Sequence[str]) -> Match | None:
        """Streets whose name with its type is exactly these words."""
        found = self._whole.get(tuple(keys))
        return Match(tuple(found), True) if found else None

    def base(self, keys: Sequence[str]) -> Match | None:
        """Streets whose name without its type is exactly these words, joined ("oceanpark") and parted ones ("clover field") included."""
        found = self._base.get(tuple(keys))
        together = "".join(keys) if len(keys) <= 2 else ""
        if not found and together in self._spelling and (len(keys) == 1 or _is_parted(keys)):
            found = self._base[self._spelling[together]]
        return Match(tuple(found), False) if found else None

    def of_type(self, match: Match, kind: str) -> Match:
        """The same match narrowed to a type that was said; unchanged where no street has it."""
        fitting = tuple(street for street in match.streets if self.type_of[street.name] == kind)
        return Match(fitting, True, match.edits) if fitting else match

    def misspelt(self, keys: Sequence[str]) -> Match | None:
        """Streets whose name without its type is nearly these words: one letter in six or so may be wrong."""
        query = "".join(keys)
        if len(query) < 4 or not query.isalpha():
            return None
        allowed = 1 if len(query) <= 6 else 2 if len(query) <= 10 else 3
        found = process.extract(query, self._spellings, scorer=OSA.distance, score_cutoff=allowed, limit=4)
        found = [
            item
            for item in found
            if item[0][0] == query[0] or (item[1] == 1 and len(query) > 4) or item[0][1:2] == query[:1]
        ]
        if not found:
            return None
        least = min(item[1] for item in found)
        streets = [
            street for item in found if item[1] == least for street in self._base[self._spelling[item[0]]]
        ]
        return Match(tuple(dict.fromkeys(streets)), False, int(least))


def _is_parted(keys: Sequence[str]) -> bool:
    """Whether two words may be one name parted by a slip: "clover field" may, "ya le" is no Yale."""
    return sum(map(len, keys)) >= PARTED_FROM and not _JOINTS & set(keys)


def _standing(street: Street) -> tuple[bool, bool, int]:
    """Streets before alleys and ramps, long ones before short."""
    return street.outside is not None, street.kind not in FREE_KINDS, -len(street.segments)


def is_side_way(street: Street) -> bool:
    """An alley, ramp or freeway: never meant when only the bare name is said."""
    return street.kind in (StreetKind.ALLEY, StreetKind.RAMP, StreetKind.FREEWAY)
