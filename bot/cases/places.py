"""Where a request is, as a place of the city."""

from __future__ import annotations

from bot.city.location import Location, LocationKind, Point
from bot.db.tables import ServiceRequest


def location_of(request: ServiceRequest) -> Location | None:
    """The place as it was filed; None for what happened nowhere."""
    if request.lat is None or request.lon is None:
        return None
    return Location(
        Point(request.lat, request.lon),
        LocationKind(request.location_kind) if request.location_kind else LocationKind.PIN,
        request.address,
        neighborhood=request.neighborhood,
        zip_code=request.zip_code,
        on_border=request.on_border,
    )


def put_at(request: ServiceRequest, location: Location | None) -> None:
    """Put a request where it is; None: it happened nowhere. How its resident named the place stays as they said it."""
    request.address = location.name if location else ""
    request.lat = location.point.lat if location else None
    request.lon = location.point.lon if location else None
    request.location_kind = str(location.kind) if location else None
    request.on_border = location.on_border if location else False
    request.neighborhood = location.neighborhood if location else None
    request.zip_code = location.zip_code if location else None
