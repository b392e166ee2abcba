"""Turning a kept photo and covering parts of it: faces, plates, what stands in a window. The photo itself stays as it came."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image, ImageDraw

from bot.photos.decode import decode, open_image
from bot.photos.intake import MAX_SIDE, QUALITY, TakenPhoto, plain_jpeg, thumbnail_of

MOST_BOXES = 20
SMALLEST = 0.5  # percent of a side: less covers nothing that anybody could make out
_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
# Nothing shines through a flat color; what is blurred has been read again.
_COVER = (38, 44, 50)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, in percent of the picture's width and height from its upper left."""

    left: float
    top: float
    width: float
    height: float

    def within(self) -> Box | None:
        """The part of it that lies in the picture; None where that is nothing."""
        left, top = max(self.left, 0.0), max(self.top, 0.0)
        right, bottom = min(self.left + self.width, 100.0), min(self.top + self.height, 100.0)
        if not (right - left >= SMALLEST and bottom - top >= SMALLEST):  # also where one is no number
            return None
        return Box(round(left, 2), round(top, 2), round(right - left, 2), round(bottom - top, 2))

    def turned(self, turn: int) -> Box:
        """Where it lies when the picture is turned clockwise by `turn` degrees: 0, 90, 180 or 270."""
        if turn == 90:
            return Box(100 - self.top - self.height, self.left, self.height, self.width)
        if turn == 180:
            return Box(100 - self.left - self.width, 100 - self.top - self.height, self.width, self.height)
        if turn == 270:
            return Box(self.top, 100 - self.left - self.width, self.height, self.width)
        return self


@dataclass(frozen=True, slots=True)
class Edit:
    """What is done to a picture: covered first, then turned clockwise. Boxes are of the picture as it came."""

    turn: int = 0  # degrees: 0, 90, 180, 270
    boxes: tuple[Box, ...] = ()

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> Edit:
        """As a photo's row keeps it; None for one that nothing was done to."""
        if not kept:
            return cls()
        return cls(int(kept["turn"]), tuple(Box(*map(float, box)) for box in kept["boxes"]))

    def as_json(self) -> dict[str, Any]:
        boxes = [[box.left, box.top, box.width, box.height] for box in self.boxes]
        return {"turn": self.turn, "boxes": boxes}

    def turned(self, degrees: int) -> Edit:
        """Turned on, clockwise."""
        return replace(self, turn=(self.turn + degrees) % 360)

    @property
    def as_seen(self) -> tuple[Box, ...]:
        """Where its boxes lie on the picture as it is seen."""
        return tuple(box.turned(self.turn) for box in self.boxes)

    def covering(self, seen: Box) -> Edit:
        """With one more box, that was drawn on the picture as it is seen. Raises `ValueError` for one that covers nothing."""
        box = seen.within()
        if box is None:
            raise ValueError("The box lies outside of the picture, or is too small to cover anything.")
        if len(self.boxes) >= MOST_BOXES:
            raise ValueError(f"{MOST_BOXES} boxes are the most for one picture.")
        return replace(self, boxes=(*self.boxes, box.turned((360 - self.turn) % 360)))

    def without(self, index: int) -> Edit:
        """Without one of its boxes."""
        return replace(self, boxes=self.boxes[:index] + self.boxes[index + 1 :])


def edited(content: bytes, edit: Edit) -> TakenPhoto:
    """A photo of ours (JPEG, upright), covered and turned. Takes some tenths of a second. Raises `PhotoRefused`."""
    pixels = decode(open_image(content), MAX_SIDE).convert("RGB")
    draw = ImageDraw.Draw(pixels)
    for box in edit.boxes:
        draw.rectangle(_pixels(box, *pixels.size), fill=_COVER)
    if edit.turn in _TURNS:
        pixels = pixels.transpose(_TURNS[edit.turn])
    thumbnail = thumbnail_of(pixels)
    full = plain_jpeg(pixels, QUALITY)
    return TakenPhoto(full, thumbnail, hashlib.sha256(full).hexdigest(), pixels.width, pixels.height)


def _pixels(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """The box in pixels, rounded outwards: a line of a plate is one too many."""
    return (
        math.floor(box.left * width / 100),
        math.floor(box.top * height / 100),
        math.ceil((box.left + box.width) * width / 100),
        math.ceil((box.top + box.height) * height / 100),
    )
