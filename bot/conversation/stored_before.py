"""Slots as the release before wrote them: an upgrade in the middle of a conversation loses nothing that was told.

Of a draft the facts are kept, and what it lacks is asked anew. Can go with the release after next: drafts live 48 hours, questions
about finished work 14 days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.city.location import Location, LocationKind, Point
from bot.conversation.intake.draft import Draft, HalfPlace, HalfService
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.question import FiledQuestion
from bot.conversation.intake.turn import Guess, Turn
from bot.conversation.questions.helpful_detail import HelpfulDetail
from bot.conversation.questions.photo_about import PhotoAbout
from bot.conversation.questions.rating import Rating
from bot.conversation.questions.reopened import Reopened
from bot.conversation.questions.updates_wanted import UpdatesWanted
from bot.conversation.questions.verdict import Verdict

_AWAITING = {"verdict": Verdict, "rating": Rating, "comment": Reopened}
_PLAIN = (
    "part",
    "service",
    "place_text",
    "placeless",
    "description",
    "misses",
    "unclear",
    "office_told",
    "spot_declined",
)


def is_draft_of_before(data: Mapping[str, Any]) -> bool:
    return "asking" in data


def draft_of_before(data: Mapping[str, Any]) -> Draft:
    """Raises `KeyError`, `ValueError` or `TypeError` when the slot holds something else."""
    codes, group = tuple(data.get("guesses", ())), data.get("group")
    places, street = tuple(_location(one) for one in data.get("places", ())), data.get("street")
    return Draft(
        id=int(data["id"]),
        touched=datetime.fromisoformat(data["touched"]),
        half_service=HalfService(codes, group) if codes or group else None,
        location=_location(data["location"]) if data.get("location") else None,
        half_place=HalfPlace(places, street, data.get("example", "")) if places or street else None,
        photos=tuple(data.get("photos", ())),
        spot=_location(data["spot"]) if data.get("spot") else None,
        answers=tuple(data.get("answers", {}).items()),
        passed=tuple(data.get("passed", ())),
        later=tuple(_turn(one) for one in data.get("later", ())),
        **{name: data[name] for name in _PLAIN if name in data},
    )


def is_memory_of_before(data: Mapping[str, Any]) -> bool:
    return isinstance(data.get("filed"), list) or bool(
        {"feedback", "follow_up", "offered", "lone"} & data.keys()
    )


def memory_of_before(data: Mapping[str, Any]) -> Memory:
    """Raises `KeyError`, `ValueError` or `TypeError` when the slot holds something else."""
    filed = None
    if data.get("filed"):
        reference, service, at = data["filed"]
        filed = Filed(reference, service, datetime.fromisoformat(at))
    memory = Memory(bool(data.get("met")), filed, data.get("updates"), bool(data.get("calmed")))
    for question in _questions(data, filed):
        memory = memory.with_question(question)
    return memory


def _questions(data: Mapping[str, Any], filed: Filed | None) -> list[FiledQuestion]:
    found: list[FiledQuestion] = []
    if data.get("feedback"):
        reference, service, awaiting, at = data["feedback"]
        found.append(_AWAITING[awaiting](reference, service, datetime.fromisoformat(at)))
    if data.get("follow_up"):
        reference, service, left, asked, at = data["follow_up"]
        found.append(HelpfulDetail(reference, service, datetime.fromisoformat(at), tuple(left), asked))
    if data.get("offered") and filed is not None:
        found.append(UpdatesWanted(filed.reference, filed.service, filed.at))
    if data.get("lone"):
        photos, reference, at = data["lone"]
        found.append(PhotoAbout(reference, "", datetime.fromisoformat(at), tuple(photos)))
    return found


def _location(data: Mapping[str, Any]) -> Location:
    rest = {name: data[name] for name in ("inside", "on_border", "neighborhood", "zip_code") if name in data}
    point, kind = Point(data["lat"], data["lon"]), LocationKind(data["kind"])
    return Location(point, kind, data["name"], data.get("confidence", 1.0), **rest)


def _turn(data: Mapping[str, Any]) -> Turn:
    return Turn(
        message_id=data["message_id"],
        text=data["text"],
        intent=data["intent"],
        at=datetime.fromisoformat(data["at"]),
        language=data["language"],
        guesses=tuple(Guess(code, confidence) for code, confidence in data["guesses"]),
        photos=tuple(data["photos"]),
        channel=data["channel"],
    )
