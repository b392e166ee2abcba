"""Slots written by the release before are understood: nothing that was told is asked again."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from bot.conversation.intake.draft import HalfPlace, HalfService
from bot.conversation.questions.helpful_detail import HelpfulDetail
from bot.conversation.questions.photo_about import PhotoAbout
from bot.conversation.questions.rating import Rating
from bot.conversation.questions.updates_wanted import UpdatesWanted
from bot.conversation.stored import as_json
from bot.conversation.stored_before import (
    draft_of_before,
    is_draft_of_before,
    is_memory_of_before,
    memory_of_before,
)

NOON = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
# As that release wrote them.
DRAFT = json.loads(
    '{"id": 7, "touched": "2026-11-22T20:00:00+00:00", "asking": "detail", "service": "pothole", "place_text": "pico n 4th", '
    '"description": "hole\\ndeep", "misses": 1, "compared": "x", "detail": "lane", "part": 1, "office_told": "pothole", '
    '"photos": [1, 2], "passed": ["lane"], "answers": {"size": "big"}, "location": {"lat": 34.0, "lon": -118.48, '
    '"kind": "intersection", "name": "Pico Blvd & 4th St", "confidence": 0.8, "neighborhood": "Pico"}, "later": [{"message_id": 4, '
    '"text": "graffiti too", "intent": "report", "at": "2026-11-22T20:00:00+00:00", "language": "en", '
    '"guesses": [["graffiti", 1.0]], "problems": [], "vague": false, "photos": [9], "spots": [], "pin": null, "channel": "sms"}]}'
)
HALF = json.loads(
    '{"id": 8, "touched": "2026-11-22T20:00:00+00:00", "asking": "cross_street", "street": "Pico Blvd", '
    '"example": "1801 Pico Blvd", "guesses": ["tree"]}'
)
MEMORY = json.loads(
    '{"met": true, "offered": true, "filed": ["SM-7K3R9P", "pothole", "2026-11-22T20:00:00+00:00"], '
    '"feedback": ["SM-7K3R9P", "pothole", "rating", "2026-11-22T20:00:00+00:00"], "lone": [[7], "SM-7K3R9P", '
    '"2026-11-22T20:00:00+00:00"], "follow_up": ["SM-7K3R9P", "pothole", ["size"], true, "2026-11-22T20:00:00+00:00"]}'
)


def test_what_a_draft_told_is_kept() -> None:
    draft = draft_of_before(DRAFT)
    assert (draft.id, draft.part, draft.touched, draft.open) == (7, 1, NOON, None)
    assert (draft.service, draft.description, draft.photos) == ("pothole", "hole\ndeep", (1, 2))
    assert draft.location is not None
    assert (draft.location.name, draft.location.neighborhood) == ("Pico Blvd & 4th St", "Pico")
    assert (draft.answers, draft.passed) == ((("size", "big"),), ("lane",))
    assert [(later.text, later.photos) for later in draft.later] == [("graffiti too", (9,))]


def test_what_the_words_left_open_stays_open() -> None:
    draft = draft_of_before(HALF)
    assert draft.half_service == HalfService(("tree",))
    assert draft.half_place == HalfPlace(street="Pico Blvd", example="1801 Pico Blvd")


def test_every_open_question_of_a_memory_is_kept() -> None:
    memory = memory_of_before(MEMORY)
    assert memory.filed is not None
    assert memory.filed.reference == "SM-7K3R9P"
    assert set(map(type, memory.agenda)) == {Rating, HelpfulDetail, UpdatesWanted, PhotoAbout}
    detail = memory.asking(HelpfulDetail, NOON)
    assert detail is not None
    assert (detail.left, detail.asked) == (("size",), True)


def test_slots_of_today_are_not_taken_for_older_ones() -> None:
    assert is_draft_of_before(DRAFT)
    assert not is_draft_of_before(as_json(draft_of_before(DRAFT)))
    assert is_memory_of_before(MEMORY)
    assert not is_memory_of_before(as_json(memory_of_before(MEMORY)))
    assert not is_memory_of_before({"met": True})
