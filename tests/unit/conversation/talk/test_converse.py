"""While a report is open: updates, their answers, danger, and what comes too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest, GiveFeedback
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.question import End
from bot.conversation.intake.turn import PinSent, Turn
from bot.conversation.questions.verdict import Verdict
from bot.conversation.talk import Progress, converse

from ..conftest import NOON, a_setting, a_turn, said

FILED = Memory(met=True, filed=Filed("SM-7K3R9P", "graffiti", NOON))
DONE = {
    "reference": "SM-7K3R9P", "service_code": "graffiti", "place": "Main St & Hill St", "status": "resolved",
    "public_text": "Painted over.", "update_id": 1, "photos": [], "resolving": True,
}  # fmt: skip

EMERGENCY = frozenset({"emergency"})


def take(
    draft: Draft | None, turn: Turn, memory: Memory = FILED, event: dict[str, object] | None = None
) -> Progress:
    return converse(draft, memory, a_setting(turn), event)


def an_open_summary() -> Draft:
    draft = take(None, a_turn("pothole at Pico and 4th", service="pothole")).draft
    assert draft is not None
    return draft


@pytest.mark.parametrize(("intent", "verdict"), [("affirm", "fixed"), ("deny", "not_fixed")])
def test_yes_and_no_after_is_it_fixed_are_about_that(intent: str, verdict: str) -> None:
    told = take(an_open_summary(), a_turn(intent="EXTERNAL_request_update", minutes=3), event=DONE)
    words = "yes" if intent == "affirm" else "no"
    progress = take(told.draft, a_turn(words, intent, minutes=4), told.memory)
    assert progress.end is None
    assert [e.verdict for e in progress.effects if isinstance(e, GiveFeedback)] == [verdict]


def test_yes_to_the_summary_sends_it_when_the_update_was_before() -> None:
    old = Verdict("SM-7K3R9P", "graffiti", NOON - timedelta(hours=1))
    progress = take(an_open_summary(), a_turn("yes", "affirm", minutes=1), FILED.with_question(old))
    assert progress.end is End.CONFIRMED


def test_danger_is_answered_whatever_else_the_turn_does() -> None:
    asked = FILED.with_question(Verdict("SM-7K3R9P", "graffiti", NOON))
    turn = a_turn(
        "still not fixed and a man is bleeding", "not_fixed", danger=frozenset({"emergency"}), minutes=1
    )
    assert said(take(an_open_summary(), turn, asked))[0] == "utter_emergency"
    progress = take(
        None, a_turn("now it is on fire", edited=True, danger=frozenset({"emergency"}), minutes=1)
    )
    assert said(progress)[0] == "utter_emergency"
    assert progress.effects == (AddToRequest("SM-7K3R9P", (), "now it is on fire"),)


def test_a_wire_that_is_down_is_a_report_behind_the_danger_and_without_the_usual_days() -> None:
    turn = a_turn("downed wire at Pico and 4th", service="streetlight", danger=EMERGENCY)
    progress = converse(None, Memory(), a_setting(turn), None)
    assert said(progress)[0] == "utter_emergency_besides"  # with what to do about wires
    assert progress.says[0].alone
    assert progress.draft is not None
    assert progress.draft.in_danger
    assert not any(name.startswith("utter_usual") for name in said(progress))


def test_a_person_who_collapsed_is_no_report() -> None:
    turn = a_turn("a man collapsed on the corner", service="homeless", danger=EMERGENCY)
    progress = converse(None, Memory(), a_setting(turn), None)
    assert said(progress) == ["utter_emergency"]
    assert (progress.draft, progress.end) == (None, End.DROPPED)


def test_in_a_report_danger_leaves_the_draft_and_asks_on() -> None:
    draft = an_open_summary()
    progress = take(draft, a_turn("a man just got stabbed", danger=EMERGENCY, minutes=1))
    assert said(progress)[0] == "utter_emergency"
    assert len(said(progress)) == 2
    assert progress.draft == draft


@pytest.mark.parametrize("also", [frozenset(), EMERGENCY])
def test_who_wants_to_die_is_asked_nothing(also: frozenset[str]) -> None:
    draft = an_open_summary()
    progress = take(draft, a_turn("i want to die", "deny", danger=frozenset({"crisis"}) | also, minutes=1))
    assert said(progress) == ["utter_crisis_emergency" if also else "utter_crisis"]
    assert (progress.draft, progress.effects, progress.end) == (draft, (), None)


@pytest.mark.parametrize("danger", [frozenset(), EMERGENCY])
def test_while_a_person_talks_danger_is_answered_and_nothing_else_happens(danger: frozenset[str]) -> None:
    draft = an_open_summary()
    turn = a_turn("yes", "affirm", danger=danger, taken_over=True, minutes=1)
    progress = take(draft, turn)
    assert said(progress) == (["utter_emergency"] if danger else [])
    assert (progress.draft, progress.effects, progress.end) == (draft, (), None)


@pytest.mark.parametrize("taken_over", [False, True])
def test_who_is_listened_to_for_danger_only_is_not_invited_to_report(taken_over: bool) -> None:
    words = "leave me alone, a man collapsed under the broken street light"
    turn = a_turn(words, service="streetlight", danger=EMERGENCY, taken_over=taken_over)
    assert ("utter_report_besides" in said(converse(None, Memory(), a_setting(turn), None))) is not taken_over


def test_a_draft_of_last_week_is_not_asked_about_again() -> None:
    update = {**DONE, "status": "in_progress", "resolving": False}
    later = a_turn(intent="EXTERNAL_request_update", minutes=10 * 24 * 60)
    progress = take(an_open_summary(), later, event=update)
    assert progress.end is End.DROPPED
    assert said(progress) == ["utter_update_in_progress", "utter_public_text"]


def test_a_pin_of_the_map_that_crossed_the_filing_goes_to_the_request() -> None:
    pin = PinSent(34.00962, -118.48727, from_map=True)
    progress = take(None, a_turn(intent="share_location", pin=pin, minutes=1))
    (added,) = progress.effects
    assert isinstance(added, AddToRequest)
    assert (added.reference, added.words) == ("SM-7K3R9P", "Pico Blvd & 4th St")
    assert added.location is not None
    assert (added.location.point.lat, added.location.point.lon) == (pin.lat, pin.lon)
    assert progress.end is End.DROPPED
    shared = take(None, a_turn(intent="share_location", pin=replace(pin, from_map=False), minutes=1))
    assert shared.draft is not None


def test_a_joined_request_is_remembered_by_the_other() -> None:
    asked = FILED.with_question(Verdict("SM-7K3R9P", "graffiti", NOON))
    joined = {**DONE, "status": "closed", "resolving": False, "joined": "SM-2F4H6K"}
    progress = take(an_open_summary(), a_turn(intent="EXTERNAL_request_update", minutes=1), asked, joined)
    assert progress.memory.filed is not None
    assert (progress.memory.filed.reference, progress.memory.agenda) == ("SM-2F4H6K", ())
