"""Where and when a photo was taken, as its camera wrote it."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

# EXIF is written by a thousand programs; whatever is wrong with it must not cost the resident the photo.
_EXIF_ERRORS = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    ZeroDivisionError,
    OverflowError,
    AttributeError,
    OSError,
    SyntaxError,
    EOFError,
    RuntimeError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class Exif:
    """What was read; None for what is missing or makes no sense. Degrees WGS 84, aware UTC."""

    lat: float | None = None
    lon: float | None = None
    taken_at: datetime | None = None


def read_exif(image: Image.Image, *, local_zone: tzinfo | None = None) -> Exif:
    """Position and time; never raises. `local_zone` is taken for cameras that wrote no offset."""
    try:
        exif = image.getexif()
        gps, shot = exif.get_ifd(IFD.GPSInfo), exif.get_ifd(IFD.Exif)
    except _EXIF_ERRORS:
        return Exif()
    lat, lon = _position(gps)
    return Exif(lat, lon, _time_of_gps(gps) or _time_of_camera(shot, local_zone))


def _position(gps: dict[int, Any]) -> tuple[float, float] | tuple[None, None]:
    try:
        lat = _degrees(gps[GPS.GPSLatitude]) * _sign(gps.get(GPS.GPSLatitudeRef), "S")
        lon = _degrees(gps[GPS.GPSLongitude]) * _sign(gps.get(GPS.GPSLongitudeRef), "W")
    except _EXIF_ERRORS:
        return None, None
    sound = math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180
    # Cameras without a fix write zeros: a point in the sea off Ghana.
    if not sound or (lat == 0 and lon == 0):
        return None, None
    return lat, lon


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (*(float(part) for part in parts), 0.0, 0.0)[:3]
    return degrees + minutes / 60 + seconds / 3600


def _sign(reference: Any, negative: str) -> int:
    text = reference.decode("ascii", "replace") if isinstance(reference, bytes) else str(reference or "")
    return -1 if text.strip("\x00 ").upper() == negative else 1


def _time_of_gps(gps: dict[int, Any]) -> datetime | None:
    """The satellites' time is UTC, whatever the camera's clock says."""
    try:
        day = datetime.strptime(_text(gps[GPS.GPSDateStamp]), "%Y:%m:%d").replace(tzinfo=UTC)
        hours, minutes, seconds = (float(part) for part in gps[GPS.GPSTimeStamp])
        return _plausible(day + timedelta(hours=hours, minutes=minutes, seconds=seconds))
    except _EXIF_ERRORS:
        return None


def _time_of_camera(shot: dict[int, Any], local_zone: tzinfo | None) -> datetime | None:
    try:
        local = datetime.strptime(_text(shot[Base.DateTimeOriginal]), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
        zone = _offset(_text(shot.get(Base.OffsetTimeOriginal, ""))) or local_zone
        return _plausible(local.replace(tzinfo=zone).astimezone(UTC)) if zone else None
    except _EXIF_ERRORS:
        return None


def _offset(text: str) -> timezone | None:
    """ "-07:00" as a time zone."""
    if len(text) != 6 or text[0] not in "+-" or text[3] != ":":
        return None
    amount = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return timezone(-amount if text[0] == "-" else amount)


def _plausible(moment: datetime) -> datetime | None:
    return moment if moment.year >= 1990 else None


def _text(value: Any) -> str:
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
    return text.strip("\x00 ")
