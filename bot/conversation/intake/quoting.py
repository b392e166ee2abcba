"""Saying a resident's words back, so that they see what was taken down."""

from __future__ import annotations

MOST = 60  # characters: an SMS has room for more to say


def quoted(words: str) -> str:
    """The words in one line, cut after a whole word, without quotation marks of their own."""
    line = " ".join(words.replace('"', "'").split())
    if len(line) <= MOST:
        return line
    return line[: MOST - 3].rsplit(" ", 1)[0] + "..."
