"""How a street's name is clipped by those who live there: "wilsh", "SV", "san v", "brdwy".

Worked out from the names alone, for any city. A clipped name may be short for several streets ("mar" is Marine St
and Marguerita Ave); which is meant is left to what stands beside it, or asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.city.pack import StreetKind
from bot.city.streets import Street
from bot.city.vocabulary import STATE_CODES

LEAST = 3  # letters of a first syllable
CLIPPED_FROM = 5  # letters of a name that is worth clipping
_KINDS = (StreetKind.STREET, StreetKind.WALKWAY)
_VOWELS = frozenset("aeiou")


def clipped_forms(base: Sequence[str], kind: str | None) -> Iterator[str]:
    """The clipped forms of a name given by its words and type, each written together: ("san", "vicente"), "blvd"."""
    if not all(word.isalpha() for word in base):
        return
    first, last = base[0], base[-1]
    if len(base) == 1:
        yield from _clipped_word(first)
        if code := STATE_CODES.get(first):
            yield code
        return
    initials = "".join(word[0] for word in base)
    yield initials
    if kind:
        yield initials + kind[0]
    before = "".join(base[:-1])
    if len(before) >= LEAST:
        yield from (before + last[:size] for size in range(1, len(last)))
    yield initials[:-1] + last  # "S Vicente"
    if first.endswith("a") and len(first) > LEAST:
        yield first[0] + "ta" + "".join(base[1:])  # "Sta Monica"


def _clipped_word(word: str) -> Iterator[str]:
    if len(word) >= CLIPPED_FROM:
        yield from (word[:size] for size in range(LEAST, len(word)))
    if len(word) >= LEAST + 1:
        consonants = word[0] + "".join(letter for letter in word[1:] if letter not in _VOWELS)
        if LEAST <= len(consonants) < len(word):
            yield consonants


class Clippings:
    """The streets of a city by their clipped names."""

    def __init__(
        self, streets: Iterable[tuple[Street, Sequence[str], str | None]], never: Sequence[str] = ()
    ) -> None:
        """`streets` come with the words of their name and their type; `never` are words that are short for none."""
        self._streets: dict[str, tuple[Street, ...]] = {}
        for street, base, kind in streets:
            if street.outside or street.kind not in _KINDS or base[0].startswith("#"):
                continue
            for form in dict.fromkeys(clipped_forms(base, kind)):
                if form in never:
                    continue
                self._streets[form] = (*self._streets.get(form, ()), street)

        self._beginnings = frozenset(
            form[:size] for form in self._streets for size in range(1, len(form) + 1)
        )

    def may_begin(self, word: str) -> bool:
        """Whether any clipped name begins with this word; most words of a message begin none."""
        return word in self._beginnings

    def of(self, words: Sequence[str]) -> tuple[Street, ...]:
        """The streets that some words may be short for."""
        return self._streets.get("".join(words), ())

    def items(self) -> Iterable[tuple[str, tuple[Street, ...]]]:
        """Every clipped name with its streets."""
        return self._streets.items()
