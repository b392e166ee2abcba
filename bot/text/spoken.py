"""House numbers said in words: "fourteen thirty-seven", "nine oh five", "mil cuatrocientos treinta y siete".

People dictate their texts, and not every phone writes the digits. Only runs of at least two number words with a value
of 100 or more are read: "two doors", "la once" and "twenty first" mean what they always meant.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.text.numbers import HUNDREDS_ES, SMALL_EN, SMALL_ES
from bot.text.tables import word_set

_LEAST = 100
# After two numbers these make a time of day of them: "since nine thirty in the morning".
_AFTER_TIMES = word_set("am pm a.m p.m in at on this every until till yesterday today tonight last")


def spoken_number(words: Sequence[str], start: int) -> tuple[int, int] | None:
    """The number that words from `start` on spell, and how many words it takes; None where none is said."""
    read = _english(words, start) or _spanish(words, start)
    if read is None or (read[1] - start < 2 and words[start] not in HUNDREDS_ES) or read[0] < _LEAST:
        return None
    return read[0], read[1] - start


def _english(words: Sequence[str], at: int) -> tuple[int, int] | None:
    first = _two_digits(words, at)
    if first is None:
        return None
    value, end = first
    if _word(words, end) == "thousand":
        value, end = value * 1000, end + 1
        rest = _english(words, end + (_word(words, end) == "and"))
        return (value + rest[0], rest[1]) if rest and rest[0] < 1000 else _small_rest(words, value, end)
    if _word(words, end) == "hundred":
        return _small_rest(words, value * 100, end + 1)
    if not 1 <= value <= 99:
        return None
    if _word(words, end) in ("oh", "o", "zero"):
        second = SMALL_EN.get(_word(words, end + 1), 0)
        return (value * 100 + second, end + 2) if 1 <= second <= 9 else None
    pair = _two_digits(words, end)
    if pair is None or not 10 <= pair[0] <= 99 or _is_time(words, value, pair):
        return None
    return value * 100 + pair[0], pair[1]


def _small_rest(words: Sequence[str], value: int, end: int) -> tuple[int, int]:
    rest = _two_digits(words, end + (_word(words, end) == "and"))
    return (value + rest[0], rest[1]) if rest else (value, end)


def _two_digits(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """ "thirty seven" is 37; "twenty first" is no number but a street."""
    value = SMALL_EN.get(_word(words, at))
    if value is None:
        return None
    unit = SMALL_EN.get(_word(words, at + 1), 0)
    return (value + unit, at + 2) if value >= 20 and 1 <= unit <= 9 else (value, at + 1)


def _is_time(words: Sequence[str], hour: int, minutes: tuple[int, int]) -> bool:
    after = _word(words, minutes[1])
    return hour <= 12 and minutes[0] < 60 and (not after or after in _AFTER_TIMES)


def _spanish(words: Sequence[str], at: int) -> tuple[int, int] | None:
    value, end = 0, at
    thousands = SMALL_ES.get(_word(words, at), 0)
    if _word(words, at) == "mil":
        value, end = 1000, at + 1
    elif thousands > 1 and _word(words, at + 1) == "mil":
        value, end = thousands * 1000, at + 2
    hundreds = HUNDREDS_ES.get(_word(words, end))
    if hundreds:
        value, end = value + hundreds, end + 1
    first = _dos_cifras(words, end)
    if first is None:
        return (value, end) if value else None
    if value:
        return value + first[0], first[1]
    if _word(words, first[1]) == "cero":  # "veintiuno cero nueve"
        unit = SMALL_ES.get(_word(words, first[1] + 1), 0)
        return (first[0] * 100 + unit, first[1] + 2) if first[0] and 1 <= unit <= 9 else None
    second = _dos_cifras(words, first[1])  # "catorce treinta y siete"
    if second is None or second[0] < 10 or first[0] < 1 or _is_time(words, first[0], second):
        return None
    return first[0] * 100 + second[0], second[1]


def _dos_cifras(words: Sequence[str], at: int) -> tuple[int, int] | None:
    value = SMALL_ES.get(_word(words, at))
    if value is None:
        return None
    unit = SMALL_ES.get(_word(words, at + 2), 0)
    if value >= 30 and _word(words, at + 1) == "y" and 1 <= unit <= 9:
        return value + unit, at + 3
    return value, at + 1


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if at < len(words) else ""
