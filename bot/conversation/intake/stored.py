"""The draft as JSON for its slot, and back: `as_json` and `draft_from_json` are inverse."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.city.location import Location, LocationKind, Point
from bot.conversation.intake.draft import Asking, Draft, Similar
from bot.conversation.intake.turn import Guess, PhotoSpot, PinSent, Problem, Turn

_PLAIN = (
    "service", "place_text", "description", "group", "street", "example", "misses", "unclear", "placeless",
    "spot_declined", "compared", "detail", "part", "unclear_detail", "office_told",
)  # fmt: skip
_LISTS = ("photos", "guesses", "passed")


def as_json(draft: Draft) -> dict[str, Any]:
    """Only what is set, so that the slot stays small."""
    data: dict[str, Any] = {
        "id": draft.id,
        "touched": draft.touched.isoformat(),
        "asking": str(draft.asking),
    }
    data |= {name: value for name in _PLAIN if (value := getattr(draft, name))}
    data |= {name: list(value) for name in _LISTS if (value := getattr(draft, name))}
    if draft.answers:
        data["answers"] = dict(draft.answers)
    for name in ("location", "spot"):
        if place := getattr(draft, name):
            data[name] = location_as_json(place)
    if draft.similar:
        data["similar"] = _similar_as_json(draft.similar)
    if draft.later:
        data["later"] = [_turn_as_json(turn) for turn in draft.later]
    if draft.places:
        data["places"] = [location_as_json(place) for place in draft.places]
    if draft.held:
        data["held"] = _turn_as_json(draft.held)
    return data


def draft_from_json(data: Mapping[str, Any]) -> Draft:
    """Raises `KeyError` or `ValueError` when the slot holds something else."""
    location, spot, held = data.get("location"), data.get("spot"), data.get("held")
    similar = data.get("similar")
    return Draft(
        id=int(data["id"]),
        part=data.get("part", 0),
        touched=datetime.fromisoformat(data["touched"]),
        asking=Asking(data["asking"]),
        service=data.get("service"),
        location=location_from_json(location) if location else None,
        place_text=data.get("place_text", ""),
        description=data.get("description", ""),
        photos=tuple(data.get("photos", ())),
        guesses=tuple(data.get("guesses", ())),
        group=data.get("group"),
        places=tuple(location_from_json(place) for place in data.get("places", ())),
        street=data.get("street"),
        example=data.get("example", ""),
        placeless=data.get("placeless", False),
        misses=data.get("misses", 0),
        unclear=data.get("unclear", 0),
        held=_turn_from_json(held) if held else None,
        # "second": as the release before kept it.
        later=tuple(
            _turn_from_json(turn) for turn in data.get("later") or filter(None, [data.get("second")])
        ),
        spot=location_from_json(spot) if spot else None,
        spot_declined=data.get("spot_declined", False),
        similar=_similar_from_json(similar) if similar else None,
        compared=data.get("compared", ""),
        answers=tuple(data.get("answers", {}).items()),
        detail=data.get("detail"),
        office_told=data.get("office_told", ""),
        unclear_detail=data.get("unclear_detail", False),
        passed=tuple(data.get("passed", ())),
    )


def _similar_as_json(similar: Similar) -> list[Any]:
    reported = similar.reported.astimezone(UTC).isoformat()
    return [similar.reference, similar.status, similar.place, reported, similar.metres, similar.own]


def _similar_from_json(data: list[Any]) -> Similar:
    reference, status, place, reported, metres, own = data
    return Similar(reference, status, place, datetime.fromisoformat(reported), metres, own)


def location_as_json(location: Location) -> dict[str, Any]:
    data: dict[str, Any] = {
        "lat": location.point.lat,
        "lon": location.point.lon,
        "kind": str(location.kind),
        "name": location.name,
        "confidence": location.confidence,
    }
    if not location.inside:
        data["inside"] = False
    if location.on_border:
        data["on_border"] = True
    if location.neighborhood:
        data["neighborhood"] = location.neighborhood
    if location.zip_code:
        data["zip_code"] = location.zip_code
    return data


def location_from_json(data: Mapping[str, Any]) -> Location:
    return Location(
        point=Point(data["lat"], data["lon"]),
        kind=LocationKind(data["kind"]),
        name=data["name"],
        confidence=data.get("confidence", 1.0),
        inside=data.get("inside", True),
        on_border=data.get("on_border", False),
        neighborhood=data.get("neighborhood"),
        zip_code=data.get("zip_code"),
    )


def _turn_as_json(turn: Turn) -> dict[str, Any]:
    pin = turn.pin
    return {
        "message_id": turn.message_id,
        "text": turn.text,
        "intent": turn.intent,
        "at": turn.at.astimezone(UTC).isoformat(),
        "language": turn.language,
        "guesses": [[guess.code, guess.confidence] for guess in turn.guesses],
        "problems": [[problem.text, problem.service, problem.confidence] for problem in turn.problems],
        "vague": turn.vague,
        "photos": list(turn.photos),
        "spots": [_spot_as_json(spot) for spot in turn.photo_spots],
        "pin": [pin.lat, pin.lon, pin.name, pin.from_map] if pin else None,
        "channel": turn.channel,
    }


def _turn_from_json(data: Mapping[str, Any]) -> Turn:
    return Turn(
        message_id=data["message_id"],
        text=data["text"],
        intent=data["intent"],
        at=datetime.fromisoformat(data["at"]),
        language=data["language"],
        guesses=tuple(Guess(code, confidence) for code, confidence in data["guesses"]),
        problems=tuple(Problem(*problem) for problem in data.get("problems", ())),
        vague=data["vague"],
        photos=tuple(data["photos"]),
        photo_spots=tuple(_spot_from_json(spot) for spot in data.get("spots", ())),
        pin=PinSent(*data["pin"]) if data["pin"] else None,
        channel=data["channel"],
    )


def _spot_as_json(spot: PhotoSpot) -> list[Any]:
    taken = spot.taken_at.astimezone(UTC).isoformat() if spot.taken_at else None
    return [spot.photo_id, spot.lat, spot.lon, taken]


def _spot_from_json(data: list[Any]) -> PhotoSpot:
    photo_id, lat, lon, taken = data
    return PhotoSpot(photo_id, lat, lon, datetime.fromisoformat(taken) if taken else None)
