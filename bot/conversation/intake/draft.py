"""The draft of a report: everything the resident told us so far and what we asked last.

It lives in one slot of the tracker as JSON; `as_json` and `draft_from_json` are inverse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.city.location import Location, LocationKind, Point
from bot.conversation.intake.turn import Guess, PinSent, Say, Turn

MAX_PHOTOS = 10
KEPT_FOR = timedelta(hours=48)
# A pause after which "hi" or a new report may mean something else: ask before going on.
RESUME_AFTER = timedelta(hours=2)
MAX_DESCRIPTION = 2000  # characters


class Asking(StrEnum):
    """The question that is open."""

    WHAT = "what"  # in the resident's own words
    WHICH_SERVICE = "which_service"  # one of the best guesses
    GROUP = "group"
    SERVICE = "service"  # of the group in `group`
    WHERE = "where"
    WHICH_PLACE = "which_place"  # one of `places`
    CROSS_STREET = "cross_street"  # of the street in `street`
    CONFIRM = "confirm"
    CHANGE = "change"  # what to change
    RESUME = "resume"  # go on with this draft after a pause, or begin anew


class End(StrEnum):
    """How a draft ended."""

    CONFIRMED = "confirmed"  # to be filed
    DROPPED = "dropped"  # the resident gave it up


@dataclass(frozen=True, slots=True)
class Draft:
    """One report in the making."""

    id: int  # id of the message that began it: the idempotency key of its filing
    touched: datetime  # aware UTC
    asking: Asking = Asking.WHAT
    service: str | None = None
    location: Location | None = None
    place_text: str = ""  # the resident's words for where
    description: str = ""  # the resident's words for what, a line a message
    photos: tuple[int, ...] = ()
    guesses: tuple[str, ...] = ()  # WHICH_SERVICE: codes on offer
    group: str | None = None  # SERVICE: the group opened
    places: tuple[Location, ...] = ()  # WHICH_PLACE: candidates on offer
    street: str | None = None  # CROSS_STREET
    example: str = ""  # CROSS_STREET: a real place on that street, to show what to answer
    placeless: bool = False  # the resident skipped the place where that is allowed
    misses: int = 0  # answers to "where?" that we could not place
    unclear: int = 0  # answers to "what?" that we did not understand
    held: Turn | None = None  # RESUME: what the resident wrote after the pause
    second: Turn | None = None  # the second problem of the same message, reported after this one

    def expired(self, now: datetime) -> bool:
        return now - self.touched > KEPT_FOR


def as_json(draft: Draft) -> dict[str, Any]:
    """Only what is set, so that the slot stays small."""
    data: dict[str, Any] = {
        "id": draft.id,
        "touched": draft.touched.isoformat(),
        "asking": str(draft.asking),
    }
    for name in ("service", "place_text", "description", "group", "street", "example", "misses", "unclear"):
        if value := getattr(draft, name):
            data[name] = value
    if draft.placeless:
        data["placeless"] = True
    if draft.second:
        data["second"] = _turn_as_json(draft.second)
    for name in ("photos", "guesses"):
        if value := getattr(draft, name):
            data[name] = list(value)
    if draft.location:
        data["location"] = location_as_json(draft.location)
    if draft.places:
        data["places"] = [location_as_json(place) for place in draft.places]
    if draft.held:
        data["held"] = _turn_as_json(draft.held)
    return data


def draft_from_json(data: Mapping[str, Any]) -> Draft:
    """Raises `KeyError` or `ValueError` when the slot holds something else."""
    location = data.get("location")
    held, second = data.get("held"), data.get("second")
    return Draft(
        id=int(data["id"]),
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
        second=_turn_from_json(second) if second else None,
    )


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
        "vague": turn.vague,
        "photos": list(turn.photos),
        "pin": [pin.lat, pin.lon, pin.name] if pin else None,
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
        vague=data["vague"],
        photos=tuple(data["photos"]),
        pin=PinSent(*data["pin"]) if data["pin"] else None,
        channel=data["channel"],
    )


@dataclass(frozen=True, slots=True)
class Step:
    """What one turn did to the draft, and what to say."""

    draft: Draft | None
    says: tuple[Say, ...] = ()
    end: End | None = None
