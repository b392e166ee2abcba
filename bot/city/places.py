"""Named places: parks, schools, libraries, landmarks, found in a message by whole or nearly right names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.city.clippings import clipped_forms
from bot.city.geometry import XY, clusters, distance
from bot.city.vocabulary import CARDINALS, PLACE_PREPOSITIONS, PLAIN_WORDS
from bot.city.words import Token, left_to_right, tokens
from bot.text.tables import word_set

Key = tuple[str, ...]  # a name by the keys of its words
LONGEST = 8  # words of a place's name
MOST_SPANS = 60  # of a message are tried for a misspelt name: a longer one says its place early
ONE_PLACE = 240.0  # metres: points of one name this close are one place (a campus, a small park)
# Words that say what kind of place it is: where one stands, a misspelt name may stand before it.
KIND_WORDS = word_set(
    "park library school elementary middle high college hotel pier beach museum hospital church theatre theater center centre "
    "station lot structure garage playground cemetery airport auditorium courthouse market playhouse building apartments "
    "biblioteca parque escuela field pool hall square campus garden"
)
# The same, written short.
KIND_SHORT = {
    "pk": "park", "prk": "park", "pks": "park", "lib": "library", "elem": "elementary", "ctr": "center", "cntr": "center",
    "centre": "center", "hosp": "hospital", "stn": "station", "bldg": "building", "cem": "cemetery", "theatre": "theater",
    "struct": "structure", "prkg": "parking", "apts": "apartments",
}  # fmt: skip
_SPANISH_KINDS = {
    "park": "parque", "library": "biblioteca", "elementary": "escuela", "middle": "escuela", "hotel": "hotel",
    "hospital": "hospital", "cemetery": "cementerio", "school": "escuela", "church": "iglesia", "museum": "museo",
}  # fmt: skip
_KIND_AT_END = ("park", "library", "elementary", "hotel", "hospital", "middle", "restaurant")
_KIND_AFTER_A_NAME = (
    *_KIND_AT_END,
    "center",
    "cemetery",
    "estate",
    "house",
    "building",
)  # after two words or more
# What else people call the things a city numbers.
_NUMBERED_KINDS = {
    "Parking Structure": (
        "Parking Garage", "Garage", "Public Parking Structure", "Estacionamiento", "Estructura", "Estructura de estacionamiento",
    ),
    "Parking Lot": ("Beach Lot", "Lote", "Lote de estacionamiento"),
    "Fire Station": ("Firehouse", "Fire House", "Estacion de bomberos", "Bomberos"),
}  # fmt: skip


_OF: tuple[Key, ...] = ((), ("de",), ("de", "la"), ("del",), ("en",), ("en", "la"))
_PAUSES = word_set(", ; ! ?")
_ARTICLES = word_set("the el la")
_NEVER_IN_NAMES = word_set("at on in my this of a near")
_BEFORE_PLACES = word_set(
    "at @ near by of en de del to behind outside inside the el la from frente beside opposite around"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A named place; several points when it is long, like a park along a whole street."""

    name: str
    points: tuple[XY, ...]
    along: str = ""  # the street it runs along, for a park or beach that is no single point


@dataclass(frozen=True, slots=True)
class PlaceMention:
    start: int
    end: int
    places: tuple[Place, ...]
    whole: bool  # the name as it is written, not a misspelling
    plain: bool  # a word that may be no name at all ("pier", "airport")


class PlaceIndex:
    """Place names by their words."""

    def __init__(self) -> None:
        self._sure: set[tuple[str, ...]] = set()  # single words that are names and nothing else
        self._by_key: dict[tuple[str, ...], list[Place]] = defaultdict(list)
        self._keys_of: dict[str, list[Key]] = defaultdict(list)  # by a place's name
        self._spellings: dict[str, list[str]] = {}  # by first letter: nobody misses that
        self._key_of: dict[str, tuple[str, ...]] = {}
        self.places: dict[str, Place] = {}

    def add(
        self,
        name: str,
        points: Sequence[XY],
        also: Iterable[str] = (),
        keep: Callable[[str], bool] = bool,
        along: str = "",
        exact: Iterable[Key] = (),
    ) -> None:
        """Add a place under its name, the usual shortenings of it that `keep` accepts, and its other names; `exact`
        ones are not looked for misspelt."""
        place = Place(name, _points(points), along)
        self.places[name] = place
        other_names = [form for other in also for form in (other, *_in_spanish(other.split()))]
        for form in (*forms(name, keep), *other_names):
            key = _key(form)
            if len(key) == 1 and form.isupper() and form != name:
                self._sure.add(key)
            if key and all(known.name != name for known in self._by_key[key]):
                self._by_key[key].append(place)
                self._keys_of[name].append(key)
                spelling = "".join(key)
                if len(spelling) >= 7:
                    if spelling not in self._key_of:
                        self._spellings.setdefault(spelling[0], []).append(spelling)
                    self._key_of[spelling] = key
        for key in (*exact, *map(_key, clipped_names(name, keep))):
            if all(known.name != name for known in self._by_key[key]):
                self._by_key[key].append(place)
                self._keys_of[name].append(key)

    def replace_name(self, name: str) -> None:
        """Take a name out of the index (its place is listed better elsewhere)."""
        for key in self._keys_of.pop(name, ()):
            self._by_key[key] = [place for place in self._by_key[key] if place.name != name]

    def find(self, words: Sequence[Token]) -> list[PlaceMention]:
        """Place names from left to right, none overlapping, the longest at each position."""
        return left_to_right(words, self._at)

    def misspelt(self, words: Sequence[Token], ordinary: frozenset[str]) -> PlaceMention | None:
        """A nearly right name: the whole message, beside a word for its kind, or after "at", "near" and the like.

        At least one of its words must not be an `ordinary` one.
        """
        plain = [i for i, word in enumerate(words) if not word.is_mark]
        spans = [(plain[0], plain[-1] + 1)] if plain and len(plain) <= 6 else []
        for position, word in enumerate(words):
            if word.word in KIND_WORDS:
                spans += [(position - back, position + 1) for back in (3, 2, 1) if position >= back]
                spans += [(position, position + on) for on in (3, 2) if position + on <= len(words)]
            if word.word in _BEFORE_PLACES:
                spans += [
                    (position + 1, position + 1 + on) for on in (6, 5, 4, 3, 2) if position + on < len(words)
                ]
        for start, end in spans[:MOST_SPANS]:
            found = self._nearly(words, start, end, ordinary)
            if found:
                return found
        return None

    def longer(self, words: Sequence[Token], mention: PlaceMention) -> PlaceMention | None:
        """A longer name, nearly right, that holds the one mentioned: "Lot 3 North" misspelt holds "lot 3"."""
        size = sum(len(word.key) for word in words[mention.start : mention.end])
        part = words[mention.start : mention.end]
        named = "".join(_place_key(word) for word in part if not word.is_mark and word.word not in _ARTICLES)
        for start in range(mention.start, max(-1, mention.start - 4), -1):
            for end in range(min(len(words), mention.end + 3), mention.end - 1, -1):
                found = (
                    self._nearly(words, start, end, frozenset())
                    if (start, end) != (mention.start, mention.end)
                    else None
                )
                holds = found and any(named in "".join(_key(place.name)) for place in found.places)
                if found and (holds or mention.plain) and not set(found.places) & set(mention.places):
                    spelt = sum(len(word.key) for word in words[start:end] if not word.is_mark)
                    if spelt >= size + 4:
                        return found
        return None

    def _nearly(
        self, words: Sequence[Token], start: int, end: int, ordinary: frozenset[str]
    ) -> PlaceMention | None:
        part = [
            word for word in words[start:end] if not word.is_mark and word.word not in ("the", "el", "la")
        ]
        if any(word.word in _PAUSES for word in part[1:-1]):
            return None
        query = "".join(_place_key(word) for word in part)
        if len(query) < 7 or (ordinary and all(word.word in ordinary for word in part)):
            return None
        # Names such as "Palisades Park at Idaho" are only looked for where the part before "at" was found.
        if any(word.word in _NEVER_IN_NAMES for word in (part if ordinary else part[:1])):
            return None
        allowed = 1 if len(query) < 9 else 2 if len(query) < 14 else 3
        alike = self._spellings.get(query[0], [])
        best = process.extractOne(query, alike, scorer=OSA.distance, score_cutoff=allowed)
        if best and self._by_key[self._key_of[best[0]]] and _same_digits(best[0], query):
            return PlaceMention(start, end, tuple(self._by_key[self._key_of[best[0]]]), False, False)
        return None

    def _at(self, words: Sequence[Token], start: int) -> PlaceMention | None:
        if words[start].is_mark:
            return None
        key: list[str] = []
        best: PlaceMention | None = None
        for end in range(start + 1, min(len(words), start + LONGEST + 3) + 1):
            token = words[end - 1]
            if token.is_mark:
                if token.word not in ("#", "/", "&", ".", "("):
                    break
                continue
            # "structure nine" and "lot three", but "nine" alone stays a word
            counted = bool(key) and key[-1] in KIND_WORDS and token.word in CARDINALS
            key.append(f"#{CARDINALS[token.word]}" if counted else _place_key(token))
            places = self._by_key.get(tuple(key))
            if places:
                if len(key) == 1 and tuple(key) not in self._sure and not _placed(words, start):
                    continue
                plain = len(key) == 1 and (token.word in PLAIN_WORDS or token.word in KIND_WORDS)
                best = PlaceMention(start, end, tuple(places), True, plain)
        return best


def _placed(words: Sequence[Token], start: int) -> bool:
    """A single word counts as a place after "at" or "on the" or "en el", or as the whole message."""
    if len(words) <= 2:
        return True
    before = [word.word for word in words[max(0, start - 2) : start]]
    if before and before[-1] in ("the", "el", "la", "al", "del"):
        return before[0] in PLACE_PREPOSITIONS or before[-1] in ("al", "del")
    return (
        (
            bool(before)
            and before[-1]
            in (
                "at",
                "near",
                "by",
                "@",
                "behind",
                "outside",
                "frente",
                "detras",
                "beside",
                "inside",
                "opposite",
                "across",
            )
        )
        or before == ["across", "from"]
        or before == ["next", "to"]
    )


def _key(name: str) -> tuple[str, ...]:
    return tuple(_place_key(token) for token in tokens(name) if not token.is_mark)


def _place_key(token: Token) -> str:
    if token.word in ("saint", "snt"):
        return "st"
    if kind := KIND_SHORT.get(token.word):
        return kind
    if token.number is not None and token.ordinal is not None:
        return token.word  # lot "9a"
    return token.key


def _same_digits(a: str, b: str) -> bool:
    return re.findall(r"\d+", a) == re.findall(r"\d+", b)


def forms(name: str, keep: Callable[[str], bool]) -> list[str]:
    """A name as data has it and as people say it: without brackets, "Santa Monica", "The", or its kind."""
    bare = re.sub(r"\s*\([^)]*\)", "", name).replace('"', "").strip()
    found = [name.replace("(", "").replace(")", ""), bare]
    parts = [part.strip() for part in bare.split("/")] if "/" in bare else []
    found += [part for part in parts if keep(part) and part.lower() not in KIND_WORDS]
    for form in list(found):
        if form.lower().startswith("the ") and len(form.split()) > 2:
            found.append(form[4:])
        words = form.split()
        if len(words) > 1 and words[-1].lower() in (_KIND_AFTER_A_NAME if len(words) > 2 else _KIND_AT_END):
            short = " ".join(words[:-1])
            if keep(short):
                found.append(short)
        found += _schools(words)
        if words[-1].lower() == "library" and len(words) > 1:
            branch = " ".join(word for word in words[:-1] if word != "Branch")
            streets = (branch, f"{branch} Ave", f"{branch} Avenue")
            found += [
                f"{name} {kind}" for name in streets for kind in ("Branch Library", "Branch", "Library")
            ]
        found += _in_spanish(words)
        if "Ave " in form:
            found.append(form.replace("Ave ", "Avenue "))
        match = re.fullmatch(r"(Parking Structure|Parking Lot|Fire Station) #?(\w+)", form)
        if match:
            kinds = (match[1], match[1].split()[-1], f"{match[1]} No", *_NUMBERED_KINDS[match[1]])
            found += [f"{kind} {match[2]}" for kind in kinds]
    return list(dict.fromkeys(form for form in found if form))


def _in_spanish(words: Sequence[str]) -> list[str]:
    """ "Reed Park": "parque Reed"."""
    kind = _SPANISH_KINDS.get(words[-1].lower()) if len(words) > 1 else None
    return [f"{kind} {' '.join(words[:-1])}"] if kind else []


def clipped_names(name: str, keep: Callable[[str], bool]) -> list[str]:
    """ "Memorial Park": "mem park", as streets are clipped."""
    words = name.split()
    if len(words) == 3 and words[2].lower() in KIND_WORDS:
        initials = f"{words[0][0]}{words[1][0]} {words[2]}".lower()
        return [initials] if keep(initials) else []
    if len(words) != 2 or words[1].lower() not in KIND_WORDS:
        return []
    found = (f"{form} {words[1]}" for form in clipped_forms([words[0].lower()], None))
    return [form for form in found if keep(form)]


def stop_forms(stop: str, lines: Sequence[str]) -> list[Key]:
    """What people call a train's stop by the names of its lines, as keys: "17th": "17th metro station", "expo stop at
    17th", "estacion de la 17th". Without a line only "station" is said: a "4th st stop" has a sign on it."""
    at = _key(stop)
    found = [(*at, "station"), ("station", *at), *(("estacion", *of, *at) for of in _OF)]
    for line in map(_key, lines):
        for kind in ((), ("station",), ("stop",)):
            found += [(*at, *line, *kind), *((*line, *kind, *near, *at) for near in ((), ("at",), ("on",)))]
        for kind in (("estacion",), ("parada",)):
            found += [(*kind, *of_line, *line, *of, *at) for of_line in ((), ("de",), ("del",)) for of in _OF]
    return found


def _schools(words: Sequence[str]) -> list[str]:
    """ "John Muir Elementary": "John Muir School", "Muir Elementary School", "escuela Muir"."""
    words = words[:-1] if words[-1:] == ["School"] else words
    kind = words[-1] if words else ""
    if kind.lower() not in ("elementary", "middle", "high") or len(words) < 2:
        return []
    name = " ".join(words[:-1])
    found = [f"{name} {kind}", f"{name} {kind} School", f"{name} School", f"escuela {name}"]
    found += [f"escuela primaria {name}", f"primaria {name}"] if kind == "Elementary" else []
    if len(words) > 2:
        last = words[-2]
        found += [f"{last} {kind}", f"{last} {kind} School", f"{last} School", f"escuela {last}"]
    return found


def _points(points: Sequence[XY]) -> tuple[XY, ...]:
    """One point for a place whose points lie together, else one per part."""
    if max(distance(a, b) for a in points for b in points) <= ONE_PLACE:
        return (points[0],)
    return tuple(group[-1] for group in clusters(points, 150.0))
