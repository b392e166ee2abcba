"""Between reports: answers, additions, consent, and what a report begins with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.intake.between import Answer, respond
from bot.conversation.intake.effects import AddToRequest, BeginReport, GiveFeedback, TellStatus
from bot.conversation.intake.memory import (
    Awaiting,
    Filed,
    Memory,
    OpenFeedback,
    memory_as_json,
    memory_from_json,
)
from bot.conversation.intake.setting import FinishedRequest
from bot.conversation.intake.turn import PinSent, Turn

from .conftest import NOON, a_setting, a_turn, choosing

FILED = Memory(met=True, filed=Filed("SM-7K3Q9P", "pothole", NOON))
ASKED = replace(FILED, feedback=OpenFeedback("SM-7K3Q9P", "pothole", Awaiting.VERDICT, NOON))


def answer(turn: Turn, memory: Memory | None = None) -> Answer:
    return respond(memory or Memory(), a_setting(turn))


def said(given: Answer) -> list[str]:
    return [say.response for say in given.says]


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


DONE = (
    FinishedRequest("SM-7K3R9P", "pothole", "Pico Blvd & 4th St"),
    FinishedRequest("SM-2F4H6K", "graffiti", ""),
)


def test_still_there_without_a_question_is_about_the_one_finished_request() -> None:
    given = respond(FILED, replace(a_setting(a_turn("its still there", "not_fixed")), finished=DONE[:1]))
    assert said(given) == ["utter_reopened"]
    assert given.effects == (GiveFeedback("SM-7K3R9P", verdict="not_fixed", comment="its still there"),)
    assert given.memory.feedback is not None


def test_of_several_finished_requests_the_resident_chooses_one() -> None:
    asked = respond(FILED, replace(a_setting(a_turn("fixed", "fixed")), finished=DONE))
    assert said(asked) == ["utter_which_finished"]
    assert [option.label for option in asked.says[0].options] == ["pothole, Pico Blvd & 4th St", "graffiti"]
    chosen = respond(FILED, replace(a_setting(choosing("fixed:SM-2F4H6K")), finished=DONE))
    assert chosen.effects == (GiveFeedback("SM-2F4H6K", verdict="fixed"),)
    assert said(chosen) == ["utter_ask_rating"]


def test_still_there_while_nothing_is_finished_tells_how_things_stand() -> None:
    assert answer(a_turn("still there", "not_fixed"), FILED).effects == (TellStatus(),)
    assert answer(choosing("fixed:SM-999999"), FILED).effects == (TellStatus(),)


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
    assert answer(turn).effects == (BeginReport(),)


def test_photos_after_filing_go_to_the_request_for_a_day() -> None:
    photos = a_turn(intent="send_photos", photos=(4,))
    assert answer(photos, FILED).effects == (AddToRequest("SM-7K3Q9P", (4,)),)
    late = replace(photos, at=NOON + timedelta(hours=25))
    assert answer(late, FILED).effects == (BeginReport(),)


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
    given = answer(a_turn("words", intent), replace(FILED, offered=True))
    assert given.memory.updates is wants
    assert given.memory.offered is False


def test_an_emergency_is_told_to_call_whatever_else() -> None:
    given = answer(a_turn("help there is a fire", "greet", danger=frozenset({"emergency"})))
    assert said(given)[0] == "utter_emergency"
    assert given.says[0].alone


class TestAfterAnUpdate:
    def test_fixed_asks_for_a_rating(self) -> None:
        given = answer(a_turn(intent="fixed"), ASKED)
        assert given.effects == (GiveFeedback("SM-7K3Q9P", verdict="fixed"),)
        assert said(given) == ["utter_ask_rating"]
        rated = answer(a_turn(intent="rate", rating=4), given.memory)
        assert rated.effects == (GiveFeedback("SM-7K3Q9P", rating=4),)
        assert rated.memory.feedback is None

    @pytest.mark.parametrize(
        "turn",
        [
            a_turn("not fixed", "not_fixed"),
            a_turn("no", "deny"),
            a_turn("the pothole is still there", "report", "pothole"),
            a_turn("you did nothing", "complain_service"),
            a_turn(intent="send_photos", photos=(3,)),
        ],
    )
    def test_not_fixed_in_many_ways_reopens(self, turn: Turn) -> None:
        given = answer(turn, ASKED)
        assert isinstance(given.effects[0], GiveFeedback)
        assert given.effects[0].verdict == "not_fixed"
        assert said(given) == ["utter_reopened"]

    def test_another_matter_is_another_report(self) -> None:
        assert answer(a_turn("graffiti at Main", "report", "graffiti"), ASKED).effects == (BeginReport(),)

    @pytest.mark.parametrize(
        ("words", "stars"),
        [("5", 5), ("four stars", 4), ("4/5", 4), ("3 out of 5", 3), ("cinco", 5), ("2!", 2)],
    )
    def test_a_rating_is_read_from_words(self, words: str, stars: int) -> None:
        waiting = replace(ASKED, feedback=replace(ASKED.feedback, awaiting=Awaiting.RATING))  # type: ignore[type-var]
        assert answer(a_turn(words, "rate"), waiting).effects == (GiveFeedback("SM-7K3Q9P", rating=stars),)

    def test_words_and_photos_after_not_fixed_go_to_the_request(self) -> None:
        reopened = answer(a_turn(intent="not_fixed"), ASKED).memory
        given = answer(a_turn(intent="send_photos", photos=(8,)), reopened)
        assert given.effects == (AddToRequest("SM-7K3Q9P", (8,)),)

    def test_the_question_is_forgotten_after_two_weeks(self) -> None:
        late = a_turn("no", "deny", minutes=15 * 24 * 60)
        assert answer(late, ASKED).effects == ()


@pytest.mark.parametrize(
    "memory", [Memory(), FILED, ASKED, Memory(met=True, updates=False, calmed=True)], ids=lambda memory: ""
)
def test_memory_survives_its_slot(memory: Memory) -> None:
    assert memory_from_json(memory_as_json(memory)) == memory


def test_a_no_to_updates_is_one_although_a_late_photo_came_between() -> None:
    offered = replace(FILED, offered=True)
    after_photo = respond(offered, a_setting(a_turn(intent="send_photos", photos=(7,))))
    assert after_photo.effects == (AddToRequest("SM-7K3Q9P", (7,)),)
    assert [say.response for say in after_photo.says] == ["utter_offer_updates"]
    declined = respond(after_photo.memory, a_setting(a_turn("no", "deny")))
    assert declined.memory.updates is False
    assert declined.says[0].custom == {"wants_updates": False}


def test_danger_between_reports_is_all_that_is_answered_and_nothing_is_forgotten() -> None:
    offered = replace(FILED, offered=True)
    for turn in (
        a_turn("i want to die", danger=frozenset({"crisis"})),
        a_turn("someone broke in", danger=frozenset({"emergency"})),
        a_turn("hello", "greet", taken_over=True),
    ):
        answer = respond(offered, a_setting(turn))
        assert answer.memory == offered
        assert answer.effects == ()
        assert len(answer.says) == len(turn.danger)


@pytest.mark.parametrize(
    "words",
    [
        "not fixed and somebody is bleeding here",
        "No, it's still there and a man fell into it, he is not moving",
        "it isn't fixed!! my mom is hurt",
        "sigue igual y una señora se cayó, le sale sangre",
        "no está arreglado y hay un herido",
    ],
)
def test_an_answer_in_one_breath_with_danger_counts_behind_it(words: str) -> None:
    given = answer(a_turn(words, "report", danger=frozenset({"emergency"})), ASKED)
    assert said(given)[0] == "utter_emergency"
    assert given.effects == (GiveFeedback("SM-7K3Q9P", verdict="not_fixed", comment=words),)


def test_danger_alone_answers_no_open_question() -> None:
    given = answer(
        a_turn("a man is bleeding on the corner", "report", danger=frozenset({"emergency"})), ASKED
    )
    assert said(given) == ["utter_emergency"]
    assert given.effects == ()
    assert given.memory == ASKED
