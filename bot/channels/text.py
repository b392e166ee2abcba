"""Text on its way in and out of a channel: made storable, and cut where people would cut it."""

from __future__ import annotations

import hashlib
import re

from bot.text.own_words import storable

_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029")
MAX_NAME = 200  # characters kept of a name, a label, a content type
MAX_ID = 200  # characters of an identifier; an index of PostgreSQL takes 2,704 bytes at most


def clean(text: str) -> str:
    """Make a resident's text storable, without changing what it says.

    PostgreSQL refuses NUL in text and UTF-8 refuses lone surrogates, and both can be typed
    into a webhook; either would turn one odd message into an error repeated for ever.
    """
    return _LINE_ENDS.sub("\n", storable(text)).strip()


def clean_name(text: str) -> str:
    """A name or label as it may be stored: one line, at most `MAX_NAME` characters."""
    return " ".join(clean(text[: 2 * MAX_NAME]).split())[:MAX_NAME]


def clean_id(identifier: str) -> str:
    """A provider's identifier as it may be stored and indexed; one that is absurdly long by its hash, which is as unique."""
    identifier = clean(identifier)
    if len(identifier.encode()) <= MAX_ID:
        return identifier
    return f"sha256:{hashlib.sha256(identifier.encode()).hexdigest()}"


def utf16_units(text: str) -> int:
    """Length as phones and Telegram count it: characters beyond the basic plane count two."""
    return len(text) + sum(ord(char) > 0xFFFF for char in text)


def question_apart(text: str, *, has_options: bool) -> tuple[str, str]:
    """The words, and the question that ends them where its options stand right below: links go between, so that it is read last."""
    told, _, last = text.strip().rpartition("\n")
    return (told, last) if has_options and last.endswith("?") else (text.strip(), "")


def split_text(text: str, limit: int) -> list[str]:
    """Cut a text into pieces of at most `limit` UTF-16 units, none empty, no word lost.

    Cuts at the last blank line, line end, sentence end or space in the second half of a piece, in that order
    of liking, and only in the middle of a word when there is none of them.
    """
    pieces = []
    rest = text.strip()
    while utf16_units(rest) > limit:
        head = _longest_head(rest, limit)
        cut = _cut_position(head)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if rest:
        pieces.append(rest)
    return pieces


def _longest_head(text: str, limit: int) -> str:
    units = 0
    for index, char in enumerate(text):
        units += 2 if ord(char) > 0xFFFF else 1
        if units > limit:
            return text[:index]
    return text


def _cut_position(head: str) -> int:
    half = len(head) // 2
    for separator in ("\n\n", "\n", ". ", " "):
        position = head.rfind(separator)
        if position >= half and position > 0:
            return position + len(separator)
    return len(head)
