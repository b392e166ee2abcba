"""Words written together by a thumb in a hurry, taken apart: "picoblvd", "montanaand 15th", "oceanandcolorado"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.city.vocabulary import TYPES
from bot.city.words import Token, parted

_JOINT = "and"
_BEFORE = ("on", "at")
_LEAST = 4  # letters of a name that is looked for inside a longer word
_TYPES_OF: dict[str, list[str]] = {}
for _written, _type in TYPES.items():
    _TYPES_OF.setdefault(_type, []).append(_written)


class Glued:
    """The words that a city's street names make when they are written together with what stands beside them."""

    def __init__(self, names: Iterable[tuple[str, str | None]]) -> None:
        """`names` are street names written as one word, each with its type: ("oceanpark", "blvd")."""
        self._names: dict[str, tuple[int, ...]] = {}  # a word that is a name, by the lengths of its parts
        for name, kind in names:
            if len(name) >= _LEAST and name.isalpha():
                self._names[name] = (len(name),)
                for written in _TYPES_OF.get(kind or "", ()):
                    self._names.setdefault(name + written, (len(name), len(written)))

    def apart(self, words: Sequence[Token]) -> list[Token]:
        """The tokens with every glued one replaced by its parts."""
        found: list[Token] = []
        for word in words:
            sizes = self._sizes(word.word) if word.number is None and len(word.word) > _LEAST else None
            found += parted(word, sizes) if sizes and len(sizes) > 1 else (word,)
        return found

    def _sizes(self, word: str) -> tuple[int, ...] | None:
        if sizes := self._names.get(word):
            return sizes
        for before in _BEFORE:
            if word.startswith(before) and (sizes := self._names.get(word[len(before) :])):
                return (len(before), *sizes)
        at = word.find(_JOINT)
        while at >= 0:
            first, second = word[:at], word[at + len(_JOINT) :]
            left = self._names.get(first) if first else ()
            right = self._names.get(second) if second else ()
            if left is not None and right is not None and (left or right):
                return (*left, len(_JOINT), *right)
            at = word.find(_JOINT, at + 1)
        return None
