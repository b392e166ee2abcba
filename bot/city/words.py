"""A message cut into tokens, each knowing where it stood, so that the words used can be shown exactly."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.city.vocabulary import ABBREVIATIONS, ORDINAL_WORDS, TYPES
from bot.text.fold import fold_in_place
from bot.text.numbers import NUMBER_NAMES
from bot.text.spoken import spoken_number
from bot.text.tables import word_set

MAX_LENGTH = 4000  # characters read of a message; a place is never that deep in it

_TOKEN = re.compile(
    r"\bb/[wt]\b|\b\d{1,3}xx\b|\d+(?:st|nd|rd|th)(?=st\b|street\b|ave?\b|ct\b|and)|\d+[a-zºª]{0,3}\b|\d+|[^\W\d_]+(?:'[^\W\d_]+)*|\.{2,}|[&@/+,.;:!?#()\n-]",
    re.I,
)
_ORDINAL = re.compile(r"(\d{1,3})(st|nd|rd|th|ht|h|t|ta|to|er|ra|ro|da|do|va|vo|na|no|ma|mo|a|o|º|ª)?$")
_HUNDREDS = re.compile(r"(\d{1,3})xx")  # "maxx" and "xx" are words
_GLUED_TIME = re.compile(r"\d{1,2}(?:am|pm)")
# The numbers of three figures that reach somebody in North America, the crisis line among them (47 CFR 52.15, 52.200).
_SHORT_NUMBERS = frozenset({211, 311, 411, 511, 611, 711, 811, 911, 988})
_CALLING = re.compile(
    r"(?:re)?call(?:ed|ing|s)?$|dial\w*|phon(?:e|ed|ing)$|rang$|ring$|contact\w*|text(?:ed|ing)?$|told$|notif\w+|hold$|line$|"
    r"llam\w+|marc(?:o|a|ar|amos|aron|ado|ando|que|quen|aba)$|habl\w+|telefone\w+|comuni\w+|avis\w+|dij\w+|linea$"
)
_REPORTING = re.compile(r"report\w*|complain\w*|spoke$|speak\w*|talk\w*|went$|quej\w+")
_CALL_JOINTS = word_set("to the with by at both already up and or a al el la con por del y o ya en")
_CALLED_ONES_DO = word_set(
    "told said says operator dispatcher dispatch call calls dijo dijeron dice operador operadora"
)
_ENGLISH_ORDINAL = ("st", "nd", "rd", "th", "ht", "h", "t")


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or mark. `word` is lower case without accents; `start` and `end` index the message."""

    word: str
    start: int
    end: int
    number: int | None = None  # a plain number, or 1437 of "1437b"
    ordinal: int | None = None  # 4 of "4th", "fourth", "cuarta"
    capital: bool = False
    loud: bool = False  # all in capitals
    key: str = ""  # what the lexicon of streets knows it by: "#4", "blvd", "pico"

    @property
    def is_mark(self) -> bool:
        return not self.word[:1].isalnum()


class Span(Protocol):
    """Tokens from `start` up to `end`."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


_Span = TypeVar("_Span", bound=Span)


def left_to_right(words: Sequence[Token], at: Callable[[Sequence[Token], int], _Span | None]) -> list[_Span]:
    """What `at` finds from left to right, none overlapping: after a hit it is asked again where that one ends."""
    found: list[_Span] = []
    position = 0
    while position < len(words):
        hit = at(words, position)
        if hit is None:
            position += 1
        else:
            found.append(hit)
            position = hit.end
    return found


def tokens(text: str) -> list[Token]:
    """Cut a message into tokens; full stops of abbreviations and hyphens within words are left out."""
    text = text[:MAX_LENGTH]
    folded = fold_in_place(text)
    found: list[Token] = []
    for match in _TOKEN.finditer(folded):
        word = match.group()
        if len(word) > 1 and word[0] == ".":
            word = ","  # three dots are a pause and end nothing
        if word == "." and found and _ends_abbreviation(found[-1], match.start(), folded):
            continue
        if word == "-" and not _between_numbers(folded, match.start()):
            continue
        if block := _HUNDREDS.fullmatch(word):  # "14XX 11th St": how dispatchers write a hundred block
            hundred = int(block[1]) * 100
            found.append(Token(str(hundred), match.start(), match.end(), hundred, key=f"#{hundred}"))
            word = "block"
        found.append(_token(word, match.start(), match.end(), text))
    return _joined_numbers(_joined_ordinals(_without_calls(_without_times(found))))


def parted(token: Token, sizes: Sequence[int]) -> list[Token]:
    """A token cut into words of these lengths, each knowing where it stood; a token that lost a letter stays whole."""
    if sum(sizes) != token.end - token.start:
        return [token]
    parts, at = [], 0
    for size in sizes:
        word = token.word[at : at + size]
        start = token.start + at
        part = _token(word, start, start + size, " " * start + word)
        parts.append(replace(part, capital=token.capital and at == 0, loud=token.loud))
        at += size
    return parts


def _without_times(found: list[Token]) -> list[Token]:
    """Times of day lose their numbers: "7am on 9th" is on 9th St, and "7:30" is no house."""
    words = [token.word for token in found]
    timed: set[int] = set()
    for at, token in enumerate(found):
        if _GLUED_TIME.fullmatch(token.word):
            timed.add(at)
        if token.number is None or token.ordinal is not None or token.number > 24:
            continue
        after = words[at + 1 : at + 3]
        if after[:1] in (["am"], ["pm"]) or after in (["a", "m"], ["p", "m"]):
            timed.add(at)
        minutes = found[at + 2] if len(after) == 2 and after[0] == ":" else None
        if minutes and minutes.start == token.end + 1 and re.match(r"[0-5]\d(?:am|pm)?$", minutes.word):
            timed |= {at, at + 2}
    return [
        replace(token, number=None, ordinal=None, key=f"time {token.word}") if at in timed else token
        for at, token in enumerate(found)
    ]


def _without_calls(found: list[Token]) -> list[Token]:
    """Numbers that somebody called lose theirs: "I called 911, Pico smells of gas" is at no house."""
    return [
        replace(token, number=None, key=f"called {token.word}") if _is_called(found, at) else token
        for at, token in enumerate(found)
    ]


def _is_called(words: Sequence[Token], at: int) -> bool:
    """Whether the short number at `at` (911, 311, 988) is one that is called, and no house."""
    if words[at].number not in _SHORT_NUMBERS or words[at].ordinal is not None:
        return False
    if at + 1 < len(words) and words[at + 1].word in _CALLED_ONES_DO:
        return True
    before = at - 1
    while before >= 0 and (words[before].word in _CALL_JOINTS or words[before].number in _SHORT_NUMBERS):
        before -= 1
    if before < 0:
        return False
    reported = before < at - 1 and _REPORTING.match(words[before].word) is not None
    return reported or _CALLING.match(words[before].word) is not None


def _ends_abbreviation(last: Token, position: int, folded: str) -> bool:
    return last.end == position and (
        last.word in TYPES
        or last.word in ABBREVIATIONS
        or len(last.word) == 1
        or folded[position + 1 : position + 2].isalnum()
    )


def _between_numbers(folded: str, position: int) -> bool:
    return folded[position - 1 : position].isdigit() and folded[position + 1 : position + 2].isdigit()


def _token(word: str, start: int, end: int, text: str) -> Token:
    capital = text[start : start + 1].isupper()
    if word[0].isdigit():
        digits = re.match(r"\d+", word)
        assert digits is not None  # noqa: S101 - the word begins with a digit
        value = int(digits.group()[:9])
        match = _ORDINAL.match(word)
        suffix = match[2] if match else None
        # "1437a" is a house, "4a" (cuarta) a street; English endings are always ordinals.
        if suffix and (suffix in _ENGLISH_ORDINAL or value <= 50):
            number = value if suffix in ("a", "t", "h") else None
            return Token(word, start, end, number, value, capital, key=f"#{value}")
        return Token(word, start, end, value, None, capital, key=f"#{value}")
    word = _respelt(word)
    ordinal = ORDINAL_WORDS.get(word)
    key = f"#{ordinal}" if ordinal else TYPES.get(word, word)
    loud = text[start:end].isupper()
    return Token(word.replace("'", ""), start, end, None, ordinal, capital, loud, key.replace("'", ""))


@lru_cache(maxsize=8192)
def _respelt(word: str) -> str:
    """A misspelt word of place language put right ("boulevrad", "betwen", "blcok"); any other stays as it is."""
    if len(word) < 5 or word in _SPELT or word in _NOT_MISSPELT or word in NUMBER_NAMES:
        return word
    allowed = 1 if len(word) < 7 else 2
    found = process.extractOne(word, _SPELT_LIST, scorer=OSA.distance, score_cutoff=allowed)
    return found[0] if found and found[0][0] == word[0] and len(found[0]) > 3 + found[1] else word


# Words that a slip of the finger should not hide, and real words that look like them.
_SPELT_LIST = (
    *word_set(
        "street avenue boulevard terrace between entre block alley corner cuadra esquina callejon avenida"
    ),
    *(word for word in ORDINAL_WORDS if len(word) > 4),
)
_SPELT = frozenset(_SPELT_LIST)
_NOT_MISSPELT = word_set(
    "bulevar enter entry black blocks blacks alleys allay streets streetlight avenues corners corer canter eighty eighth ninety sixty "
    "forth fifty seventy first extra antre centre tenth month south streak stress street's terraced blood blond bloke lock "
    "clock flock frist thirsty cuadro cuadros sexto sexta cuarto cuartos quinto septimo octavo noveno decimo primero segundo "
    "tercero cuarta secondly seconds thirds fifths entra entran entren entero corned"
)


def _ends_ordinal(found: list[Token], number: int, token: Token) -> bool:
    """ "4 th" and the "21 st" of "21 st pl"; the "4 st" of "4 st" is a street without its ending."""
    if token.word in ("th", "nd", "rd"):
        return True
    following = found[number + 1].word if number + 1 < len(found) else ""
    return token.word == "st" and following in TYPES and found[number - 1].word[-1:] == "1"


def _joined_ordinals(found: list[Token]) -> list[Token]:
    """Join "4 th" and "twenty sixth" into one token."""
    joined: list[Token] = []
    for number, token in enumerate(found):
        last = joined[-1] if joined else None
        if last and last.number is not None and last.ordinal is None and _ends_ordinal(found, number, token):
            joined[-1] = Token(last.word + token.word, last.start, token.end, None, last.number, key=last.key)
        elif last and last.word in ("twenty", "thirty") and token.ordinal and token.ordinal < 10:
            value = (20 if last.word == "twenty" else 30) + token.ordinal
            joined[-1] = Token(
                f"{last.word} {token.word}", last.start, token.end, None, value, key=f"#{value}"
            )
        else:
            joined.append(token)
    return joined


def _joined_numbers(found: list[Token]) -> list[Token]:
    """Join the words of a spoken house number into one token: "fourteen thirty seven"."""
    words = [token.word for token in found]
    joined: list[Token] = []
    position = 0
    while position < len(found):
        spoken = _spelt_digits(words, position) or spoken_number(words, position)
        if spoken is None:
            joined.append(found[position])
            position += 1
            continue
        value, size = spoken
        start, end = found[position].start, found[position + size - 1].end
        joined.append(Token(str(value), start, end, value, key=f"#{value}"))
        position += size
    return joined


def _spelt_digits(words: Sequence[str], start: int) -> tuple[int, int] | None:
    """ "5 4 0", "one nine two three" said digit by digit: three to five of them, as house numbers have."""
    digits: list[str] = []
    # Six are no house number: of thousands the rest need not be counted.
    for word in words[start : start + 6]:
        digit = word if len(word) == 1 and word.isdigit() else _DIGIT_WORDS.get(word)
        if digit is None:
            break
        digits.append(digit)
    return (int("".join(digits)), len(digits)) if 3 <= len(digits) <= 5 and digits[0] != "0" else None


_DIGIT_WORDS = {
    word: str(digit)
    for names in (
        "zero one two three four five six seven eight nine",
        "cero uno dos tres cuatro cinco seis siete ocho nueve",
    )
    for digit, word in enumerate(names.split())
} | {"oh": "0"}
