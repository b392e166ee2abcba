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
