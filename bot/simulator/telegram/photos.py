"""What Telegram does to a photo: upright JPEG in a few sizes, nothing left of its EXIF data."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

register_heif_opener()

SIDES = (90, 320, 800, 1280)  # longest side in pixels of the sizes s, m, x and y
PIXEL_LIMIT = 100_000_000


class NotAPhotoError(ValueError):
    """The bytes are no picture that can be opened."""


@dataclass(frozen=True, slots=True)
class Size:
    """One size of a photo."""

    width: int
    height: int
    content: bytes


def recompress(content: bytes) -> list[Size]:
    """The sizes of a photo, smallest first. Raises NotAPhotoError."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > PIXEL_LIMIT:
                raise NotAPhotoError("too many pixels")
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPhotoError("no picture") from error
    longest = max(upright.size)
    # A small original is its own largest size.
    sides = [side for side in SIDES if side < longest] + [min(longest, SIDES[-1])]
    return [_scaled(upright, side, longest) for side in sorted(set(sides))]


def _scaled(image: Image.Image, side: int, longest: int) -> Size:
    size = (max(1, round(image.width * side / longest)), max(1, round(image.height * side / longest)))
    scaled = image if size == image.size else image.resize(size, Image.Resampling.BILINEAR)
    out = io.BytesIO()
    scaled.save(out, "JPEG", quality=82)
    return Size(*size, out.getvalue())
