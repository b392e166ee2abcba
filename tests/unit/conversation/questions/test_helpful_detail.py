"""Optional questions once a report is filed: one by one, and never in the way of something else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.city.catalogue import QuestionKind
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest, AnswerQuestion, GiveFeedback
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.turn import Turn
from bot.conversation.questions.helpful_detail import MOST, HelpfulDetail, ask_next, planned
from bot.conversation.questions.verdict import Verdict
from bot.conversation.talk import Progress, converse
from bot.conversation.talk.filed import filed_says

from ..conftest import NOON, a_setting, a_turn, choosing, said, the_catalogue


def filed_with(description: str, service: str, channel: str = "telegram") -> tuple[Memory, list[str]]:
    setting = a_setting(a_turn(intent="file", channel=channel))
    draft = Draft(1, NOON, service=service, description=description)
    filed = Filed("SM-7K3R9P", service, NOON)
    memory = planned(Memory(met=True, filed=filed), "SM-7K3R9P", draft, setting)
    memory, says = filed_says("SM-7K3R9P", "Public Works", memory, setting, draft, more=False)
    return memory, [say.response for say in says]


def answered(memory: Memory, turn: Turn) -> Progress:
    return converse(None, memory, a_setting(turn))


def test_an_optional_question_follows_the_filing() -> None:
    memory, says = filed_with("big hole", "pothole")
    assert says[-1] == "utter_detail_first"
    assert memory.answer_is_open


def test_on_sms_it_waits_for_the_answer_about_updates() -> None:
    memory, says = filed_with("big hole", "pothole", channel="sms")
    assert says == ["utter_filed", "utter_guidance", "utter_offer_updates"]
    given = answered(memory, choosing("updates:yes"))
    assert said(given) == ["utter_updates_on", "utter_detail_first"]


def test_answers_are_kept_and_end_with_thanks() -> None:
    memory, _ = filed_with("big hole", "pothole")
    questions = [question.code for question in the_catalogue().services["pothole"].questions][:MOST]
    for number, code in enumerate(questions, start=1):
        question = next(q for q in the_catalogue().services["pothole"].questions if q.code == code)
        given = answered(memory, choosing(f"detail:{code}:{question.choices[0].code}"))
        assert given.effects == (AnswerQuestion("SM-7K3R9P", code, question.choices[0].code),)
        memory = given.memory
        last = number == len(questions)
        assert said(given) == ["utter_detail_thanks" if last else "utter_detail_next"]
    assert not memory.answer_is_open


@pytest.mark.parametrize("turn", [choosing("detail:skip"), a_turn("skip", "skip"), a_turn("no idea", "deny")])
def test_skipping_one_ends_them(turn: Turn) -> None:
    memory, _ = filed_with("big hole", "pothole")
    given = answered(memory, turn)
    assert said(given) == ["utter_detail_skipped"]
    assert not given.memory.answer_is_open


def test_another_report_is_no_answer() -> None:
    memory, _ = filed_with("big hole", "pothole")
    given = answered(memory, a_turn("graffiti at Main and Hill", service="graffiti"))
    assert given.draft is not None
    assert given.effects == ()


def test_a_report_that_reads_like_a_place_is_no_answer() -> None:
    memory, _ = filed_with("tags", "graffiti")
    given = answered(memory, a_turn("pothole at Pico and 4th", "give_place", "pothole"))
    assert given.draft is not None
    assert given.effects == ()


def test_something_else_said_lets_the_question_go() -> None:
    memory, _ = filed_with("big hole", "pothole")
    given = answered(memory, a_turn("thanks", "thanks"))
    assert said(given) == ["utter_welcome"]
    assert not given.memory.answer_is_open


def test_a_photo_beside_an_answer_is_kept() -> None:
    memory, _ = filed_with("big hole", "pothole")
    first = the_catalogue().services["pothole"].questions[0]
    given = answered(memory, replace(choosing(f"detail:{first.code}:{first.choices[0].code}"), photos=(4,)))
    assert AddToRequest("SM-7K3R9P", (4,)) in given.effects


def test_a_sentence_with_a_photo_is_a_report_not_an_answer() -> None:
    memory, _ = filed_with("rude driver", "bus_service")
    given = answered(memory, a_turn("there is trash everywhere here", vague=True, photos=(4,)))
    assert given.draft is not None
    assert given.effects == ()


def test_a_number_is_never_taken_for_skip() -> None:
    memory, _ = filed_with("scooters in the way", "bike_scooter")
    about = memory.asking(HelpfulDetail, NOON)
    assert about is not None
    assert "count" in about.left
    left = about.left[about.left.index("count") :]
    _, asked_again = ask_next(memory.with_question(replace(about, left=left)), a_setting(a_turn("…")))
    assert [say.response for say in asked_again] == ["utter_detail_next_open"]
    assert asked_again[0].options == ()


def test_a_bare_number_is_the_answer_not_a_rating() -> None:
    memory, _ = filed_with("man asleep by the bank", "homeless")
    service = the_catalogue().services["homeless"]
    count = next(question for question in service.questions if question.kind is QuestionKind.NUMBER)
    about = memory.asking(HelpfulDetail, NOON)
    assert about is not None
    memory = memory.with_question(replace(about, left=(count.code,), asked=True))
    given = answered(memory, a_turn("2", "rate", rating=2))
    assert given.effects == (AnswerQuestion("SM-7K3R9P", count.code, "2"),)


def test_a_number_that_answers_nothing_is_no_rating() -> None:
    assert [say.response for say in answered(Memory(met=True), a_turn("1", "rate")).says] == [
        "utter_say_more"
    ]


def test_the_later_of_two_open_questions_is_answered_first() -> None:
    old = Verdict("SM-2F4H6K", "noise", NOON - timedelta(days=2))
    memory, _ = filed_with("tags on the wall", "graffiti")
    given = answered(memory.with_question(old), a_turn("no idea", "deny"))
    assert said(given) == ["utter_detail_skipped"]
    plain = answered(memory.with_question(old), a_turn("it is fixed", "fixed"))
    assert plain.effects == (GiveFeedback("SM-2F4H6K", verdict="fixed", comment="it is fixed"),)


def test_a_sentence_that_begins_with_yes_is_no_skip() -> None:
    memory, _ = filed_with("tags on the wall", "graffiti")  # "Is it hateful or offensive?"
    words = "pues si, son puras groserias pa pasar el rato"
    given = answered(memory, a_turn(words, "skip"))
    kept = [effect.answer for effect in given.effects if isinstance(effect, AnswerQuestion)]
    assert kept == ["yes"]
