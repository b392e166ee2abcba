"""Photos made for tests: with EXIF, in every format, and damaged ones."""

from __future__ import annotations

import io
from datetime import datetime

import pillow_heif
from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base

SANTA_MONICA = (34.0112, -118.4916)

pillow_heif.register_heif_opener()


def picture(width: int = 640, height: int = 480, *, mode: str = "RGB", shade: int = 90) -> Image.Image:
    """A picture whose upper left quarter is red and whose rest is grey, so that its way up can be seen."""
    image = Image.new("RGB", (width, height), (shade, shade, shade))
    ImageDraw.Draw(image).rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill=(220, 30, 30))
    return image.convert(mode)


def exif(
    position: tuple[float, float] | None = None,
    *,
    orientation: int | None = None,
    taken: datetime | None = None,
    camera: str | None = "Secret Camera 5",
) -> Image.Exif:
    """EXIF data as a phone writes it; `taken` is aware."""
    data = Image.Exif()
    if camera:
        data[Base.Model] = camera
    if orientation:
        data[Base.Orientation] = orientation
    if taken:
        offset = taken.strftime("%z")
        data.get_ifd(IFD.Exif).update(
            {
                Base.DateTimeOriginal: taken.strftime("%Y:%m:%d %H:%M:%S"),
                Base.OffsetTimeOriginal: f"{offset[:3]}:{offset[3:5]}",
            }
        )
    if position:
        lat, lon = position
        data.get_ifd(IFD.GPSInfo).update(
            {
                GPS.GPSLatitudeRef: "N" if lat >= 0 else "S",
                GPS.GPSLatitude: _sexagesimal(abs(lat)),
                GPS.GPSLongitudeRef: "E" if lon >= 0 else "W",
                GPS.GPSLongitude: _sexagesimal(abs(lon)),
            }
        )
    return data


def _sexagesimal(value: float) -> tuple[float, float, float]:
    degrees = int(value)
    minutes = int((value - degrees) * 60)
    return float(degrees), float(minutes), round((value - degrees - minutes / 60) * 3600, 4)


def jpeg(
    width: int = 640,
    height: int = 480,
    *,
    position: tuple[float, float] | None = None,
    orientation: int | None = None,
    taken: datetime | None = None,
    shade: int = 90,
    progressive: bool = False,
) -> bytes:
    """A JPEG as a phone takes it; different `shade`s make different photos."""
    data = exif(position, orientation=orientation, taken=taken)
    return _saved(
        picture(width, height, shade=shade),
        "JPEG",
        exif=data,
        comment=b"taken at my home",
        progressive=progressive,
    )


def png(width: int = 640, height: int = 480, *, mode: str = "RGB") -> bytes:
    return _saved(picture(width, height, mode=mode), "PNG")


def webp(width: int = 640, height: int = 480) -> bytes:
    return _saved(picture(width, height), "WEBP")


def heic(width: int = 640, height: int = 480, *, position: tuple[float, float] | None = None) -> bytes:
    return _saved(picture(width, height), "HEIF", exif=exif(position).tobytes(), quality=60)


def gif() -> bytes:
    return _saved(picture(), "GIF")


def truncated(content: bytes, share: float = 0.5) -> bytes:
    """The first part of a file, as a broken upload leaves it."""
    return content[: int(len(content) * share)]


def _saved(image: Image.Image, file_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()
