"""A question said in one breath with something else: it is answered, and the rest is done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.city.current import city_questions
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import TellStatus
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.question import End
from bot.conversation.intake.turn import Guess, SideQuestion, Turn
from bot.conversation.talk import Progress, converse

from ..conftest import NOON, a_setting, a_turn, said

QUESTIONS = city_questions()

FILED = Memory(met=True, filed=Filed("SM-7K3R9P", "graffiti", NOON))


def in_one_breath(rest: Turn, asked: Turn, *, whole: str = "ask_how_long", **more: Any) -> Turn:
    """The message as the engine tells it: read whole, and in its halves."""
    text = f"{rest.text}. {asked.text}"
    return replace(
        rest,
        text=text,
        intent=whole,
        guesses=(),
        replies={"ask": 0.9},
        side=SideQuestion(asked, rest),
        **more,
    )


def take(draft: Draft | None, turn: Turn, memory: Memory = FILED) -> Progress:
    return converse(draft, memory, replace(a_setting(turn), questions=QUESTIONS))


def a_yes(**more: Any) -> Turn:
    return a_turn("yes send it", "affirm", replies={"yes": 0.97}, **more)


def how_long(**more: Any) -> Turn:
    return a_turn("how long does that take?", "ask_how_long", **more)


def an_open_summary() -> Draft:
    draft = take(None, a_turn("pothole at Pico and 4th", service="pothole")).draft
    assert draft is not None
    return draft


def test_a_yes_files_and_its_question_is_answered() -> None:
    asked = a_turn("who sees my number?", "ask_city", questions=(Guess("who_reads", 0.9),))
    progress = take(an_open_summary(), in_one_breath(a_yes(minutes=1), asked, whole="ask_city"))
    assert progress.end is End.CONFIRMED
    assert said(progress)[0] == "utter_city_answer"


def test_a_first_message_is_a_report_though_it_ends_in_a_question() -> None:
    report = a_turn("streetlight out at Pico and 4th", service="streetlight")
    progress = take(None, in_one_breath(report, how_long()), Memory())
    assert progress.draft is not None
    assert progress.draft.service == "streetlight"
    assert progress.draft.description == "streetlight out at Pico and 4th. how long does that take?"
    assert said(progress).count("utter_usual_days") == 1


def test_a_rhetorical_question_of_a_report_is_part_of_it() -> None:
    report = a_turn("graffiti at Pico and 4th again", service="graffiti")
    turn = in_one_breath(report, a_turn("why is nothing ever done?", "ask_city"), whole="report")
    progress = take(None, replace(turn, guesses=report.guesses), Memory())
    assert progress.draft is not None
    assert progress.draft.service == "graffiti"
    assert "utter_city_unknown" not in said(progress)


def test_a_question_of_ours_comes_after_the_answer() -> None:
    report = a_turn("pothole on Pico", service="pothole")
    progress = take(None, in_one_breath(report, how_long()), Memory())
    assert said(progress) == ["utter_usual_days", "utter_ask_cross_street"]


@pytest.mark.parametrize("intent", ["thanks", "greet", "ask_how_long", "again"])
def test_manners_beside_a_question_leave_it_whole(intent: str) -> None:
    manners = a_turn("ok thanks", intent)
    progress = take(an_open_summary(), in_one_breath(manners, how_long(minutes=1)))
    assert progress.draft is not None
    assert progress.end is None


def test_words_that_ask_nothing_of_us_are_read_as_they_stand() -> None:
    """ "Yes. when the wind blows it moves": the second half is no question."""
    story = a_turn("when the wind blows it moves", "report")
    turn = replace(in_one_breath(a_yes(minutes=1), story), intent="affirm", replies={"yes": 0.97})
    assert take(an_open_summary(), turn).end is End.CONFIRMED


@pytest.mark.parametrize(
    "words", ["y cuanto se tardan", "pero a quien le llega", "and when is that", "so how long"]
)
def test_a_question_needs_no_sign(words: str) -> None:
    progress = take(
        an_open_summary(), in_one_breath(a_yes(minutes=1), a_turn(words, "ask_how_long", minutes=1))
    )
    assert progress.end is End.CONFIRMED
    assert "utter_usual_days" in said(progress)


def test_how_a_filed_request_stands_is_told_beside_what_the_rest_adds() -> None:
    more = a_turn("it is on the north side", "add_to_request", replies={"add": 0.97}, minutes=1)
    asked = a_turn("any news?", "ask_status", minutes=1)
    progress = take(None, in_one_breath(more, asked, whole="ask_status"))
    assert [type(effect).__name__ for effect in progress.effects] == ["AddToRequest", "TellStatus"]
    assert progress.effects[-1] == TellStatus(None)


def test_who_asks_for_a_person_beside_an_answer_gets_one() -> None:
    asked = a_turn("can I talk to somebody?", "ask_person", minutes=1)
    progress = take(an_open_summary(), in_one_breath(a_yes(minutes=1), asked, whole="ask_person"))
    assert progress.end is End.CONFIRMED
    assert progress.wants_person
