"""What a conversation keeps between turns: drafts and memories with any question, as JSON and back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.city.location import Location, LocationKind, Point
from bot.conversation.intake.draft import Draft, HalfPlace, HalfService
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.question import FiledQuestion, Question, ReportQuestion
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
from bot.conversation.questions import QUESTIONS
from bot.conversation.questions.verdict import Verdict
from bot.conversation.questions.what import What
from bot.conversation.stored import as_json, from_json

from .conftest import NOON, a_filed_question, a_report_question

PICO = Location(
    Point(34.0, -118.48), LocationKind.INTERSECTION, "Pico Blvd & 4th St", 0.8, neighborhood="Pico"
)
BORDER = Location(
    Point(34.1, -118.4), LocationKind.PIN, "Ñandú", inside=False, on_border=True, zip_code="90401"
)
ASKED = Turn(message_id=4, text="who reads this?", intent="ask_city", at=NOON)
FULL_TURN = Turn(
    message_id=4, text="graffiti too, ñandú 🔥", intent="report", at=NOON, language="es",
    guesses=(Guess("graffiti", 0.9), Guess("tree", 0.1)), problems=(Problem("graffiti", "graffiti", 0.9),),
    replies={"add": 0.75, "yes": 0.25}, clauses=(Clause("tuesdays", {"tell": 0.5}),), questions=(Guess("trash_day", 0.5),),
    danger=frozenset({"emergency"}), danger_alone=frozenset({"crisis"}), wish=Wished.STOP, vague=True, photos=(1, 2),
    photo_spots=(PhotoSpot(1, 34.0, -118.4, NOON), PhotoSpot(2, 34.0, -118.4)), captions=(Caption(1, "graffiti"),),
    refused=("too_large",), unseen=("video",), pin=PinSent(34.0, -118.4, "home", from_map=True), rating=3,
    choice="menu", channel="telegram", first_contact=True, edited=True, taken_over=True, before="graffitti", about="SM-7K3R9P", whole="graffitti. who cleans it?",
    side=SideQuestion(ASKED, replace(ASKED, text="graffiti", intent="report")), besides=Besides(ASKED, ASKED), denied=Denied(ASKED, ASKED), aside=ASKED,
)  # fmt: skip
FULL_DRAFT = Draft(
    id=7, touched=NOON, part=2, service="pothole", half_service=HalfService(("tree", "park"), "streets"), location=PICO,
    half_place=HalfPlace((PICO, BORDER), "Pico Blvd", "Pico Blvd & Main St", 2318, 1), place_text="by the zoo", placeless=True,
    description="hole\ndeep", photos=(1, 2), spot=BORDER, spot_declined=True, answers=(("size", "big"), ("lane", "1")),
    passed=("days",), misses=2, unclear=1, compared="pothole@34,-118", warned="pothole", office_told="pothole", heard=(Guess("pothole", 0.7),),
    refused=("park",), later=(FULL_TURN,), urgent=True, in_danger=True, alert=7, alerted="pothole@34,-118",
)  # fmt: skip
FILED = Memory(
    met=True,
    filed=Filed("SM-7K3R9P", "pothole", NOON),
    updates=False,
    calmed=True,
    asked_last="utter_x",
    times_asked=2,
    talked=NOON,
)


def kept(value: Draft | Memory) -> Draft | Memory:
    """As it comes back from the tracker, which knows JSON and nothing else."""
    return from_json(type(value), json.loads(json.dumps(as_json(value))))


def named(kind: type[Question]) -> list[str]:
    return sorted(name for name, one in QUESTIONS.items() if issubclass(one, kind))


def test_every_question_is_one_of_a_report_or_of_a_request() -> None:
    assert set(named(ReportQuestion)) | set(named(FiledQuestion)) == set(QUESTIONS)
    assert all(type(a_report_question(name)) is QUESTIONS[name] for name in named(ReportQuestion))
    assert all(type(a_filed_question(name)) is QUESTIONS[name] for name in named(FiledQuestion))


@pytest.mark.parametrize("draft", [Draft(1, NOON), FULL_DRAFT], ids=["empty", "full"])
@pytest.mark.parametrize("name", named(ReportQuestion))
def test_a_draft_survives_its_slot_whatever_is_asked(draft: Draft, name: str) -> None:
    asked = replace(draft, open=a_report_question(name))
    assert kept(asked) == asked
    assert kept(draft) == draft


@pytest.mark.parametrize("name", named(FiledQuestion))
def test_a_memory_survives_its_slot_whatever_is_asked(name: str) -> None:
    for memory in (Memory(), FILED):
        asked = memory.with_question(a_filed_question(name))
        assert kept(asked) == asked
        assert kept(memory) == memory
    back = kept(FILED)
    assert isinstance(back, Memory)
    assert back.talked == FILED.talked  # which two memories are not compared by


def test_a_memory_keeps_questions_of_several_topics_in_their_order() -> None:
    memory = FILED
    for name in named(FiledQuestion):
        memory = memory.with_question(a_filed_question(name))
    assert len(memory.agenda) > 1
    assert kept(memory) == memory


def test_each_part_of_a_draft_is_kept() -> None:
    """So that a field added tomorrow is kept, too, the full draft and turn above set every one."""
    for value in (FULL_DRAFT, FULL_TURN):
        unset = set(value.__dataclass_fields__) - set(as_json(value)) - {"open"}
        assert not unset


def test_only_what_is_set_is_written() -> None:
    assert as_json(Memory()) == {}
    assert set(as_json(Draft(1, NOON, open=What()))) == {"id", "touched", "open"}
    assert as_json(What()) == {"question": "what"}


@pytest.mark.parametrize(
    "slot",
    [
        {"id": "x"},
        {"id": 1},
        {"id": 1, "touched": "never"},
        {"id": 1, "touched": NOON.isoformat(), "asking": "confirm"},
        {"id": 1, "touched": NOON.isoformat(), "of_tomorrow": 1},
        {"id": 1, "touched": NOON.isoformat(), "open": {}},
        {"id": 1, "touched": NOON.isoformat(), "open": {"question": "of_tomorrow"}},
        {"id": 1, "touched": NOON.isoformat(), "open": {"question": []}},
        {"id": 1, "touched": NOON.isoformat(), "open": {"question": "detail"}},
        {"id": 1, "touched": NOON.isoformat(), "open": {"question": "detail", "code": "x", "other": 1}},
        {"id": 1, "touched": NOON.isoformat(), "open": ["what"]},
        {"id": 1, "touched": NOON.isoformat(), "open": "what"},
        {"id": 1, "touched": NOON.isoformat(), "open": 0},
        {"id": 1, "touched": NOON.isoformat(), "later": [5]},
        {"id": 1, "touched": NOON.isoformat(), "later": 5},
        {"id": 1, "touched": NOON.isoformat(), "later": [["graffiti too", "report"]]},
        {"id": 1, "touched": NOON.isoformat(), "location": [34.0, -118.0]},
        {"id": 1, "touched": NOON.isoformat(), "location": {"lat": 34.0, "lon": -118.0, "name": "x"}},
        {"id": 1, "touched": NOON.isoformat(), "photos": "many"},
        {"id": 1, "touched": NOON.isoformat(), "answers": {"size": "big"}},
    ],
    ids=lambda slot: str(slot)[-40:],
)
def test_a_draft_written_by_something_else_is_refused(slot: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_json(Draft, slot)


@pytest.mark.parametrize(
    "slot",
    [
        {"met": "perhaps"},
        {"met": True, "filed": ["SM-7K3R9P", "pothole", NOON.isoformat()]},
        {"met": True, "feedback": ["SM-7K3R9P", "pothole", "verdict", NOON.isoformat()]},
        {"offered": True},
        {"agenda": [{}]},
        {"agenda": [7]},
        {"agenda": ["verdict"]},
        {"agenda": {"question": "verdict"}},
        {"agenda": [{"question": "verdict", "reference": "SM-7K3R9P"}]},
        {"agenda": [{"question": "what"}]},
    ],
    ids=lambda slot: str(slot)[-40:],
)
def test_a_memory_written_by_something_else_is_refused(slot: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_json(Memory, slot)


def test_a_question_of_a_request_is_none_of_a_report() -> None:
    verdict = as_json(Verdict("SM-7K3R9P", "pothole", NOON - timedelta(days=1)))
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_json(Draft, {"id": 1, "touched": NOON.isoformat(), "open": verdict})
