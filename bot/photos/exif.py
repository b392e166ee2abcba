"""How a photo was held, and where and when it was taken, as its camera wrote it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from PIL.ExifTags import GPS, IFD, Base

from bot.photos.tags import Tags

UPRIGHT = 1  # the orientation of a photo that is not to be turned


@dataclass(frozen=True, slots=True)
class Exif:
    """What was read; None for what is missing or makes no sense. Degrees WGS 84, aware UTC."""

    orientation: int = UPRIGHT  # 1 to 8, as EXIF counts them
    lat: float | None = None
    lon: float | None = None
    taken_at: datetime | None = None


def read_exif(data: bytes, *, local_zone: tzinfo | None = None) -> Exif:
    """What EXIF data tells; never raises. `local_zone` is taken for cameras that wrote no offset."""
    main = Tags(data)
    gps, shot = main.directory(IFD.GPSInfo), main.directory(IFD.Exif)
    lat, lon = _position(gps)
    return Exif(_orientation(main), lat, lon, _time_of_gps(gps) or _time_of_camera(shot, local_zone))


_XMP_ORIENTATION = re.compile(rb"tiff:Orientation(?:=\"|>)([1-8])")


def orientation_of_xmp(packet: bytes) -> int:
    """How the photo was held, as XMP says it: for programs that write no EXIF."""
    found = _XMP_ORIENTATION.search(packet)
    return int(found[1]) if found else UPRIGHT


def _orientation(main: Tags) -> int:
    value = main.numbers(Base.Orientation)[:1]
    return int(value[0]) if value and value[0] in range(1, 9) else UPRIGHT


def _position(gps: Tags) -> tuple[float, float] | tuple[None, None]:
    lat, lon = _degrees(gps, GPS.GPSLatitude), _degrees(gps, GPS.GPSLongitude)
    north_south, east_west = gps.text(GPS.GPSLatitudeRef).upper(), gps.text(GPS.GPSLongitudeRef).upper()
    # Without the letter, or with one of the wrong type, nobody knows on which side of the world it was.
    if lat is None or lon is None or not north_south or not east_west:
        return None, None
    lat *= -1 if north_south == "S" else 1
    lon *= -1 if east_west == "W" else 1
    sound = math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180
    # Cameras without a fix write zeros: a point in the sea off Ghana.
    if not sound or (lat == 0 and lon == 0):
        return None, None
    return lat, lon


def _degrees(gps: Tags, tag: int) -> float | None:
    parts = gps.numbers(tag)
    if not parts:
        return None
    degrees, minutes, seconds = (*parts, 0.0, 0.0)[:3]
    return degrees + minutes / 60 + seconds / 3600


def _time_of_gps(gps: Tags) -> datetime | None:
    """The satellites' time is UTC, whatever the camera's clock says."""
    clock = gps.numbers(GPS.GPSTimeStamp)
    try:
        day = datetime.strptime(gps.text(GPS.GPSDateStamp), "%Y:%m:%d").replace(tzinfo=UTC)
        hours, minutes, seconds = clock
        return _plausible(day + timedelta(hours=hours, minutes=minutes, seconds=seconds))
    except (ValueError, OverflowError):
        return None


def _time_of_camera(shot: Tags, local_zone: tzinfo | None) -> datetime | None:
    try:
        local = datetime.strptime(shot.text(Base.DateTimeOriginal), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
        zone = _offset(shot.text(Base.OffsetTimeOriginal)) or local_zone
        return _plausible(local.replace(tzinfo=zone).astimezone(UTC)) if zone else None
    except (ValueError, OverflowError):
        return None


def _offset(text: str) -> timezone | None:
    """ "-07:00" as a time zone."""
    if not re.fullmatch(r"[+-][0-9]{2}:[0-9]{2}", text):
        return None
    amount = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    if amount >= timedelta(hours=24):
        return None
    return timezone(-amount if text[0] == "-" else amount)


def _plausible(moment: datetime) -> datetime | None:
    return moment if moment.year >= 1990 else None
