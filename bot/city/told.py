"""The streets and house numbers that some words tell, however they are wrapped: "ahi mismo por la 18", "not sure, kinda
close to ocean park", "the number on the door is 2318".

Read where a street is known already and what is told must belong to it, so that less shows a name or a number than in
a first message. Whether the street has that number or meets that other one is for who asks to look up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.city.meant import HOME_WORDS
from bot.city.mentions import Mention
from bot.city.readings import NOT_HOUSE_NUMBERS
from bot.city.vocabulary import (
    CLAUSE_WORDS,
    CORNER_JOINTS,
    COUNTED,
    NO_THINGS,
    NUMBER_WORDS,
    PLACE_PREPOSITIONS,
    VERY_PLAIN_WORDS,
)
from bot.city.words import Token, tokens
from bot.text.tables import word_set

LEAST_HOUSE = 100  # a smaller number is told as one: "number 12"
_MOST_HOUSE = 99_999
_ARTICLES = word_set("la el the calle avenida st")
_NOT = word_set("not no isn't isnt aint never ni")
_COPULAS = word_set("is it's its es era esta on at in en by near it la")
# What says that a street is near the place or crosses there, and not that the place is on it.
_NEARNESS = word_set(
    "by near nearby close closer closest nearer nearest around past before after between cross crosses crossing corner off "
    "por x cerca cerquita cerquitita junto pegado pegadito casi llegando pasando antes despues entre cruza cruzan cruce cruzando "
    "esquina altura con"
)
_NEARER = word_set("closer closest nearer nearest cerca cerquita cerquitita pegado pegadito")
_BEFORE_NAMES = (PLACE_PREPOSITIONS | CORNER_JOINTS | _NEARNESS | _COPULAS) - word_set("of in from de")
_BEFORE_FIGURES = (CORNER_JOINTS | _NEARNESS) - word_set("at n e @ + of & between entre around")
_AFTER_NAMES = (
    CLAUSE_WORDS | PLACE_PREPOSITIONS | CORNER_JOINTS | word_set("maybe quiza creo think guess side mas")
)
_NUMBER_WORDS = NUMBER_WORDS - {"no"}
_NUMBERED = _NUMBER_WORDS | word_set("address door house mailbox curb direccion puerta casa domicilio buzon")
_AFTER_NUMBERS = CLAUSE_WORDS | PLACE_PREPOSITIONS | word_set("maybe quiza quizas creo think thx ok mas")
_YEAR_BEFORE = word_set("since in en desde de del year ano back")
_NOT_BEFORE_NUMBERS = NOT_HOUSE_NUMBERS | word_set(
    "since desde las call text llame llamen marque phone tel telefono cell unit apt plate placa over under than"
)


@dataclass(frozen=True, slots=True)
class StreetTold:
    """A street that words tell: the words of it that name it, and how it is said to lie."""

    words: str
    near: bool  # by, near, at its crossing, and not on it
    nearer: bool  # nearer to this one than to another


def streets_told(text: str, words: Sequence[Token], mentions: Sequence[Mention]) -> list[StreetTold]:
    """The streets that a text tells, in its order; those it rules out ("not 4th", "no es la 17") are left out,
    and where the resident lives if it tells another."""
    found: list[StreetTold] = []
    homes: list[StreetTold] = []
    for mention in mentions:
        before = _before(words, mention.start)
        if not _is_told(words, mention, before) or _is_ruled_out(before):
            continue
        name = text[words[mention.start].start : words[mention.end - 1].end]
        if mention.bare_number or (words[mention.start].ordinal is None and name.isdigit()):
            name = mention.streets[0].name.split()[0]  # "la 18": a figure alone would be a house
        one = StreetTold(name, bool(_NEARNESS & set(before[-3:])), bool(_NEARER & set(before[-4:])))
        (homes if HOME_WORDS & set(before) else found).append(one)
    return found or homes


def house_numbers(text: str, *, called_so: bool = False) -> list[int]:
    """The house numbers that a text tells of a street named elsewhere, in its order; `called_so`: those only that it calls numbers."""
    words = tokens(text)
    spoken = [word.word for word in words if not word.is_mark]
    found: list[int] = []
    for at, token in enumerate(words):
        number = token.number
        if number is None or token.ordinal is not None or number > _MOST_HOUSE:
            continue
        before = [word.word for word in words[max(0, at - 6) : at] if not word.is_mark]
        numbered = bool(_NUMBERED & set(before))
        called = bool(before) and before[-1] in _NUMBER_WORDS
        if not called and (called_so or number < LEAST_HOUSE):
            continue
        after = words[at + 1] if at + 1 < len(words) else None
        denies = after is not None and after.word in ("not", "no")  # "it is 1129 not 1127"
        if (
            after is not None
            and not after.is_mark
            and not (numbered or denies or after.word in _AFTER_NUMBERS)
        ):
            continue
        if after is not None and (after.word in COUNTED - {"de"} or after.number is not None):
            continue
        last = before[-1] if before else ""
        if last in _NOT_BEFORE_NUMBERS or (1900 <= number < 2100 and last in _YEAR_BEFORE and not numbered):
            continue
        if at and words[at - 1].number is not None and len(spoken) > 1:
            continue
        if last in ("not", "no"):  # "it is 1129 not 1127": the one it is not
            continue
        found.append(number)
    return list(dict.fromkeys(found))


def _before(words: Sequence[Token], start: int) -> list[str]:
    """The words before a name up to a mark, its article left out."""
    end = start
    while end and words[end - 1].word in _ARTICLES:
        end -= 1
    before: list[str] = []
    while end and len(before) < 5 and not words[end - 1].is_mark:
        end -= 1
        before.insert(0, words[end].word)
    return before


def _is_ruled_out(before: Sequence[str]) -> bool:
    rest = list(before)
    while rest and rest[-1] in _COPULAS | _NEARNESS and len(before) - len(rest) < 2:
        rest.pop()
    return bool(rest) and rest[-1] in _NOT


def _is_told(words: Sequence[Token], mention: Mention, before: Sequence[str]) -> bool:
    first = words[mention.start]
    articled = mention.start > 0 and words[mention.start - 1].word in ("la", "calle")
    lead = before[-1] if before else ""
    after = words[mention.end] if mention.end < len(words) else None
    closes = after is None or after.is_mark or after.word in _AFTER_NAMES
    if mention.streets[0].outside:
        return False
    if mention.typed:
        return True
    if first.word in VERY_PLAIN_WORDS and mention.start and words[mention.start - 1].word == "the":
        return False  # "by the park"
    if mention.strength >= 2 and not mention.bare_number:
        return True
    if first.ordinal is not None:
        return not first.word.isalpha() or (closes and (lead in _BEFORE_NAMES or articled))
    if mention.bare_number:
        return closes and (articled or lead in _BEFORE_FIGURES)
    if not closes or (mention.start and words[mention.start - 1].word == "the"):
        return False
    if first.word in VERY_PLAIN_WORDS - {"main"}:
        return False
    return lead in _BEFORE_NAMES or articled or first.word in NO_THINGS
