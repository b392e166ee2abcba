"""Reading a tracker: the turn, the draft and the memory, as the pure dialogue knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from rasa_sdk import Tracker

from bot.city.current import gazetteer
from bot.conversation.intake.danger import Danger
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.language import conversation_language
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.stars import MOST_STARS
from bot.conversation.intake.turn import (
    Besides,
    Caption,
    Clause,
    Denied,
    Guess,
    PhotoSpot,
    PinSent,
    Problem,
    SideQuestion,
    Turn,
    Wished,
)
from bot.conversation.intake.ways_to_die import asks_for_a_way_to_die
from bot.conversation.stored import from_json
from bot.conversation.stored_before import (
    draft_of_before,
    is_draft_of_before,
    is_memory_of_before,
    memory_of_before,
)
from bot.text.digits import whole_number

_DANGERS = frozenset(Danger)
UPDATE_INTENT = "EXTERNAL_request_update"
_SENDER = "conversation-"


@dataclass(frozen=True, slots=True)
class Read:
    """Everything an action needs to know."""

    turn: Turn
    turn_id: int | None
    draft: Draft | None
    memory: Memory
    language_before: str
    sender: str
    event: Mapping[str, Any] | None = None  # of EXTERNAL_request_update: `metadata.update`

    @property
    def conversation_id(self) -> int:
        """Raises ValueError for a sender that is no conversation of ours."""
        return int(self.sender.removeprefix(_SENDER))


def read(tracker: Tracker) -> Read:
    """Never raises for what a resident sent; a slot that does not parse counts as empty."""
    message: dict[str, Any] = tracker.latest_message or {}
    metadata: dict[str, Any] = message.get("metadata") or {}
    memory = _memory(tracker.get_slot("memory"))
    intent = str((message.get("intent") or {}).get("name") or "")
    words = str(message.get("text") or "")
    text = "" if words.startswith("/") else words
    entities = {str(entity.get("entity")): entity.get("value") for entity in message.get("entities") or ()}
    before = str(tracker.get_slot("language") or "en")
    language = conversation_language(
        before,
        first=not memory.met,
        detected=message.get("language"),
        hint=metadata.get("language_hint"),
        intent=intent,
        text=text,
    )
    turn = Turn(
        message_id=int(metadata.get("message_id") or metadata.get("turn_id") or 0),
        text=text,
        intent=intent,
        at=_time(metadata.get("at")),
        language=language,
        **_understood(message),
        wish=_wish(message.get("wish")),
        photos=tuple(int(photo) for photo in metadata.get("photos") or ()),
        photo_spots=tuple(_spot(spot) for spot in metadata.get("photo_spots") or ()),
        captions=tuple(
            Caption(int(caption["photo"]), str(caption["text"])) for caption in metadata.get("captions") or ()
        ),
        refused=tuple(str(reason) for reason in metadata.get("photos_refused") or ()),
        unseen=tuple(str(kind) for kind in metadata.get("unseen") or ()),
        pin=_pin(metadata.get("pin")),
        rating=_rating(entities.get("rating")),
        choice=str(entities["choice"]) if intent == "choose" and "choice" in entities else None,
        channel=tracker.get_latest_input_channel() or "sms",
        first_contact=not memory.met,
        edited=bool(metadata.get("edited")),
        taken_over=bool(metadata.get("taken_over")),
        before=str(metadata.get("before") or ""),
        about=str(metadata["about"]) if metadata.get("about") else None,
    )
    side = _halves(turn, message.get("side_question"), "asked")
    besides = _halves(turn, message.get("told_besides"), "told")
    denied = _halves(turn, message.get("denied"), "denied")
    turn = replace(
        turn,
        side=SideQuestion(*side) if side else None,
        besides=Besides(*besides) if besides else None,
        denied=Denied(*denied) if denied else None,
    )
    return Read(
        turn=turn,
        turn_id=metadata.get("turn_id"),
        draft=_draft(tracker.get_slot("draft")),
        memory=memory,
        language_before=before,
        sender=tracker.sender_id,
        event=_event(metadata.get("update") or {}, language) if intent == UPDATE_INTENT else None,
    )


def _understood(message: Mapping[str, Any]) -> dict[str, Any]:
    """What the engine makes of words, as fields of a turn."""
    words = str(message.get("text") or "")
    despair = {Danger.CRISIS} if not words.startswith("/") and asks_for_a_way_to_die(words) else set()
    alone = {*(message.get("danger") or ()), *despair}
    return {
        "guesses": tuple(
            Guess(str(guess["code"]), float(guess["confidence"])) for guess in message.get("services") or ()
        ),
        "problems": tuple(
            Problem(str(part["text"]), str(part["service"]), float(part["confidence"]))
            for part in message.get("parts") or ()
        ),
        "replies": _chances(message),
        "clauses": tuple(
            Clause(str(clause.get("text") or ""), _chances(clause)) for clause in message.get("clauses") or ()
        ),
        "questions": tuple(
            Guess(str(guess["code"]), float(guess["confidence"])) for guess in message.get("questions") or ()
        ),
        "danger": frozenset(map(str, {*(message.get("danger_amid", alone) or ()), *despair})) & _DANGERS,
        "danger_alone": frozenset(map(str, alone)) & _DANGERS,
        "vague": bool(message.get("vague")),
    }


def _wish(told: object) -> Wished | None:
    return Wished(told) if isinstance(told, str) and told in set(Wished) else None


def _chances(message: Mapping[str, Any]) -> dict[str, float]:
    return {str(name): float(chance) for name, chance in (message.get("replies") or {}).items()}


def _halves(turn: Turn, halves: Mapping[str, Any] | None, name: str) -> tuple[Turn, Turn] | None:
    """The half of that name and the rest of a turn in two; danger is that of the whole, whichever half tells of it."""
    if not halves or name not in halves or "rest" not in halves:
        return None
    one, rest = (
        replace(
            turn,
            text=str(half.get("text") or ""),
            intent=str((half.get("intent") or {}).get("name") or ""),
            **{
                **_understood(half),
                "danger": turn.danger,
                "danger_alone": turn.danger_alone,
                "clauses": turn.clauses,
            },
        )
        for half in (halves[name], halves["rest"])
    )
    return one, rest


def _event(update: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """An update of a request, with its place told in the resident's language."""
    place = update.get("place")
    return {**update, "place": gazetteer().retold(str(place), language)} if place else update


def _pin(sent: Mapping[str, Any] | None) -> PinSent | None:
    if not sent:
        return None
    return PinSent(float(sent["lat"]), float(sent["lon"]), sent.get("name"), bool(sent.get("map")))


def _time(timestamp: float | None) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC) if timestamp else datetime.now(UTC)


def _spot(spot: Mapping[str, Any]) -> PhotoSpot:
    taken = spot.get("taken_at")
    return PhotoSpot(
        int(spot["photo"]), float(spot["lat"]), float(spot["lon"]), _time(float(taken)) if taken else None
    )


def _rating(value: Any) -> int | None:
    stars = whole_number(str(value))
    return stars if stars is not None and 1 <= stars <= MOST_STARS else None


def _draft(slot: Any) -> Draft | None:
    try:
        if isinstance(slot, dict) and is_draft_of_before(slot):
            return draft_of_before(slot)
        return from_json(Draft, slot) if isinstance(slot, dict) else None
    except (KeyError, TypeError, ValueError):
        return None  # written by something unknown: the resident is asked anew, nothing worse


def _memory(slot: Any) -> Memory:
    try:
        if isinstance(slot, dict) and is_memory_of_before(slot):
            return memory_of_before(slot)
        return from_json(Memory, slot) if isinstance(slot, dict) else Memory()
    except (KeyError, TypeError, ValueError):
        return Memory()
