"""Parts of a long text that an app numbers itself: "(1/2) Big hole on the corner of Pico"."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.text.digits import plain_digits

MOST_PARTS = 20
_OF = r"0?(?P<number>\d{1,2})\s?(?:/|of|de)\s?0?(?P<of>\d{1,2})"
_SHAPES = tuple(
    re.compile(pattern, re.I | re.S)
    for pattern in (
        rf"\s*[(\[{{<]\s*(?:part|parte|msg|pt\.?)?\s*{_OF}\s*[)\]}}>]\s*[:.-]?\s*(?P<rest>.*)",  # "(1/2) …", "[1 of 2] …"
        rf"\s*(?:part|parte|pt\.?)\s+{_OF}\s*[:.)-]?\s*(?P<rest>.*)",  # "Part 1 of 2: …"
        rf"\s*{_OF}\s*(?:[:)](?!\d)|[\r\n])\s*(?P<rest>.*)",  # "1/2: …"; a bare "1/2" is a half, or a day
        rf"(?P<rest>.*?)\s*[(\[]\s*{_OF}\s*[)\]]\s*",  # "… (1/2)"
    )
)
# "(1/2) mile from the pier" is half a mile.
_MEASURED = re.compile(
    r"(?:an?\s|de\s|of\s)?(?:mi|miles?|blocks?|inch(?:es)?|feet|foot|ft|hours?|hrs?|days?|full|way|cups?|"
    r"millas?|cuadras?|pulgadas?|metros?|horas?|d[ií]as?|hora)\b",
    re.I,
)


class NumberedPart(NamedTuple):
    """One part: which it is, of how many, and its words."""

    number: int
    of: int
    rest: str


def numbered_part(text: str) -> NumberedPart | None:
    """The part that a text says it is; None for one that says no such thing, and for fractions."""
    plain = plain_digits(text)
    for shape in _SHAPES:
        found = shape.fullmatch(plain)
        if found is None:
            continue
        number, of = int(found["number"]), int(found["of"])
        rest = text[found.start("rest") : found.end("rest")].strip()
        if 2 <= of <= MOST_PARTS and 1 <= number <= of and not _MEASURED.match(rest):
            return NumberedPart(number, of, rest)
    return None
