"""Slot events of a turn: only what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.reading import Read
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import End
from bot.conversation.intake.turn import Wished
from bot.conversation.questions.detail import Detail
from bot.conversation.stored import as_json


def form_slots(tracker: Tracker, draft: Draft | None, end: End | None) -> list[dict[str, Any]]:
    """The form's slots after a turn. `draft` is always set: the form takes it as proof that it was served."""
    location = draft.location.name if draft and draft.location else None
    changed = {
        "service": draft.service if draft else None,
        "location": location,
        "photos": list(draft.photos) if draft and draft.photos else None,
        "confirmation": {End.CONFIRMED: True, End.DROPPED: False}.get(end) if end else None,
    }
    requested = draft.open.slot if draft and draft.open and end is None else None
    kept = draft if end is not End.DROPPED else None
    return [
        SlotSet("draft", as_json(kept) if kept else None),
        *(SlotSet(name, value) for name, value in changed.items() if tracker.get_slot(name) != value),
        SlotSet("requested_slot", requested),
    ]


def kept_slots(
    tracker: Tracker, read: Read, memory: Memory, *, wants_person: bool = False
) -> list[dict[str, Any]]:
    """Language, memory and what follows from it."""
    if read.turn.taken_over:
        return []
    written = as_json(memory)
    feedback_open = memory.answer_is_open
    events: list[dict[str, Any]] = []
    if read.turn.language != read.language_before:
        events.append(SlotSet("language", read.turn.language))
    if written != (tracker.get_slot("memory") or {}):
        events.append(SlotSet("memory", written))
    if feedback_open != bool(tracker.get_slot("feedback_open")):
        events.append(SlotSet("feedback_open", feedback_open))
    if wants_person and not tracker.get_slot("handover"):
        events.append(SlotSet("handover", True))
    return events


def is_open(draft: Draft | None, end: End | None) -> bool:
    """Whether a report is begun and not sent. One that is confirmed is filed in the same turn."""
    return draft is not None and end is None


def open_question(draft: Draft | None, end: End | None) -> str:
    """The question of the report that is open after the turn, as `turns.open_question` keeps it: "" for none."""
    if draft is None or draft.open is None or not is_open(draft, end):
        return ""
    return f"{draft.open.name}:{draft.open.code}" if isinstance(draft.open, Detail) else draft.open.name


def about_turn(
    read: Read,
    *,
    wants_person: bool = False,
    wished: Wished | None = None,
    report_open: bool | None = None,
    question: str | None = None,
    understood: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What the gateway should know: danger, what is wished of our texts, a switch of language, the wish for a person, a report that began or ended, the
    question of it that is open now ("" for none; None: the turn was about no report), and what the turn was understood as.
    """
    about: dict[str, Any] = {} if question is None else {"open_question": question}
    if understood:
        about["understood"] = dict(understood)
    if read.turn.danger:
        about["danger"] = sorted(read.turn.danger)
    if wished is not None:
        about["wished"] = str(wished)
    if read.turn.taken_over:
        return about
    if read.turn.language != read.language_before or read.turn.first_contact:
        about["language"] = read.turn.language
    if wants_person:
        about["handover"] = True
    if report_open is not None and report_open != is_open(read.draft, None):
        about["report_open"] = report_open
    return about
