"""A code or a wish to link is heard before anything else, and never where it may be an answer; joining takes a yes at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.conversation.intake.effects import JoinConversations, MakeCode, PartConversations, TryCode
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.question import FiledQuestion
from bot.conversation.questions import QUESTIONS
from bot.conversation.questions.joining import Joining
from bot.conversation.talk import Progress, converse

from ..conftest import NOON, a_filed_question, a_setting, a_turn, choosing, said

MET = Memory(met=True)
ASKED = MET.with_question(Joining("", "", NOON, "telegram", 3, 4))
JOINS = JoinConversations(3, 4)


def take(text: str, memory: Memory = MET, intent: str = "report", **more: Any) -> Progress:
    return converse(None, memory, a_setting(a_turn(text, intent, **more)))


def in_report(text: str, intent: str = "report") -> Progress:
    """A turn while the bot asks where it is."""
    begun = converse(None, MET, a_setting(a_turn("there is a pothole", service="pothole")))
    assert begun.draft is not None
    return converse(begun.draft, begun.memory, a_setting(a_turn(text, intent, minutes=1)))


@pytest.mark.parametrize("intent", ["report", "ask_person", "out_of_scope", "start_texts", "give_place"])
def test_a_wish_is_heard_whatever_the_engine_makes_of_it(intent: str) -> None:
    assert take("link my phone", intent=intent).effects == (MakeCode(),)
    assert take("desvincular", intent=intent).effects == (PartConversations(),)


def test_in_a_report_the_question_comes_again_behind_the_code() -> None:
    given = in_report("link my phone")
    assert given.effects == (MakeCode(),)
    assert given.draft is not None
    assert said(given)[-1].startswith("utter_where") or "where" in said(given)[-1]


@pytest.mark.parametrize("text", ["LINK 7K3-PXT", "7k3pxt", "7K3 PXT"])
def test_a_code_is_tried_where_nothing_is_open(text: str) -> None:
    given = take(text)
    assert (given.effects, given.draft) == ((TryCode("7K3PXT"),), None)


def test_a_mistyped_code_is_answered_without_a_look() -> None:
    given = take("LINK 7K3-PX")
    assert (said(given), given.effects) == (["utter_link_wrong"], ())


@pytest.mark.parametrize("text", ["LINK 7K3-PXT-9CM-H2R", "vincular 7k3 pxt 9cm h2r", "7K3PXT9CMH2R"])
def test_a_long_code_is_tried_like_a_short_one(text: str) -> None:
    assert take(text).effects == (TryCode("7K3PXT9CMH2R"),)
    assert in_report("LINK 7K3-PXT-9CM-H2R").effects == (TryCode("7K3PXT9CMH2R"),)


# At these six characters say neither yes nor no.
NO_ANSWER_TO = {"updates_wanted", "withdrawing", "older", "joining"}
ABOUT_REQUESTS = sorted(name for name, kind in QUESTIONS.items() if issubclass(kind, FiledQuestion))


@pytest.mark.parametrize("name", ABOUT_REQUESTS)
@pytest.mark.parametrize("text", ["7K3PXT", "7K3-PXT"])
def test_a_bare_code_is_none_where_it_may_be_an_answer(name: str, text: str) -> None:
    memory = MET.with_question(a_filed_question(name))
    given = take(text, memory, "answer", minutes=1)
    assert (TryCode("7K3PXT") in given.effects) is (name in NO_ANSWER_TO)


@pytest.mark.parametrize("name", ABOUT_REQUESTS)
def test_with_its_word_it_is_one_whatever_is_open(name: str) -> None:
    memory = MET.with_question(a_filed_question(name))
    assert take("LINK 7K3-PXT", memory, "answer", minutes=1).effects == (TryCode("7K3PXT"),)


@pytest.mark.parametrize("text", ["7K3-PXT", "2G65+J6", "SM-7K3R9P", "1437 11th St", "22nd St", "PCH 3rd"])
def test_in_a_report_a_plate_a_place_and_a_reference_are_no_codes(text: str) -> None:
    assert not [one for one in in_report(text, "give_place").effects if isinstance(one, TryCode)]


def test_what_comes_for_a_request_just_filed_is_no_code_but_by_its_word() -> None:
    filed = Memory(met=True, filed=Filed("SM-7K3R9P", "pothole", NOON))
    assert TryCode("7K3PXT") not in take("7K3-PXT", filed, "add_to_request").effects
    assert take("link 7K3-PXT", filed, "add_to_request").effects == (TryCode("7K3PXT"),)
    assert take("7K3-PXT", filed, "add_to_request", minutes=60 * 25).effects == (TryCode("7K3PXT"),)


@pytest.mark.parametrize(
    "text", ["yes", "Yes, that's me", "ok link them", "sí", "claro, soy yo", "yes please"]
)
def test_a_yes_joins(text: str) -> None:
    given = take(text, ASKED, "affirm", minutes=1)
    assert given.effects == (JOINS,)
    assert given.memory.asking(Joining, NOON) is None


@pytest.mark.parametrize("text", ["no", "nope, not mine", "wait", "no, mejor no", "don't"])
def test_a_no_joins_nothing_and_is_said_back(text: str) -> None:
    given = take(text, ASKED, "deny", minutes=1)
    assert (given.effects, said(given)) == ((), ["utter_not_joined"])


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("yes? what does that mean", "affirm"),
        ("ok but who is that", "affirm"),
        ("yes there is a pothole at Pico and 4th", "report"),
        ("somebody told me to send this", "out_of_scope"),
        ("thanks", "thanks"),
        ("please", "affirm"),
    ],
)
def test_less_than_a_plain_yes_joins_nothing_and_is_not_asked_twice(text: str, intent: str) -> None:
    given = take(text, ASKED, intent, minutes=1)
    assert JOINS not in given.effects
    assert given.memory.asking(Joining, NOON) is None
    assert JOINS not in take("yes", given.memory, "affirm", minutes=2).effects


def test_its_buttons_answer_it_once() -> None:
    yes = converse(None, ASKED, a_setting(choosing("join:yes")))
    assert yes.effects == (JOINS,)
    assert said(converse(None, ASKED, a_setting(choosing("join:no")))) == ["utter_not_joined"]
    assert said(converse(None, yes.memory, a_setting(choosing("join:yes")))) == ["utter_link_late"]


def test_a_yes_after_a_quarter_of_an_hour_joins_nothing() -> None:
    assert JOINS not in take("yes", ASKED, "affirm", minutes=16).effects


def test_a_yes_behind_an_update_is_for_the_update() -> None:
    event = {
        "reference": "SM-7K3R9P",
        "service_code": "pothole",
        "place": "Pico",
        "status": "resolved",
        "resolving": True,
    }
    told = converse(None, ASKED, a_setting(a_turn(at=NOON + timedelta(minutes=1))), event)
    assert told.memory.asking(Joining, NOON) is None


def test_danger_is_answered_and_nothing_is_joined_while_a_person_talks() -> None:
    assert take("link my phone", danger=frozenset({"crisis"})).effects == ()
    assert take("LINK 7K3-PXT", taken_over=True).effects == ()


def test_an_edited_message_is_no_code() -> None:
    assert TryCode("7K3PXT") not in take("LINK 7K3-PXT", edited=True).effects
