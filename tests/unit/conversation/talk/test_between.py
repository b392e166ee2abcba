"""Between reports: answers, additions, consent, and what a report begins with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.intake.effects import AddToRequest, TellStatus
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.turn import PinSent, Turn
from bot.conversation.questions.updates_wanted import UpdatesWanted
from bot.conversation.talk import Progress, converse

from ..conftest import NOON, a_setting, a_turn, choosing, said

FILED = Memory(met=True, filed=Filed("SM-7K3Q9P", "pothole", NOON))
OFFERED = FILED.with_question(UpdatesWanted("SM-7K3Q9P", "pothole", NOON))


def answer(turn: Turn, memory: Memory | None = None) -> Progress:
    return converse(None, memory or Memory(), a_setting(turn))


@pytest.mark.parametrize(
    ("intent", "response"),
    [
        ("greet", "utter_greet"),
        ("thanks", "utter_welcome"),
        ("goodbye", "utter_goodbye"),
        ("ask_about_bot", "utter_about_bot"),
        ("ask_hours", "utter_hours"),
        ("ask_how_long", "utter_how_long"),
        ("complain_service", "utter_sorry"),
        ("change_language", "utter_language_changed"),
        ("correct", "utter_nothing_to_change"),
        ("", "utter_say_more"),
    ],
)
def test_each_intent_has_its_answer(intent: str, response: str) -> None:
    assert said(answer(a_turn("words", intent))) == [response]


def test_hours_of_another_door_are_not_ours() -> None:
    assert "utter_hours" not in said(answer(a_turn("what hours is that front desk open?", "ask_hours")))
    assert "utter_hours" not in said(answer(a_turn("a que hora cierran los baños del parque", "ask_hours")))


def test_a_change_where_nothing_is_there_begins_a_report_if_it_tells_of_one() -> None:
    words = "pero no lo puedo reportar por aquí pues? Es en Wilshire y 12th frente a la tienda"
    assert "utter_nothing_to_change" not in said(answer(a_turn(words, "correct")))


def test_chatter_is_no_report_however_like_one_it_sounds() -> None:
    assert (
        said(answer(a_turn("my car broke down", "out_of_scope", "abandoned_vehicle")))[0]
        == "utter_out_of_scope"
    )


def test_status_is_looked_up() -> None:
    assert answer(a_turn("status", "ask_status")).effects == (TellStatus(),)


def test_how_long_is_about_what_was_just_filed() -> None:
    assert said(answer(a_turn("how long does it take", "ask_how_long"), FILED)) == ["utter_usual_days"]


def test_a_reference_names_the_request_that_is_asked_about() -> None:
    assert answer(a_turn("status of sm 7k3r9p?", "ask_status")).effects == (TellStatus("SM-7K3R9P"),)
    assert answer(a_turn("my report status please", "ask_status")).effects == (TellStatus(),)


def test_a_person_is_asked_for() -> None:
    given = answer(a_turn("a person please", "ask_person"))
    assert given.wants_person
    assert said(given) == ["utter_person"]


def test_abuse_is_answered_calmly_once() -> None:
    first = answer(a_turn("…", "abuse"))
    assert "utter_calm" in said(first)
    assert "utter_calm" not in said(answer(a_turn("…", "abuse"), first.memory))


@pytest.mark.parametrize(
    "turn",
    [
        a_turn(intent="send_photos", photos=(1,)),
        a_turn(intent="share_location", pin=PinSent(34.01, -118.49)),
        choosing("menu"),
        choosing("service:tree"),
        a_turn("and the light is out", "add_to_request"),
    ],
)
def test_what_is_about_nothing_filed_begins_a_report(turn: Turn) -> None:
    given = answer(turn)
    assert given.draft is not None
    assert given.effects == ()


def test_photos_after_filing_go_to_the_request_for_a_day() -> None:
    photos = a_turn(intent="send_photos", photos=(4,))
    assert answer(photos, FILED).effects == (AddToRequest("SM-7K3Q9P", (4,)),)
    late = replace(photos, at=NOON + timedelta(hours=25))
    begun = answer(late, FILED)
    assert begun.draft is not None
    assert begun.draft.photos == (4,)
    assert begun.effects == ()


def test_a_photo_we_could_not_take_gets_its_kind_word() -> None:
    assert said(answer(a_turn(intent="send_photos", refused=("broken",)))) == ["utter_photo_broken"]


def test_words_are_added_to_what_was_filed() -> None:
    given = answer(a_turn("add that it smells", "add_to_request"), FILED)
    assert given.effects == (AddToRequest("SM-7K3Q9P", (), "add that it smells"),)


@pytest.mark.parametrize(("choice", "wants"), [("updates:yes", True), ("updates:no", False)])
def test_updates_are_accepted_or_declined(choice: str, wants: bool) -> None:
    given = answer(choosing(choice))
    assert given.memory.updates is wants
    assert given.says[0].custom == {"wants_updates": wants}


@pytest.mark.parametrize(("intent", "wants"), [("affirm", True), ("deny", False)])
def test_a_plain_yes_or_no_answers_the_offer_of_updates_once(intent: str, wants: bool) -> None:
    given = answer(a_turn("words", intent), OFFERED)
    assert given.memory.updates is wants
    assert given.memory.asking(UpdatesWanted, NOON) is None


def test_an_answer_to_the_offer_of_updates_may_come_days_later() -> None:
    assert answer(a_turn("yes", "affirm", minutes=3 * 24 * 60), OFFERED).memory.updates is True


def test_something_else_said_lets_the_offer_of_updates_go() -> None:
    given = answer(a_turn("thanks", "thanks"), OFFERED)
    assert given.memory.agenda == ()
    assert answer(a_turn("yes", "affirm"), given.memory).memory.updates is None


def test_a_question_of_the_residents_leaves_the_offer_of_updates_open() -> None:
    given = answer(a_turn("what can you do", "ask_services"), OFFERED)
    assert said(given)[-1] == "utter_offer_updates"
    assert answer(a_turn("yes", "affirm"), given.memory).memory.updates is True


def test_an_emergency_is_told_to_call_whatever_else() -> None:
    given = answer(a_turn("help there is a fire", "greet", danger=frozenset({"emergency"})))
    assert said(given)[0] == "utter_emergency"
    assert given.says[0].alone


def test_a_no_to_updates_is_one_although_a_late_photo_came_between() -> None:
    after_photo = answer(a_turn(intent="send_photos", photos=(7,)), OFFERED)
    assert after_photo.effects == (AddToRequest("SM-7K3Q9P", (7,)),)
    assert said(after_photo) == ["utter_offer_updates"]
    declined = answer(a_turn("no", "deny"), after_photo.memory)
    assert declined.memory.updates is False
    assert declined.says[0].custom == {"wants_updates": False}


def test_danger_between_reports_is_all_that_is_answered_and_nothing_is_forgotten() -> None:
    for turn in (
        a_turn("i want to die", danger=frozenset({"crisis"})),
        a_turn("someone broke in", danger=frozenset({"emergency"})),
        a_turn("hello", "greet", taken_over=True),
    ):
        given = answer(turn, OFFERED)
        assert given.memory == OFFERED
        assert given.effects == ()
        assert given.draft is None
        assert len(given.says) == len(turn.danger)
