"""The words of a rich message: https://core.telegram.org/bots/api#richmessage

Apps send formatted pastes as blocks (paragraphs, lists, tables, …) without `text`. Every block is read for its words in
the order in which a reader sees them; kinds of the future are read by the fields that hold words in all of today's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.channels.telegram.fields import Json, part
from bot.channels.text import clean

MAX_DEPTH = 32  # blocks within blocks; Telegram allows far fewer
# In reading order. `label` is that of a list's item, `alternative_text` a custom emoji's, `expression` a formula's.
_INLINE = ("text", "alternative_text", "expression")
_BEFORE, _AFTER = ("summary",), ("caption", "credit")
_NESTED = ("blocks", "items", "cells")


def rich_words(rich: Json) -> str:
    """All words, a line a block; "" for one without words."""
    return clean("\n".join(_lines(rich.get("blocks"), MAX_DEPTH)))


def rich_objects(rich: Json, name: str) -> Iterator[Any]:
    """What the blocks hold under `name`: the sizes of a photo, the location of a map."""
    yield from _found(rich.get("blocks"), name, MAX_DEPTH)


def _lines(block: Any, depth: int) -> Iterator[str]:
    if depth == 0:
        return
    if isinstance(block, list):
        for one in block:
            yield from _lines(one, depth - 1)
        return
    if not isinstance(block, Mapping):
        return
    for name in _BEFORE:
        yield from _line(block.get(name), depth)
    label = _inline(block.get("label"), depth).strip()
    lines = [line for name in _INLINE for line in _line(block.get(name), depth)]
    lines += [line for name in _NESTED for line in _lines(block.get(name), depth - 1)]
    if label and lines:
        lines[0] = f"{label} {lines[0]}"
    yield from lines
    for name in _AFTER:
        caption = block.get(name)
        if name == "caption" and isinstance(caption, Mapping) and "type" not in caption:
            yield from _line(caption.get("text"), depth)
            yield from _line(caption.get("credit"), depth)
        else:
            yield from _line(caption, depth)


def _line(text: Any, depth: int) -> Iterator[str]:
    if found := _inline(text, depth).strip():
        yield found


def _inline(text: Any, depth: int) -> str:
    """A RichText: a string, a list of RichText, or an object that wraps one."""
    if isinstance(text, str):
        return text
    if depth == 0:
        return ""
    if isinstance(text, list):
        return "".join(_inline(one, depth - 1) for one in text)
    if isinstance(text, Mapping):
        return "".join(_inline(text.get(name), depth - 1) for name in _INLINE)
    return ""


def _found(block: Any, name: str, depth: int) -> Iterator[Any]:
    if depth == 0:
        return
    if isinstance(block, list):
        for one in block:
            yield from _found(one, name, depth - 1)
    elif isinstance(block, Mapping):
        if name in block and block.get("type") in ("photo", "map"):
            yield block[name]
        for nested in _NESTED:
            yield from _found(block.get(nested), name, depth - 1)


def rich_message(message: Json) -> Json:
    return part(message, "rich_message")
