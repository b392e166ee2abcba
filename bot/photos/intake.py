"""Taking a photo in: checked, read, turned upright, stripped of everything but its pixels."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime, tzinfo

from PIL import Image

from bot.photos.decode import decode, exif_of, open_image, orientation_of, upright_srgb
from bot.photos.exif import read_exif
from bot.photos.refusal import PhotoRefused, Refusal

__all__ = ["PhotoRefused", "Refusal", "TakenPhoto", "plain_jpeg", "take_in", "taken_as_drawn"]

MAX_SIDE = 2560  # pixels: a number plate across the street stays readable, ten photos stay mailable
THUMBNAIL_SIDE = 480
QUALITY = 88
THUMBNAIL_QUALITY = 80


@dataclass(frozen=True, slots=True)
class TakenPhoto:
    """A photo as it is kept: JPEG, upright, sRGB, without metadata."""

    full: bytes
    thumbnail: bytes
    sha256: str  # hexadecimal, of `full`: the name under which it is kept
    width: int  # pixels, of `full`
    height: int
    lat: float | None = None  # where it was taken, degrees WGS 84, from EXIF
    lon: float | None = None
    taken_at: datetime | None = None  # aware UTC, from EXIF

    @property
    def size(self) -> int:
        """Bytes of `full`."""
        return len(self.full)


def take_in(content: bytes, *, local_zone: tzinfo | None = None) -> TakenPhoto:
    """Check and convert a file; raises PhotoRefused. Takes 0.1 to 4 s and up to 600 MB: see `apart`.

    `local_zone` dates photos of cameras that write no offset. The same file always gives the same bytes, so that
    a photo sent twice is kept once.
    """
    opened = open_image(content)
    pixels = decode(opened, MAX_SIDE)
    exif = read_exif(exif_of(opened), local_zone=local_zone)
    pixels = upright_srgb(pixels, orientation_of(opened, exif.orientation))
    thumbnail = thumbnail_of(pixels)
    full = plain_jpeg(pixels, QUALITY)
    return TakenPhoto(
        full=full,
        thumbnail=thumbnail,
        sha256=hashlib.sha256(full).hexdigest(),
        width=pixels.width,
        height=pixels.height,
        lat=exif.lat,
        lon=exif.lon,
        taken_at=exif.taken_at,
    )


def taken_as_drawn(content: bytes) -> TakenPhoto:
    """A JPEG that we drew ourselves, with its thumbnail: it stays as it is, for there is nothing in it to take out.

    Raises PhotoRefused.
    """
    opened = open_image(content)
    width, height = opened.image.size  # before it is decoded, which may shrink it
    return TakenPhoto(
        full=content,
        thumbnail=thumbnail_of(decode(opened, THUMBNAIL_SIDE)),
        sha256=hashlib.sha256(content).hexdigest(),
        width=width,
        height=height,
    )


def thumbnail_of(pixels: Image.Image) -> bytes:
    small = pixels.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return plain_jpeg(small, THUMBNAIL_QUALITY)


def plain_jpeg(pixels: Image.Image, quality: int) -> bytes:
    """The pixels as a JPEG of this quality (1 to 95) and nothing else; takes away what `pixels` had in `info`."""
    # Pillow writes a comment it finds there into the new file; nothing of the old file may get there.
    pixels.info = {}
    buffer = io.BytesIO()
    pixels.save(buffer, "JPEG", quality=quality, progressive=True, exif=b"", icc_profile=None)
    return buffer.getvalue()
