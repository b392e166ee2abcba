"""Single tags of EXIF data (a TIFF file within the photo), each read on its own and nothing ever written.

EXIF is written by a thousand programs. A library that reads all of it, or writes it anew, fails on the one tag of a
kind it did not expect, and with it fails the tag that was wanted. Here a tag that makes no sense is a tag that is
missing. Layout and types: TIFF 6.0, section 2; names of the tags: CIPA DC-008 (EXIF 2.32), section 4.6.
"""

from __future__ import annotations

import struct
from typing import Final

_PREFIX = b"Exif\x00\x00"
_ASCII: Final = 2
_BYTES: Final = (1, _ASCII, 6, 7)  # BYTE, ASCII, SBYTE, UNDEFINED: kept as bytes
_NUMBERS: Final = {
    3: "H",
    4: "L",
    8: "h",
    9: "l",
    11: "f",
    12: "d",
}  # SHORT, LONG, SSHORT, SLONG, FLOAT, DOUBLE
_FRACTIONS: Final = {5: "LL", 10: "ll"}  # RATIONAL, SRATIONAL: numerator and denominator
MOST_TAGS = 1_000  # of one directory; cameras write some dozens
MOST_VALUES = 64  # of one tag; no tag that we read has more than 20


class Tags:
    """One directory of tags: the first one of the data, or one that a tag of it points to."""

    def __init__(self, data: bytes, offset: int | None = None) -> None:
        """Never raises; data that is no EXIF has no tags."""
        while data.startswith(_PREFIX):  # some programs write the header twice
            data = data[len(_PREFIX) :]
        self._data = data
        self._order = {b"II": "<", b"MM": ">"}.get(data[:2], "")
        self._entries = self._read_entries(offset)

    def numbers(self, tag: int) -> tuple[float, ...]:
        """The values of a tag of any numeric type; () when it is missing, is no number or divides by zero."""
        kind, content = self._content(tag)
        if kind in _BYTES and kind != _ASCII:
            return tuple(float(value) for value in content)
        code = _NUMBERS.get(kind) or _FRACTIONS.get(kind)
        if code is None:
            return ()
        try:
            values = struct.iter_unpack(self._order + code, content)
            return tuple(pair[0] / pair[1] if len(pair) == 2 else float(pair[0]) for pair in values)
        except (struct.error, ZeroDivisionError, OverflowError):
            return ()

    def text(self, tag: int) -> str:
        """The words of a tag; "" when it is missing or holds numbers."""
        kind, content = self._content(tag)
        return content.decode("ascii", "replace").strip("\x00 ") if kind in _BYTES else ""

    def directory(self, tag: int) -> Tags:
        """The directory that a tag points to; one without tags when it points nowhere."""
        pointer = self.numbers(tag)
        # 0 is the header, never a directory; a huge float would be no position at all.
        if not pointer or not 8 <= pointer[0] < len(self._data):
            return Tags(b"")
        return Tags(self._data, int(pointer[0]))

    def _read_entries(self, offset: int | None) -> dict[int, tuple[int, int, int]]:
        """Tag → type, number of values, where in the data its field is. The first of two with one tag counts."""
        entries: dict[int, tuple[int, int, int]] = {}
        if not self._order:
            return entries
        try:
            if offset is None:
                (offset,) = struct.unpack_from(self._order + "L", self._data, 4)
            (count,) = struct.unpack_from(self._order + "H", self._data, offset)
            for at in range(offset + 2, offset + 2 + 12 * min(count, MOST_TAGS), 12):
                tag, kind, values = struct.unpack_from(self._order + "HHL", self._data, at)
                entries.setdefault(tag, (kind, values, at + 8))
        except struct.error:
            pass  # the directory is cut off: what came before the cut is good
        return entries

    def _content(self, tag: int) -> tuple[int, bytes]:
        """Type and bytes of a tag; (0, b"") when it is missing or lies outside the data."""
        kind, values, field = self._entries.get(tag, (0, 0, 0))
        code = "B" if kind in _BYTES else _NUMBERS.get(kind) or _FRACTIONS.get(kind)
        if code is None or not 0 < values <= MOST_VALUES:
            return 0, b""
        size = struct.calcsize(self._order + code) * values
        try:
            if size > 4:
                (field,) = struct.unpack_from(self._order + "L", self._data, field)
        except struct.error:
            return 0, b""
        content = self._data[field : field + size]
        return (kind, content) if len(content) == size else (0, b"")
