"""The position that a map link holds: Google, Apple, OpenStreetMap and others, and `geo:` (RFC 5870)."""

from __future__ import annotations

import re

DECIMAL = r"[-+]?\d{1,3}\.\d{3,}"
_COMMA = r"(?:,|%2C)(?:\+|%20)*"
LINK_POSITIONS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"!3d({DECIMAL})!4d({DECIMAL})",  # a place on Google Maps; the @ before it is only the view
        rf"[?&](?:ll|q|query|coordinate|destination|daddr|center|sll|loc|cbll|point)=(?:loc:)?(?:\(|%28)?({DECIMAL}){_COMMA}({DECIMAL})",
        rf"mlat=({DECIMAL})&mlon=({DECIMAL})",
        rf"/(?:place|search|dir)/(?:[^/@]*/)?({DECIMAL}){_COMMA}({DECIMAL})",
        rf"@({DECIMAL}),({DECIMAL})",
        rf"#map=\d+/({DECIMAL})/({DECIMAL})",
        rf"^geo:({DECIMAL}),({DECIMAL})",
    )
)


def position_in_link(link: str) -> tuple[float, float] | None:
    """Latitude and longitude of a link in degrees, as they stand there; None without any in the world."""
    for pattern in LINK_POSITIONS:
        if match := pattern.search(link):
            return in_the_world(float(match[1]), float(match[2]))
    return None


def in_the_world(lat: float, lon: float) -> tuple[float, float] | None:
    """The pair, turned round where only that makes sense; None for no place at all, null island included."""
    if abs(lat) > 90 and abs(lon) <= 90:
        lat, lon = lon, lat
    if abs(lat) > 90 or abs(lon) > 180 or (abs(lat) < 0.01 and abs(lon) < 0.01):
        return None
    return lat, lon
