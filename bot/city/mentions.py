"""Streets mentioned in a message: where, which ones they may be, and how surely a street is meant."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.city.clippings import LEAST
from bot.city.lexicon import LONGEST, Lexicon, Match
from bot.city.pack import StreetKind
from bot.city.places import KIND_WORDS
from bot.city.streets import Street
from bot.city.vocabulary import (
    AFTER_PLACES,
    ALLEY_WORDS,
    BEFORE_PLACES,
    BETWEEN_WORDS,
    BLOCK_WORDS,
    CARDINALS,
    CARDINALS_ES,
    CLAUSE_WORDS,
    CORNER_JOINTS,
    CORNER_WORDS,
    COUNTED,
    DIRECTIONS,
    NOT_STREET_AFTER_ORDINAL,
    PLACE_PREPOSITIONS,
    PLAIN_WORDS,
    SAID_JOINTS,
    SPANISH_TYPES,
    SURE_TYPES,
    TYPES,
    VERY_PLAIN_WORDS,
)
from bot.city.words import Token, left_to_right
from bot.text.tables import word_set

_ARTICLES = word_set("the la el las los")
_NOT_A_TYPE_BEFORE = word_set(  # "street light", "way too loud", "court date"
    "light lights lamp lamps lightpole sign signs sweeper sweepers sweeping cleaning cleaner parking tree trees vendor vendors "
    "too more over past date house yard closed racing number"
)
_BEFORE_ORDINALS = word_set("en por cerca entre on at near off sobre & @ between along after past before")
_FULL_DIRECTIONS = frozenset(word for word in DIRECTIONS if len(word) > 3)
_LEAST_HOUSE = 100
SHORT_MESSAGE = 4  # words: an answer to "where is it?", in which any street name is meant as one
_IN_ANSWERS = frozenset(
    (
        *PLACE_PREPOSITIONS,
        *CORNER_WORDS,
        *_ARTICLES,
        *TYPES,
        *DIRECTIONS,
        *ALLEY_WORDS,
        *BLOCK_WORDS,
        "its",
        "it's",
        "is",
    )
)

# Words of place language are never short for a street.
_NEVER_CLIPPED = frozenset(
    (
        *PLACE_PREPOSITIONS,
        *CORNER_WORDS,
        *DIRECTIONS,
        *TYPES,
        *ALLEY_WORDS,
        *BLOCK_WORDS,
        *BETWEEN_WORDS,
        *_ARTICLES,
    )
)


def is_answer(words: Sequence[Token], start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a short message says a place and nothing else, tokens `start` to `end` being a street's."""
    least_too_long = SHORT_MESSAGE + 2 - (end - start)
    spoken = (word for i, word in enumerate(words) if not start <= i < end and not word.is_mark)
    rest = list(itertools.islice(spoken, max(least_too_long, 0)))  # a long message is not read to its end
    if len(rest) >= least_too_long:
        return False
    return all(
        word.word in _IN_ANSWERS
        or word.word in CARDINALS_ES
        or word.number is not None
        or word.ordinal
        or lexicon.base([word.key])
        for word in rest
    )


def _is_spanish_place(words: Sequence[Token], start: int) -> bool:
    """ "en la lincoln", "sobre la 5ta": an English name with a Spanish article is a street's, whatever follows."""
    return start > 1 and words[start - 1].word == "la" and words[start - 2].word in ("en", "sobre", "por")


_SAID_AT = frozenset({"en", "de", "por", "sobre", "entre"})
_NO_PLURAL = frozenset({"los", "las", "es", "mas", "tras", "hubo"})


def ends_a_corner(words: Sequence[Token], number: int) -> bool:
    """Whether a bare number behind "en Pico y" is its cross street, whatever is told of it: "en pico y 17 zumba". Spanish counts things
    in the plural right behind the number ("y 3 llantas")."""
    if number < 3 or words[number - 1].word != "y" or words[number - 3].word not in _SAID_AT:
        return False
    after = words[number + 1].word if number + 1 < len(words) else ""
    return after.isalpha() and (after in _NO_PLURAL or not after.endswith("s")) and after not in COUNTED


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens `start` to `end` name one of `streets` (best first).

    `strength`: 3 with its type ("Main St"), 2 a name that is nothing else ("Wilshire", or "Main" after "on"),
    1 a plain word or ordinal where a street may stand, 0 a plain word or number anywhere.
    """

    start: int
    end: int
    streets: tuple[Street, ...]
    strength: int
    typed: bool = False
    edits: int = 0
    wrong_type: bool = False
    bare_number: bool = False
    clipped: bool = False  # a short form, which only a number or a corner of that street makes sure
    others: tuple[
        Street, ...
    ] = ()  # what the words are short for, should `streets` not fit: "clover and pico"


@dataclass(frozen=True, slots=True)
class _Clip:
    """Tokens that a street's name may be clipped to; `ordinary` if they are a word of everyday reports."""

    start: int
    end: int
    streets: tuple[Street, ...]
    ordinary: bool


@dataclass(frozen=True, slots=True)
class _Beside:
    """Streets mentioned and names clipped, by the tokens where they start and end."""

    starting: Mapping[int, Mention | _Clip]
    ending: Mapping[int, Mention | _Clip]


def _may_join(words: Sequence[Token], first: Mention | _Clip | None, second: Mention | _Clip | None) -> bool:
    """Whether what stands on both sides of a joint shows that a clipped name is one: "wash and 20" may be laundry, and
    "stan and berk" two friends unless that is all that is said."""
    if first is None or second is None:
        return False
    clips = [one for one in (first, second) if isinstance(one, _Clip)]
    ordinary = any(clip.ordinary for clip in clips)
    if len(clips) == 2:
        opens = (
            first.start == 0 or words[first.start - 1].is_mark or words[first.start - 1].word in BEFORE_PLACES
        )
        after = words[second.end] if second.end < len(words) else None
        closes = after is None or after.is_mark or after.word in AFTER_PLACES
        return opens and closes and not all(clip.ordinary for clip in clips)
    return not (ordinary and any(isinstance(one, Mention) and one.bare_number for one in (first, second)))


class MentionFinder:
    """Finds the mentions of one lexicon's streets in a list of tokens."""

    def __init__(
        self, lexicon: Lexicon, ordinary: frozenset[str], plain: frozenset[str] = frozenset()
    ) -> None:
        """`plain` are names of this city's streets that, alone, are no street: people's names and things."""
        self._lexicon = lexicon
        self._plain = PLAIN_WORDS | plain
        self._ordinary = ordinary  # words that are never misspelt streets

    def find(self, words: Sequence[Token]) -> list[Mention]:
        """All mentions from left to right, none overlapping; misspelt ones only where a street is expected."""
        found = left_to_right(words, self._at)
        return self._with_misspelt(words, found)

    def _at(self, words: Sequence[Token], start: int) -> Mention | None:
        token = words[start]
        if token.is_mark:
            return None
        if token.word in SPANISH_TYPES:
            spanish = self._spanish(words, start)
            if spanish:
                return spanish
        for size in range(min(LONGEST, len(words) - start), 0, -1):
            part = words[start : start + size]
            if any(word.is_mark for word in part):
                continue
            keys = [word.key for word in part]
            match = self._lexicon.whole(keys) or (
                self._lexicon.whole([*keys[:-1], DIRECTIONS[keys[-1]]])
                if size > 2 and keys[-1] in DIRECTIONS
                else None
            )
            if match and self._type_is_meant(words, start + size - 1):
                if part[0].number is not None and part[0].ordinal is None and size == 2 and keys[0][0] == "#":
                    return self._number_with_type(words, start, match)
                return Mention(start, start + size, match.streets, 3, typed=True)
            base = self._lexicon.base(keys)
            if size == 1 and token.word in CARDINALS_ES and start and not base:
                return self._cardinal(words, start)
            if base:
                mention = self._base(words, start, start + size, base)
                if mention:
                    return mention
        return None

    def _number_with_type(self, words: Sequence[Token], start: int, match: Match) -> Mention | None:
        """ "4 st" is 4th St; "4 street lights" and "26 place settings" are not."""
        return Mention(start, start + 2, match.streets, 2, typed=True)

    def _type_is_meant(self, words: Sequence[Token], position: int) -> bool:
        token, after = words[position], words[position + 1 : position + 2]
        if token.word not in TYPES or not after:
            return True
        return not (
            after[0].word in _NOT_A_TYPE_BEFORE
            and (token.word in ("street", "way", "court", "place", "drive"))
        )

    def _base(self, words: Sequence[Token], start: int, end: int, match: Match) -> Mention | None:
        first = words[start]
        following = words[end] if end < len(words) else None
        kind = TYPES.get(following.word) if following and not following.is_mark else None
        if (
            kind
            and following
            and self._type_is_meant(words, end)
            and (kind in SURE_TYPES or following.capital)
        ):
            narrowed = self._lexicon.of_type(match, kind)
            if first.number is not None and first.ordinal is None and narrowed is match:
                return None  # "3 ave"
            strength = 1 if narrowed is match and words[start].word in self._plain and end == start + 1 else 3
            return Mention(
                start, end + 1, narrowed.streets, strength, typed=True, wrong_type=narrowed is match
            )
        if first.ordinal is None and first.number is not None:
            return self._bare_number(words, start, match)
        if first.ordinal is not None:
            return self._ordinal(words, start, match)
        name = "".join(word.word for word in words[start:end])
        if end - start > 1 or name not in self._plain:
            # "I-10" is the freeway's whole name, as "Main St" is a street's.
            freeway = match.streets[0].kind is StreetKind.FREEWAY
            return Mention(start, end, match.streets, 2, typed=freeway, others=self._others(name))
        strength = self._plain_strength(words, start, end, name)
        return Mention(start, end, match.streets, strength, others=self._others(name))

    def _others(self, name: str) -> tuple[Street, ...]:
        return self._lexicon.clippings.of([name])

    def _plain_strength(self, words: Sequence[Token], start: int, end: int, name: str) -> int:
        if is_answer(words, start, end, self._lexicon):
            return 2
        before = words[start - 1].word if start else ""
        after = words[end].word if end < len(words) else ""
        if after in ("street", "st") or before in ("calle", "avenida"):
            return 2
        if before in PLACE_PREPOSITIONS - {"by", "in", "from", "of", "de", "&", "por", "out"}:
            # "on main" names a street, "on ocean waves" does not: nothing but a pause or a connector may follow.
            ends = (
                not after
                or not after[0].isalnum()
                or after in PLACE_PREPOSITIONS
                or after in CORNER_JOINTS
                or after in CLAUSE_WORDS
                or (_is_spanish_place(words, start) and after not in KIND_WORDS and after not in TYPES)
            )
            return 2 if (ends or words[start].capital) and name not in VERY_PLAIN_WORDS - {"main"} else 1
        if before in ("of", "de", "del") and start > 1 and words[start - 2].word in _FULL_DIRECTIONS:
            return 2  # "50 feet north of Main"
        mid_capital = words[start].capital and start > 0 and not words[start - 1].capital
        return 1 if mid_capital and name not in VERY_PLAIN_WORDS else 0

    def _ordinal(self, words: Sequence[Token], start: int, match: Match) -> Mention | None:
        before = words[start - 1].word if start else ""
        after = words[start + 1].word if start + 1 < len(words) else ""
        if after in NOT_STREET_AFTER_ORDINAL and before not in CORNER_JOINTS:
            return None
        spelt = words[start].word in ("first", "second", "third", "primera", "segunda", "tercera", "quinta")
        strength = 0
        if is_answer(words, start, start + 1, self._lexicon):
            strength = 2
        elif before in _BEFORE_ORDINALS and not spelt:
            followed = (
                after[:1].isalpha()
                and after not in PLACE_PREPOSITIONS
                and after not in CORNER_JOINTS
                and after not in CLAUSE_WORDS
            )
            strength = 1 if before == "&" or (before == "on" and followed) else 2
        elif (
            before == "la"
            and start > 1
            and words[start - 2].word in ("en", "sobre", "por", "de", "entre", "con")
        ):
            goes_on = not after[:1].isalpha() or after in CLAUSE_WORDS
            strength = 2 if goes_on and not spelt and _is_spanish_place(words, start) else 1
        return Mention(start, start + 1, match.streets, strength)

    def _bare_number(
        self, words: Sequence[Token], start: int, match: Match, number: int | None = None
    ) -> Mention | None:
        number = number or words[start].number or 0
        before = words[start - 1].word if start else ""
        after = words[start + 1].word if start + 1 < len(words) else ""
        if number > 50 or after in COUNTED or after in NOT_STREET_AFTER_ORDINAL - {"de", "from"}:
            return None
        article = before == "la" and not (
            after == "de" and words[start + 2 : start + 3] and words[start + 2].word == "la"
        )
        if before == "calle":
            return Mention(start, start + 1, match.streets, 2)
        if article:
            placed = start > 1 and words[start - 2].word in ("en", "sobre", "por", "entre")
            return Mention(start, start + 1, match.streets, 2 if placed else 1, bare_number=not placed)
        joined = before in SAID_JOINTS and start > 1 and self._lexicon.base([words[start - 2].key])
        if joined and ends_a_corner(words, start):
            return Mention(start, start + 1, match.streets, 0, bare_number=True)
        if (
            after
            and after[0].isalnum()
            and after not in PLACE_PREPOSITIONS
            and after not in CORNER_JOINTS
            and not (joined and after in AFTER_PLACES)
        ):
            return None
        return Mention(start, start + 1, match.streets, 0, bare_number=True)

    def _cardinal(self, words: Sequence[Token], start: int) -> Mention | None:
        """ "la veinte" and the "once" of "Arizona y once", said like any bare number there."""
        match = self._lexicon.base([f"#{CARDINALS_ES[words[start].word]}"])
        before = words[start - 1]
        house = len(words) == 2 and (before.number or 0) >= _LEAST_HOUSE  # "2642 veinticuatro"
        if match is None or not (house or before.word in ("la", "y", "con", "esq", "esquina")):
            return None
        return self._bare_number(words, start, match, CARDINALS_ES[words[start].word])

    def _spanish(self, words: Sequence[Token], start: int) -> Mention | None:
        """ "calle Pico", "avenida de la 4", "la calle once"."""
        first = start + 1
        while first < len(words) and words[first].word in ("de", "la", "el", "del"):
            if self._lexicon.base([word.key for word in words[first : first + 2]]):
                break  # La Mesa
            first += 1
        for size in range(min(LONGEST, len(words) - first), 0, -1):
            part = words[first : first + size]
            keys = [word.key for word in part]
            if size == 1 and part[0].word in CARDINALS:
                keys = [f"#{CARDINALS[part[0].word]}"]
            if words[start].word in ("ave", "av", "boulevard") and part[0].word in self._plain:
                continue  # the end of an English name: "Virginia Ave Park"
            match = self._lexicon.whole(keys) or self._lexicon.base(keys)
            if match:
                narrowed = (
                    match if match.whole else self._lexicon.of_type(match, SPANISH_TYPES[words[start].word])
                )
                return Mention(
                    start, first + size, narrowed.streets, 3, typed=True, wrong_type=narrowed is match
                )
        return None

    def _with_misspelt(self, words: Sequence[Token], found: list[Mention]) -> list[Mention]:
        found = self._completed(words, found)
        extra = self._clipped(words, found)
        found = [m for m in found if not any(e.start < m.end and m.start < e.end for e in extra)]
        taken = {p for mention in (*found, *extra) for p in range(mention.start, mention.end)}
        misspelt = False
        for position, token in enumerate(words):
            if position in taken or token.is_mark or token.number is not None:
                continue
            mention = self._misspelt(words, position, taken)
            if mention:
                extra.append(mention)
                taken |= set(range(mention.start, mention.end))
                misspelt = True
        if misspelt:  # "mich & cloverfld": the one is known by the other
            taken |= {p for mention in extra for p in range(mention.start, mention.end)}
            late = self._clipped(words, [*found, *extra])
            extra += [m for m in late if taken.isdisjoint(range(m.start, m.end))]
        return sorted([*found, *extra], key=lambda mention: mention.start)

    def _completed(self, words: Sequence[Token], found: list[Mention]) -> list[Mention]:
        """ "ocian park blvd" holds "park blvd", "ocean prak" holds "ocean": the longer name is meant."""
        done: list[Mention] = []
        for mention in found:
            better = None
            if mention.strength < 3 or mention.wrong_type:
                last = mention.end - (1 if mention.typed and mention.end - mention.start > 1 else 0)
                for start, end in ((mention.start - 1, last), (mention.start, mention.end + 1)):
                    better = better or self._longer(words, start, end, mention)
            if better and all(better.start >= other.end for other in done):
                done.append(better)
            else:
                done.append(mention)
        return done

    def _longer(self, words: Sequence[Token], start: int, end: int, mention: Mention) -> Mention | None:
        if start < 0 or end > len(words):
            return None
        part = words[start:end]
        added = part[0] if start < mention.start else part[-1]
        if (
            added.is_mark
            or added.number is not None
            or added.ordinal
            or added.word in TYPES
            or added.word in PLACE_PREPOSITIONS
            or added.word in CORNER_WORDS
            or added.word in self._ordinary
        ):
            return None
        match = self._lexicon.misspelt([word.key for word in part])
        if match is None or all(street in mention.streets for street in match.streets):
            return None
        following = words[end] if end < len(words) else None
        kind = TYPES.get(following.word) if following else None
        if kind:
            match = self._lexicon.of_type(match, kind)
            return Mention(start, end + 1, match.streets, 3, typed=True, edits=match.edits)
        return Mention(start, end, match.streets, 2, edits=match.edits)

    # Clipped names

    def _clipped(self, words: Sequence[Token], found: Sequence[Mention]) -> list[Mention]:
        """Clipped names where a street must stand: with a type, after a house number, or joined to another street."""
        taken = {position: mention for mention in found for position in range(mention.start, mention.end)}
        clips: dict[int, _Clip] = {}
        position = 0
        while position < len(words):
            clip = self._clip_at(words, position, taken)
            if clip:
                clips[position] = clip
            position = clip.end if clip else position + 1
        if not clips:
            return []
        every: list[Mention | _Clip] = [*clips.values(), *found]
        beside = _Beside({one.start: one for one in every}, {one.end: one for one in every})
        made = (self._clipped_mention(words, clip, beside) for clip in clips.values())
        return [mention for mention in made if mention]

    def _clip_at(self, words: Sequence[Token], start: int, taken: Mapping[int, Mention]) -> _Clip | None:
        if not self._lexicon.clippings.may_begin(words[start].word):
            return None
        for size in (3, 2, 1):
            part = words[start : start + size]
            over = [taken[p] for p in range(start, start + size) if p in taken]
            # "o park" holds Park Dr and "s vicente" Vicente Ter: what is longer is meant.
            covers = all(m.start >= start and m.end <= start + size and not m.typed for m in over)
            if len(part) < size or not covers or any(m.end - m.start == size for m in over):
                continue
            if not all(word.word.isalpha() and word.ordinal is None for word in part):
                continue
            if all(word.word in _NEVER_CLIPPED for word in part):  # "de la" is no Delaware
                continue
            streets = self._lexicon.clippings.of([word.word for word in part])
            if streets:
                ordinary = size == 1 and part[0].word in self._ordinary
                return _Clip(start, start + size, streets, ordinary)
        return None

    def _clipped_mention(self, words: Sequence[Token], clip: _Clip, beside: _Beside) -> Mention | None:
        start, end, streets = clip.start, clip.end, clip.streets
        following = words[end] if end < len(words) else None
        kind = TYPES.get(following.word) if following and not following.is_mark else None
        if kind in SURE_TYPES and self._type_is_meant(words, end):
            typed = self._lexicon.of_type(Match(streets, False), kind)
            if not typed.whole:
                return None
            # "Prince St" is another city's street rather than Princeton St: its number or corner must be here.
            joined = self._is_joined(words, replace(clip, end=end + 1), beside)
            return Mention(
                start, end + 1, typed.streets, 3 if joined else 1, typed=joined, edits=1, clipped=True
            )
        letters = sum(len(word.word) for word in words[start:end])
        if self._is_joined(words, clip, beside):
            return Mention(start, end, streets, 2, edits=1, clipped=True)
        closed = following is None or following.is_mark or following.word in PLACE_PREPOSITIONS
        before = words[start - 1] if start else None
        house = before is not None and before.ordinal is None and (before.number or 0) >= _LEAST_HOUSE
        if house and (closed or (letters >= 4 and not clip.ordinary)):
            sure = closed and (start == 1 or not clip.ordinary)
            return Mention(start, end, streets, 2 if sure else 1, edits=1, clipped=True)
        on = before is not None and before.word in ("on", "at", "en", "sobre")
        if on and closed and letters > LEAST and not clip.ordinary and len(streets) == 1:
            return Mention(start, end, streets, 2, edits=1)
        return None

    def _is_joined(self, words: Sequence[Token], clip: _Clip, beside: _Beside) -> bool:
        """Whether a joint alone stands between the clipped name and another street."""
        joints = SAID_JOINTS - {"at"} if clip.ordinary else CORNER_JOINTS
        at = clip.end + 1
        if clip.end < len(words) and words[clip.end].word in joints:
            at += at < len(words) and words[at].word in _ARTICLES
            if _may_join(words, clip, beside.starting.get(at)):
                return True
        at = clip.start - 1
        at -= at > 0 and words[at].word in _ARTICLES
        return at >= 1 and words[at].word in joints and _may_join(words, beside.ending.get(at), clip)

    def _misspelt(self, words: Sequence[Token], start: int, taken: set[int]) -> Mention | None:
        for size in (3, 2, 1):
            end = start + size
            part = words[start:end]
            if len(part) < size or any(p in taken for p in range(start, end)):
                continue
            if any(word.is_mark or word.number is not None or word.ordinal for word in part):
                continue
            if part[-1].word in TYPES or (size > 1 and part[-1].word in self._ordinary):
                continue
            if all(word.word in self._ordinary for word in part) or not self._expected(
                words, start, end, taken
            ):
                continue
            match = self._lexicon.misspelt([word.key for word in part])
            if match is None:
                continue
            following = words[end] if end < len(words) else None
            kind = TYPES.get(following.word) if following else None
            narrowed = self._lexicon.of_type(match, kind) if kind else match
            if kind and narrowed is match and (match.edits > 1 or len(part[0].word) < 7):
                continue  # two things wrong at once: another street
            if kind and end not in taken and (kind in SURE_TYPES or narrowed is not match):
                match = narrowed
                return Mention(start, end + 1, match.streets, 2, typed=match.whole, edits=match.edits)
            return Mention(start, end, match.streets, 1, edits=match.edits)
        return None

    def _expected(self, words: Sequence[Token], start: int, end: int, taken: set[int]) -> bool:
        """Whether a street may stand here: beside a type, a house number, a preposition or another street."""
        if (
            end < len(words)
            and words[end].word in TYPES
            and words[end].word not in ("place", "walk", "drive")
        ):
            return True
        before = start - 1
        while before >= 0 and words[before].word in _ARTICLES:
            before -= 1
        if before < 0:
            return sum(not w.is_mark for w in words) <= SHORT_MESSAGE or (
                end < len(words) and words[end].word in CORNER_JOINTS and end + 1 in taken
            )
        token = words[before]
        if token.number is not None or token.word in PLACE_PREPOSITIONS | CORNER_JOINTS | BLOCK_WORDS:
            return True
        if token.word in DIRECTIONS or before in taken:
            return True
        return end < len(words) and words[end].word in CORNER_JOINTS and end + 1 in taken
