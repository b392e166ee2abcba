"""Words on a picture in the font that comes with Pillow.

That font has ASCII letters only (Pillow 13): a letter with an accent would be an empty box. But it has the accents by
themselves, so such a letter is put together from the two.
"""

from __future__ import annotations

import unicodedata

from PIL import ImageDraw, ImageFont

# The mark as Unicode takes it off a letter → the font's own sign for it, which stands right for small letters.
ACCENTS = {"\u0300": "`", "\u0301": "´"}


def write_word(
    draw: ImageDraw.ImageDraw, middle: tuple[float, float], word: str, size: float, fill: str
) -> None:
    """Write a word of `size` pixels, its capitals' middle at `middle`.

    A mark that is not in ACCENTS is left out: "ñ" becomes "n".
    """
    font = ImageFont.load_default(size)
    letters = [unicodedata.normalize("NFD", letter) for letter in unicodedata.normalize("NFC", word)]
    plain = "".join(letter[0] for letter in letters)
    left = middle[0] - font.getlength(plain) / 2
    baseline = middle[1] + _height("H", font) / 2
    draw.text((left, baseline), plain, fill=fill, font=font, anchor="ls")
    for index, letter in enumerate(plain):
        start = font.getbbox(letter, anchor="ls")
        centre = left + font.getlength(plain[:index]) + (start[0] + start[2]) / 2
        higher = max(0.0, _height(letter, font) - _height("x", font))
        for accent in filter(None, map(ACCENTS.get, letters[index][1:])):
            ink = font.getbbox(accent, anchor="ls")
            at = centre - (ink[0] + ink[2]) / 2, baseline - higher
            draw.text(at, accent, fill=fill, font=font, anchor="ls")


def _height(letter: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> float:
    """Pixels of the letter above the line."""
    return -font.getbbox(letter, anchor="ls")[1]
