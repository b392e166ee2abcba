"""How many parts a text takes on the air: GSM 03.38 with its extension table, else UCS-2."""

from __future__ import annotations

_BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = set("^{}\\[~]|€\f")


def count_segments(text: str) -> int:
    """Parts as billed; an empty body (photo only) still counts one. A character is never split between parts."""
    if all(char in _BASIC or char in _EXTENDED for char in text):
        sizes = [2 if char in _EXTENDED else 1 for char in text]
        return _pack(sizes, alone=160, part=153)
    return _pack([len(char.encode("utf-16-be")) // 2 for char in text], alone=70, part=67)


def _pack(sizes: list[int], *, alone: int, part: int) -> int:
    if sum(sizes) <= alone:
        return 1
    parts, room = 1, part
    for size in sizes:
        if size > room:
            parts, room = parts + 1, part
        room -= size
    return parts
