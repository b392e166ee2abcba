"""One picture of a finished work: what the resident had sent beside what the city sent, each under its word.

Both photos are shown whole, in frames of one size: what is left of a frame is filled with one quiet colour, for a crop
could take away just what it is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from PIL import Image, ImageDraw

from bot.photos.decode import decode, exif_of, open_image, orientation_of, upright_srgb
from bot.photos.exif import read_exif
from bot.photos.intake import plain_jpeg
from bot.photos.lettering import write_word

# Pixels at most. A chat on a phone held upright shows a picture in a bubble about three wide to four high, and makes a
# higher one narrower; its 250 or so points across are 750 pixels of the phone, and the rest is for who opens it.
WIDTH, HEIGHT = 1200, 1600
# Bytes at most. Beyond 600 kB carriers shrink a picture as they like, or lose it:
# https://help.twilio.com/articles/360018832773 (a whole message of Twilio's may have 5 MB).
MAX_SIZE = 600_000
BAND = 92  # pixels: the height of the band with a word
GAP = 12  # pixels between the halves
LEAST_FRAME = 320  # pixels: the longest word fits, and no picture is too long and thin for a chat
_TEXT = 62  # pixels; 13 points in the bubble

_BAND, _WORD, _FRAME = "#30363b", "#ffffff", "#e6e6e3"
_GAP = "#ffffff"

# What is tried until a picture is small enough: nearly all are with the first. Pure noise is with the last.
_QUALITIES = (86, 78, 68, 55, 40, 25)

_TEXTS = Path(__file__).parent / "texts" / "before_after.yml"

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Layout:
    """How two photos stand together; sizes are width and height in pixels."""

    stacked: bool  # one above the other; else side by side
    frame: Size  # of each half, without its band
    shown: tuple[Size, Size]  # of the photos in their frames

    @property
    def size(self) -> Size:
        """Of the whole picture."""
        across, down = (1, 2) if self.stacked else (2, 1)
        width, height = self.frame[0], self.frame[1] + BAND
        return width * across + GAP * (across - 1), height * down + GAP * (down - 1)

    @property
    def corners(self) -> tuple[Size, Size]:
        """Where each half begins: the upper left corner of its band."""
        width, height = self.frame[0], self.frame[1] + BAND
        return (0, 0), ((0, height + GAP) if self.stacked else (width + GAP, 0))


def before_after(before: bytes, after: bytes, language: str) -> bytes:
    """JPEG of two photos (JPEG, or what else `decode` opens) in one picture with the words of `language`.

    At most WIDTH × HEIGHT pixels and MAX_SIZE bytes, sRGB, without metadata. The same photos always give the same bytes.
    Another language reads English. Raises PhotoRefused when one of the photos cannot be read. It computes for some
    tenths of a second: call it in a thread.
    """
    photos = _pixels(before), _pixels(after)
    layout = best_layout(photos[0].size, photos[1].size)
    canvas = Image.new("RGB", layout.size, _GAP)
    for photo, shown, corner, key in zip(
        photos, layout.shown, layout.corners, ("before", "after"), strict=True
    ):
        _put_half(canvas, corner, layout.frame, photo.resize(shown, Image.Resampling.LANCZOS))
        _put_word(canvas, corner, layout.frame[0], _word(key, language))
    return _small_enough(canvas)


def best_layout(before: Size, after: Size) -> Layout:
    """The layout in which the smaller of the two photos is shown larger."""
    return max(
        (_layout(stacked, before, after) for stacked in (False, True)),
        key=lambda layout: min(width * height for width, height in layout.shown),
    )


def _layout(stacked: bool, before: Size, after: Size) -> Layout:
    room = (WIDTH, (HEIGHT - GAP) // 2 - BAND) if stacked else ((WIDTH - GAP) // 2, HEIGHT - BAND)
    shown = _fitted(before, room), _fitted(after, room)
    # No larger than its photos need: in a narrower picture a chat shows the same photos larger.
    width, height = (max(LEAST_FRAME, *sides) for sides in zip(*shown, strict=True))
    return Layout(stacked, (width, height), shown)


def _fitted(size: Size, room: Size) -> Size:
    """As large as the room allows. Small photos are enlarged: both halves should be seen alike."""
    scale = min(room[0] / size[0], room[1] / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _pixels(content: bytes) -> Image.Image:
    """The photo upright, no larger than the whole picture: decoded small, so that it takes little memory."""
    opened = open_image(content)
    pixels = decode(opened, max(WIDTH, HEIGHT))
    return upright_srgb(pixels, orientation_of(opened, read_exif(exif_of(opened)).orientation))


def _put_half(canvas: Image.Image, corner: Size, frame: Size, photo: Image.Image) -> None:
    left, top = corner[0], corner[1] + BAND
    canvas.paste(_FRAME, (left, top, left + frame[0], top + frame[1]))
    canvas.paste(photo, (left + (frame[0] - photo.width) // 2, top + (frame[1] - photo.height) // 2))


def _put_word(canvas: Image.Image, corner: Size, width: int, word: str) -> None:
    left, top = corner
    canvas.paste(_BAND, (left, top, left + width, top + BAND))
    middle = left + width / 2, top + BAND / 2
    write_word(ImageDraw.Draw(canvas), middle, word, _TEXT, _WORD)


def _small_enough(canvas: Image.Image) -> bytes:
    for quality in _QUALITIES:
        content = plain_jpeg(canvas, quality)
        if len(content) <= MAX_SIZE:
            break
    return content


def _word(key: str, language: str) -> str:
    words = _texts()[key]
    return words.get(language, words["en"])


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load(_TEXTS.read_text(encoding="utf-8"))
    return loaded
