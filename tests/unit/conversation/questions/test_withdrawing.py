"""Shall I take it back? Nothing is withdrawn without a yes, nor what is somebody else's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import Mute, Withdraw
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.turn import Turn
from bot.conversation.questions.withdrawing import Withdrawing
from bot.conversation.talk import Progress, converse

from ..conftest import NOON, a_setting, a_turn, choosing, said

FILED = Memory(met=True, filed=Filed("SM-7K3R9P", "pothole", NOON))
OWN = OwnRequest("SM-7K3R9P", "pothole", "Pico Blvd & 4th St", theirs=True)
ASKED = FILED.with_question(Withdrawing("SM-7K3R9P", "pothole", NOON, OWN.place, "cancel my report"))


def answer(turn: Turn, memory: Memory, *own: OwnRequest) -> Progress:
    return converse(None, memory, replace(a_setting(turn), own=own or (OWN,)))


def test_a_wish_to_withdraw_is_asked_about_and_keeps_its_words() -> None:
    given = answer(a_turn("cancel my report", "cancel"), FILED)
    assert (said(given), given.effects) == (["utter_ask_withdraw"], ())
    done = answer(a_turn("yes", "affirm"), given.memory)
    assert done.effects == (Withdraw("SM-7K3R9P", "cancel my report"),)
    assert done.memory.asking(Withdrawing, NOON) is None


@pytest.mark.parametrize("own", [replace(OWN, theirs=False), replace(OWN, status="closed")])
def test_what_is_not_theirs_or_has_ended_is_not_asked_about(own: OwnRequest) -> None:
    assert "utter_ask_withdraw" not in said(answer(a_turn("cancel my report", "cancel"), FILED, own))


@pytest.mark.parametrize(
    ("turn", "taken_back"),
    [
        (choosing("withdraw:yes"), True),
        (choosing("withdraw:no"), False),
        (a_turn("yes cancel it", "cancel"), True),
        (a_turn("no, mejor déjelo", "cancel"), False),
        (a_turn("nah leave it", "cancel"), False),
        (a_turn("keep it open", "file"), False),
        (a_turn("no", "deny"), False),
    ],
)
def test_yes_and_no_are_heard_in_many_words(turn: Turn, taken_back: bool) -> None:
    given = answer(turn, ASKED)
    assert bool(given.effects) == taken_back
    assert given.memory.asking(Withdrawing, NOON) is None
    assert said(given) == ([] if taken_back else ["utter_not_withdrawn"])


def test_something_else_leaves_the_question_open_and_begins_what_it_tells() -> None:
    given = answer(a_turn("graffiti at Main and Hill", "report", "graffiti"), ASKED)
    assert given.draft is not None
    assert given.effects == ()


def test_the_question_is_over_after_two_hours() -> None:
    assert answer(a_turn("yes", "affirm", minutes=121), ASKED).effects == ()


def test_one_of_several_is_not_told_of_any_more() -> None:
    other = OwnRequest("SM-2F4H6K", "graffiti", "Main St & Hill St", theirs=True)
    given = answer(a_turn("stop texting me about the pothole", "stop_texts"), FILED, OWN, other)
    assert given.effects == (Mute("SM-7K3R9P"),)
    by_number = answer(a_turn("no more texts about SM-7K3R9P", "out_of_scope"), FILED)
    assert by_number.effects == (Mute("SM-7K3R9P"),)


def test_a_finished_one_is_named_as_well_and_the_others_are_told_of_all_the_same() -> None:
    done = OwnRequest(
        "SM-2F4H6K", "graffiti", "Main St & Hill St", theirs=True, status="resolved", finished=True
    )
    given = answer(a_turn("stop texting me about the graffiti", "stop_texts"), FILED, OWN, done)
    assert given.effects == (Mute("SM-2F4H6K"),)
    assert given.memory.updates is not False


@pytest.mark.parametrize("words", ["stop texting me about the pothole", "no more texts de lo del bache"])
def test_the_only_one_is_parted_with_where_it_is_named_outright(words: str) -> None:
    given = answer(a_turn(words, "stop_texts"), FILED, OWN)
    assert given.effects == (Mute("SM-7K3R9P"),)
    assert given.memory.updates is not False


@pytest.mark.parametrize(
    "words", ["no texts, the pothole is fixed", "stop texting me about the pothole or anything"]
)
def test_of_the_only_one_what_is_in_doubt_is_a_no_to_all_texts(words: str) -> None:
    given = answer(a_turn(words, "stop_texts"), FILED, OWN)
    assert not any(isinstance(one, Mute) for one in given.effects)


def test_in_the_middle_of_a_report_its_question_stays() -> None:
    draft = Draft(id=9, touched=NOON, service="graffiti", description="graffiti on the wall")
    turn = a_turn("please don't send me any more texts about the pothole", "stop_texts")
    given = converse(draft, FILED, replace(a_setting(turn), own=(OWN,)))
    assert given.effects == (Mute("SM-7K3R9P"),)
    assert given.draft == draft
    assert given.memory.updates is not False


def test_no_texts_at_all_is_no_wish_about_one() -> None:
    given = answer(a_turn("stop texting me", "stop_texts"), FILED)
    assert given.effects == ()
    assert given.memory.updates is False
