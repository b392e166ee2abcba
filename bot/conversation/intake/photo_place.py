"""Where a photo was taken: offered as the place of the report, never taken for it unasked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bot.city.geometry import distance_between
from bot.city.location import Location, Point
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import PhotoSpot

NULL_ISLAND = 1.0  # degrees around 0, 0: what a phone writes that knows nothing
CLOCK = timedelta(days=1)  # by how much a phone's clock may be ahead
TOGETHER = 150.0  # metres: photos farther apart are not of one thing
AGREES = 120.0  # metres between a photo and a candidate of the words


def with_spot(draft: Draft, setting: Setting) -> Draft:
    """The draft with the position of the turn's photos, where it lies in the city and they agree."""
    if draft.spot_declined or draft.location is not None:
        return draft
    points = [Point(spot.lat, spot.lon) for spot in setting.turn.photo_spots if _credible(spot, setting)]
    if not points:
        return draft
    first = points[0]
    if any(distance_between(first, other) > TOGETHER for other in points[1:]):
        return draft
    spot = setting.places.reverse(first, setting.language)
    return replace(draft, spot=spot) if spot.inside else draft


def _credible(spot: PhotoSpot, setting: Setting) -> bool:
    if abs(spot.lat) < NULL_ISLAND and abs(spot.lon) < NULL_ISLAND:
        return False
    return spot.taken_at is None or spot.taken_at <= setting.turn.at + CLOCK


def offered_place(draft: Draft) -> Location | None:
    """The place to offer: the photo's, or the candidate of the words that it speaks for. None when they disagree."""
    spot = draft.spot
    if spot is None or draft.spot_declined:
        return None
    left = draft.half_place
    if left is None or not (left.places or left.street):
        return spot
    if left.street:
        return spot if re.search(rf"(?<!\w){re.escape(left.street)}(?!\w)", spot.name) else None
    nearest = min(left.places, key=lambda place: distance_between(place.point, spot.point))
    return nearest if distance_between(nearest.point, spot.point) <= AGREES else None


def accepted(draft: Draft) -> Draft:
    """The draft at the place that was offered."""
    place = offered_place(draft)
    if place is None:
        return declined(draft)
    return replace(draft, location=place, half_place=None, misses=0, spot=None, spot_declined=True)


def declined(draft: Draft) -> Draft:
    return replace(draft, spot=None, spot_declined=True)
