"""Plus codes ("85632G65+J6", "2G65+J6 Santa Monica"): reading a place's Open Location Code.

Specification: https://github.com/google/open-location-code/blob/main/Documentation/Specification/specification.md
(read 2026-11-28). Five pairs of digits in base 20 name a square of 1/8000 degree, each digit more one of 4 by 5 fields
of it. A short code lacks the first pairs: it means the nearest place to a reference that ends so.
"""

from __future__ import annotations

import re

from bot.city.location import Point
from bot.text.fold import fold_in_place

_DIGITS = "23456789CFGHJMPQRVWX"
_BASE = len(_DIGITS)
_PAIRS = 10  # digits that are pairs; those that follow are fields
_ROWS, _COLUMNS = 5, 4  # of the fields of a square
_BEFORE_SIGN = 8  # digits of a whole code before its "+"
# Lengths in use: the whole code, and without its first two pairs; a third digit after the sign or more is a finer field.
_CODE = re.compile(rf"(?<![^\W_])(?:[{_DIGITS}]{{8}}|[{_DIGITS}]{{6}}|[{_DIGITS}]{{4}})\s?(?:\+|%2b)\s?[{_DIGITS}]{{2,5}}(?![^\W_])", re.I)  # fmt: skip


def find_plus_code(text: str, reference: Point | None) -> tuple[int, int, Point] | None:
    """Where the first plus code of a text stands, and the middle of its field.

    A short one is that nearest to `reference`, and is not read without.
    """
    for found in _CODE.finditer(fold_in_place(text)):
        before, _, after = re.sub(r"\s", "", found.group()).replace("%2b", "+").partition("+")
        code = (before + after).upper()
        whole = len(before) == _BEFORE_SIGN
        # "2265+22" may be a sum; codes without a letter are rare.
        if not whole and code.isdigit():
            continue
        point = None
        if whole:
            point = _decoded(code)
        elif reference is not None:
            point = _nearest(code, _BEFORE_SIGN - len(before), reference)
        if point is not None:
            return found.start(), found.end(), point
    return None


def _decoded(code: str) -> Point | None:
    """The middle of the field; None where the code begins beyond a pole or the date line."""
    lat, lon, height, width = -90.0, -180.0, float(_BASE), float(_BASE)
    values = [_DIGITS.index(digit) for digit in code]
    for row, column in zip(values[:_PAIRS:2], values[1:_PAIRS:2], strict=True):
        lat, lon = lat + row * height, lon + column * width
        height, width = height / _BASE, width / _BASE
    height, width = height * _BASE, width * _BASE  # of the last pair's square
    for value in values[_PAIRS:]:
        height, width = height / _ROWS, width / _COLUMNS
        lat, lon = lat + value // _COLUMNS * height, lon + value % _COLUMNS * width
    lat, lon = lat + height / 2, lon + width / 2
    return Point(lat, lon) if lat <= 90 and lon <= 180 else None


def _nearest(short: str, missing: int, reference: Point) -> Point | None:
    """The place nearest to `reference` whose code ends in `short`, at most half of the missing pairs' square away."""
    square = float(_BASE) ** (2 - missing // 2)  # degrees that the missing digits leave open
    found = _decoded(_encoded(reference)[:missing] + short)
    if found is None:
        return None

    def nearer(value: float, to: float, limit: float) -> float:
        if to - value > square / 2 and value + square <= limit:
            return value + square
        if value - to > square / 2 and value - square >= -limit:
            return value - square
        return value

    return Point(nearer(found.lat, reference.lat, 90.0), nearer(found.lon, reference.lon, 180.0))


def _encoded(point: Point) -> str:
    """The first eight digits of a point's code."""
    lat, lon = min(max(point.lat + 90.0, 0.0), 179.999), (point.lon + 180.0) % 360.0
    code, size = "", float(_BASE)
    for _ in range(_BEFORE_SIGN // 2):
        code += _DIGITS[int(lat // size)] + _DIGITS[int(lon // size)]
        lat, lon, size = lat % size, lon % size, size / _BASE
    return code
