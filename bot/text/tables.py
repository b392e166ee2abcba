"""Sets of words, and tables for `str.translate` that fill as characters turn up: of Unicode's million most never do."""

from __future__ import annotations

from collections.abc import Callable

_MOST_KEPT = 4_096  # characters: more than any two languages need, and a bound for whoever sends them all


def word_set(words: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(words.split())


class CharacterTable(dict[int, str]):
    """What becomes of each character, asked of `change` the first time and kept."""

    def __init__(self, change: Callable[[str], str]) -> None:
        super().__init__()
        self._change = change

    def __missing__(self, code: int) -> str:
        changed = self._change(chr(code))
        if len(self) < _MOST_KEPT:
            self[code] = changed
        return changed
