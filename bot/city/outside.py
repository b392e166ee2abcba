"""Signs that a place lies outside the city: names of neighbors, their postal codes, addresses on no street of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.city.facts import City, Neighbor
from bot.city.vocabulary import SURE_TYPES, TYPES
from bot.city.words import Token, left_to_right, tokens
from bot.text.tables import word_set

_BEFORE = word_set(
    "downtown south north east west central in at near @ , en around by inside within over off on from of de cerca"
)
_NEVER_NAMES = word_set(  # words before "street" that make no name of one: "the whole street", "one way street"
    "the a an my our this that your his her whole entire same side main next other one two way city busy dead end each every "
    "any down up across off on in of to and middle quiet residential public dark narrow dirty wet private parking no bus big "
    "la el mi esta esa toda otra una misma nuestra de en small open wide local old new front long short little"
)


_STATES = word_set(
    "al ak az ar co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd "
    "tn tx ut vt va wa wv wi wy"
)
_ALSO_WORDS = word_set("me in or la de co hi ok pa oh al id ma")
_ADDRESS_ENDS = word_set("usa us ny tx il fl nj az nv wa mx france england uk")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Tokens `start` to `end` name a place outside; `neighbor` is None where it is nobody's next door."""

    start: int
    end: int
    name: str | None
    neighbor: Neighbor | None
    sure: bool  # said as a place ("in Venice"), not only the words
    postal: bool = False  # written as on an envelope, so that it holds for the whole address before it


class OutsideNames:
    """The names by which places outside are known."""

    def __init__(
        self, city: City, is_ours: Callable[[Sequence[str]], bool], state: frozenset[str] = frozenset()
    ) -> None:
        """`is_ours` says whether some words are the city's own name or a part of it; `state` is how its state is written."""
        self._state = state
        self._is_ours = is_ours
        self._names: dict[tuple[str, ...], tuple[str, Neighbor | None]] = {}
        self._zips = {zip_code: neighbor for neighbor in city.neighbors for zip_code in neighbor.zips}
        for name in city.far_places:
            self._names[_key(name)] = name.title(), None
        for neighbor in city.neighbors:
            for name in (*neighbor.words, neighbor.name["en"]):
                self._names[_key(name)] = neighbor.name["en"], neighbor
        named = [(neighbor, neighbor.name["en"].lower().split()) for neighbor in city.neighbors]
        self._initials = {
            "".join(word[0] for word in name): neighbor for neighbor, name in named if len(name) == 2
        }
        self._longest = max(map(len, self._names), default=1)

    def find(self, words: Sequence[Token]) -> list[Elsewhere]:
        """Every name of a place outside, from left to right."""
        return left_to_right(words, self._at)

    def _at(self, words: Sequence[Token], start: int) -> Elsewhere | None:
        token = words[start]
        if token.word in self._zips:
            here = self._zips[token.word]
            return Elsewhere(start, start + 1, here.name["en"], here, True)
        for size in range(min(self._longest, len(words) - start), 0, -1):
            part = words[start : start + size]
            if part[0].is_mark or part[-1].is_mark:
                continue
            known = self._names.get(tuple(word.key for word in part if not word.is_mark))
            if known:
                name, neighbor = known
                return Elsewhere(
                    start, start + size, name, neighbor, _is_place(words, start, start + size, self._state)
                )
        if _is_quadrant(words, start):
            return Elsewhere(start, start + 1, None, None, True, postal=True)
        postal = _town_and_state(words, start, self._is_ours, self._state)
        if postal:
            return postal
        initials = self._initials.get(token.word)
        if (
            initials
            and start
            and words[start - 1].word in (",", "in")
            and token.end - token.start == len(token.word)
        ):
            following = words[start + 1].word if start + 1 < len(words) else ""
            if not following or following in (",", ".") or following in self._state:
                return Elsewhere(start, start + 1, initials.name["en"], initials, True)
        return None


def _is_quadrant(words: Sequence[Token], at: int) -> bool:
    """The NW of "1220 14th St NW": no address of a city without quadrants ends like that, "the NW corner" does."""
    if (
        words[at].word not in ("nw", "ne", "sw", "se")
        or at < 3
        or TYPES.get(words[at - 1].word) not in SURE_TYPES
    ):
        return False
    numbered = words[at - 3].number is not None and words[at - 3].ordinal is None
    following = words[at + 1].word if at + 1 < len(words) else ","
    return numbered and following == ","


def _town_and_state(
    words: Sequence[Token], at: int, is_ours: Callable[[Sequence[str]], bool], home: frozenset[str]
) -> Elsewhere | None:
    """ "…, Springfield IL", "…, Menlo Park, CA 94025": a town, its state and perhaps a postal code, as on an envelope.

    The town is what stands before the state back to a comma; the state alone, before a postal code, is enough.
    """
    state = words[at]
    if state.word not in _STATES | home or not state.capital or not at:
        return None
    following = words[at + 1] if at + 1 < len(words) else None
    posted = following is not None and len(following.word) == 5 and following.word.isdigit()
    end = at + (2 if posted else 1)
    last = at - 1 if words[at - 1].word == "," else at
    start = last
    while start > 0 and last - start < 3 and words[start - 1].capital and words[start - 1].word.isalpha():
        start -= 1
    town = words[start:last]
    first = start == 0 and state.word not in _ALSO_WORDS
    named = bool(town) and (first or words[start - 1].word == ",") and town[-1].word not in TYPES
    if (posted and following and is_ours([following.word])) or (town and town[-1].word == "county"):
        return None  # our own postal code; the county that our city lies in too
    if town and state.word in home and is_ours([word.word for word in town]):
        return None
    if state.word in home and not (named and (posted or last < at)):
        return None  # "Main St, CA" says nothing; nor does a street that only ends like a town
    if not posted and (not named or (state.word in _ALSO_WORDS and all(word.loud for word in town))):
        return None  # "PLEASE, HELP ME" is not in Maine
    name = " ".join(word.word for word in town).title() if named else None
    return Elsewhere(start if named else at, end, name, None, True, postal=True)


def _is_place(words: Sequence[Token], start: int, end: int, home: frozenset[str]) -> bool:
    if sum(not word.is_mark for word in words) <= end - start + 3:
        return True
    before = words[start - 1].word if start else ""
    if len(before) == 5 and before.isdigit():
        return True  # "75002 Paris"
    if before in ("the", "el", "la") and start > 1:
        before = words[start - 2].word
    after = words[end].word if end < len(words) else ""
    after_comma = words[end + 1].word if after == "," and end + 1 < len(words) else ""
    return before in _BEFORE or after in home or after_comma in _STATES | home or after in _ADDRESS_ENDS


def _key(name: str) -> tuple[str, ...]:
    return tuple(token.key for token in tokens(name) if not token.is_mark)


def unknown_address(words: Sequence[Token], taken: set[int]) -> tuple[int, int] | None:
    """Tokens of a well-formed address on a street that is not ours ("497 Talbot Avenue"), or of such a street
    named with its type and a capital ("Newbury Street"): a complete list of streets makes these outside."""
    for position, token in enumerate(words):
        if TYPES.get(token.word) not in SURE_TYPES or token.is_mark or position in taken:
            continue
        start = position
        while start > 0 and position - start < 3 and _may_name(words[start - 1]) and start - 1 not in taken:
            start -= 1
        if start == position:
            continue
        number = start - 1
        if number >= 0 and words[number].word in ("n", "s", "e", "w", "north", "south", "east", "west"):
            number -= 1
        if (
            number >= 0
            and words[number].number is not None
            and words[number].ordinal is None
            and number not in taken
        ):
            return number, position + 1
        name = words[start:position]
        shouted = all(word.capital for word in words) and len(words) > 4
        if all(word.capital for word in name) and token.capital and not shouted:
            return start, position + 1
    return None


def _may_name(token: Token) -> bool:
    return (
        token.word.isalpha()
        and len(token.word) > 1
        and token.word not in _NEVER_NAMES
        and token.number is None
    )
