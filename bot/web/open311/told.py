"""A request and its moves as fields of the protocol. Nothing is told here that `bot.cases.published` does not give."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from bot.cases.public_links import public_url
from bot.cases.published import PublicMove, Published
from bot.cases.status import ACTIVE, FINISHED, Status
from bot.city.current import city
from bot.settings import settings
from bot.web.open311.formats import ENDPOINT, w3
from bot.web.open311.places import place_of
from bot.web.public_words import PublicWords


def request_fields(one: Published, language: str, now: datetime, *, extended: bool) -> dict[str, Any]:
    """One request. May read the city's pack: not for an event loop."""
    place, words = place_of(one, language), PublicWords(one.view, language, now)
    photos = [photo_url(one.reference, one.id, photo.photo_id, exact=one.exact) for photo in one.view.photos]
    fields: dict[str, Any] = {
        "service_request_id": one.reference,
        "status": open_or_closed(one.view.status),
        "status_notes": one.view.latest.text if one.view.latest else words.standing().words,
        "service_name": words.service(),
        "service_code": one.service_code,
        "description": one.words or None,
        "agency_responsible": one.view.referred_to or city().names[language],
        "service_notice": None,
        "requested_datetime": w3(one.view.received_at),
        "updated_datetime": w3(one.updated_at),
        "expected_datetime": _expected(one),
        "address": place.address or None,
        "address_id": None,
        "zipcode": one.zip_code,
        "lat": round(place.point.lat, 6) if place.point else None,
        "long": round(place.point.lon, 6) if place.point else None,
        "media_url": photos[0] if photos else None,
    }
    return fields | _extensions(one, photos) if extended else fields


def _extensions(one: Published, photos: list[str]) -> dict[str, Any]:
    """What others add with `extensions=true`: https://wiki.open311.org/GeoReport_v2/Extensions/."""
    return {
        "extended_attributes": {
            "status": one.view.status,
            "resolution": one.view.resolution,
            "neighborhood": one.neighborhood,
            # Its link is the key to the house: only for who knows it.
            "page_url": public_url(one.id) if one.exact else None,
            "photos": [
                {
                    "media_url": url,
                    "title": "work" if photo.of_work else "report",
                    "created_at": w3(photo.at),
                }
                for url, photo in zip(photos, one.view.photos, strict=True)
            ],
        },
        "notes": [
            {"datetime": w3(move.at), "description": move.text, "type": move.resolution or move.status}
            for move in one.moves
        ],
    }


def update_fields(move: PublicMove) -> dict[str, Any]:
    """One move of a request, as FixMyStreet reads updates; `external_status_code` tells more than open and closed do."""
    photos = [photo_url(move.reference, move.request_id, photo, exact=move.exact) for photo in move.photo_ids]
    return {
        "update_id": move.update_id,
        "service_request_id": move.reference,
        "status": open_or_closed(move.status),
        "external_status_code": move.resolution or move.status,
        "updated_datetime": w3(move.at),
        "description": move.text,
        "media_url": photos[0] if photos else None,
    }


def open_or_closed(status: Status) -> str:
    return "closed" if status in FINISHED else "open"


def photo_url(reference: str, request_id: int, photo_id: int, *, exact: bool) -> str:
    """The address of a photo that is shown: each time it is asked for, it is asked again whether it is.

    Who knows the house has that of the public page; everybody else one that leads nowhere else.
    """
    if exact:
        return f"{public_url(request_id)}/photos/{photo_id}"
    return f"{settings().base_url}{ENDPOINT}/requests/{reference}/photos/{photo_id}.jpg"


def _expected(one: Published) -> str | None:
    """The end, in the city, of the day by which it is promised."""
    if one.view.due_on is None or one.view.status not in ACTIVE:
        return None
    return w3(datetime.combine(one.view.due_on, time(23, 59, 59), city().time_zone))
