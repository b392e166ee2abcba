"""What the readings of a turn do, in a report and between reports."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.question import End
from bot.conversation.intake.turn import Turn
from bot.conversation.questions.helpful_detail import HelpfulDetail
from bot.conversation.questions.updates_wanted import UpdatesWanted
from bot.conversation.questions.verdict import Verdict
from bot.conversation.questions.what_is_left import WhatIsLeft
from bot.conversation.talk import Progress, converse

from ..conftest import NOON, a_setting, a_turn

FILED = Memory(met=True, filed=Filed("SM-7K3R9P", "pothole", NOON))


def take(draft: Draft | None, turn: Turn, memory: Memory | None = None) -> Progress:
    return converse(draft, memory or Memory(met=True), a_setting(turn))


def said(progress: Progress) -> list[str]:
    return [say.response for say in progress.says]


@pytest.fixture
def summary() -> Draft:
    draft = take(None, a_turn("pothole at Pico and 4th", service="pothole")).draft
    assert draft is not None
    return draft


def test_a_withdrawal_ends_the_report_and_says_that_nothing_was_sent(summary: Draft) -> None:
    progress = take(summary, a_turn("forget it", "cancel"))
    assert (progress.end, said(progress)) == (End.DROPPED, ["utter_dropped"])


def test_a_withdrawal_of_nothing_says_so() -> None:
    assert said(take(None, a_turn("forget it", "cancel"))) == ["utter_nothing_to_cancel"]


def test_a_withdrawal_after_the_filing_goes_to_people() -> None:
    progress = take(None, a_turn("cancel my report", "cancel"), FILED)
    assert progress.effects == (AddToRequest("SM-7K3R9P", (), "cancel my report", for_staff=True),)
    assert progress.wants_person


def test_another_problem_is_kept_for_after_this_one(summary: Draft) -> None:
    progress = take(summary, a_turn("theres a dead raccoon on 9th too", "another", "animal"))
    assert progress.draft is not None
    assert [later.text for later in progress.draft.later] == ["theres a dead raccoon on 9th too"]
    assert "utter_second_later" in said(progress)


def test_another_problem_that_cannot_be_named_is_noted(summary: Draft) -> None:
    progress = take(summary, a_turn("and the other thing", "another"))
    assert "utter_noted" in said(progress)
    assert progress.draft is not None
    assert not progress.draft.later


def test_after_the_filing_another_problem_is_a_report() -> None:
    progress = take(None, a_turn("graffiti at Main and Hill", "another", "graffiti"), FILED)
    assert progress.draft is not None
    assert progress.draft.service == "graffiti"


def test_what_was_not_understood_is_said_again_in_full(summary: Draft) -> None:
    assert said(take(summary, a_turn("huh?", "again")))[0] == "utter_summary"


@pytest.mark.parametrize(
    ("question", "response"),
    [
        (Verdict("SM-7K3R9P", "pothole", NOON), "utter_ask_fixed"),
        (UpdatesWanted("SM-7K3R9P", "pothole", NOON), "utter_offer_updates"),
        (HelpfulDetail("SM-7K3R9P", "pothole", NOON, ("size",), asked=True), "utter_detail_first"),
    ],
)
def test_between_reports_the_open_question_is_said_again(question: Verdict, response: str) -> None:
    progress = take(None, a_turn("what do you mean", "again"), FILED.with_question(question))
    assert said(progress) == [response]


def test_a_question_we_have_no_answer_to_is_met_with_whom_to_ask(summary: Draft) -> None:
    assert said(take(summary, a_turn("is pico closed", "ask"))) == [
        "utter_city_unknown",
        "utter_confirm_again",
    ]


def test_with_a_request_filed_staff_get_the_question_that_has_no_answer_here() -> None:
    progress = take(None, a_turn("is pico closed", "ask"), FILED)
    assert progress.effects == (AddToRequest("SM-7K3R9P", words="is pico closed", asks=True),)
    assert progress.wants_person


@pytest.mark.parametrize(("intent", "wants"), [("stop_texts", False), ("start_texts", True)])
def test_the_wish_for_texts_is_heard_at_any_time(summary: Draft, intent: str, wants: bool) -> None:
    inside = take(summary, a_turn("words", intent))
    assert inside.memory.updates is wants
    assert inside.draft is not None
    outside = take(None, a_turn("words", intent), FILED)
    assert outside.memory.updates is wants
    assert outside.says[0].custom == {"wants_updates": wants}


def test_an_answer_that_fits_no_option_is_kept_with_the_request() -> None:
    asked = FILED.with_question(HelpfulDetail("SM-7K3R9P", "pothole", NOON, ("size",), asked=True))
    progress = take(None, a_turn("it wobbles when you step on it", "answer"), asked)
    assert progress.effects == (AddToRequest("SM-7K3R9P", (), "it wobbles when you step on it"),)


def test_words_at_where_that_add_something_do_not_ask_in_the_same_words_for_ever() -> None:
    draft = take(None, a_turn("there is a pothole", service="pothole")).draft
    first = take(draft, a_turn("it is deep", "add_to_request"))
    second = take(first.draft, a_turn("and getting worse", "add_to_request"))
    assert said(first)[1] != said(second)[1]
    assert replace(first.says[0], values={}) == replace(second.says[0], values={})


@pytest.mark.parametrize("kinds", [{"crisis"}, {"emergency"}])
def test_a_wish_to_be_left_alone_is_obeyed_beside_danger(kinds: set[str]) -> None:
    turn = a_turn("no quiero textos, ya, parale", "report", danger=frozenset(kinds), replies={"stop": 1.0})
    progress = take(None, turn, FILED)
    assert said(progress)[0] in ("utter_crisis", "utter_emergency")
    assert said(progress)[-1] == "utter_updates_off"
    assert progress.memory.updates is False


def test_how_a_report_in_the_making_stands_is_how_long_such_a_thing_takes(summary: Draft) -> None:
    progress = take(summary, a_turn("when are they coming", "ask_status"))
    assert (progress.effects, said(progress)[0]) == ((), "utter_usual_days")


def test_thanks_before_anything_was_told_are_not_met_with_a_question() -> None:
    draft = take(None, a_turn("it stinks", "report", vague=True)).draft
    assert said(take(draft, a_turn("ok thx", "thanks"))) == ["utter_welcome"]


def test_a_correction_that_says_nothing_new_asks_what_to_change(summary: Draft) -> None:
    progress = take(summary, a_turn("no that is wrong", "correct"))
    assert said(progress) == ["utter_noted", "utter_ask_change"]


def test_a_correction_in_a_sentence_is_noted_and_asks_whether_to_send(summary: Draft) -> None:
    progress = take(summary, a_turn("not AT my house, the alley behind it", "correct"))
    assert said(progress) == ["utter_noted", "utter_confirm_again"]


def test_words_of_another_matter_at_what_to_change_say_what_it_is(summary: Draft) -> None:
    asked = take(summary, a_turn("thats wrong", "change"))
    for intent in ("report", "another", "answer"):
        progress = take(asked.draft, a_turn("broken glass, needs sweeping", intent, "street_cleaning"))
        assert progress.draft is not None
        assert progress.draft.service == "street_cleaning"
        assert not progress.draft.later


def test_a_withdrawal_in_one_breath_with_what_sounds_like_danger_counts(summary: Draft) -> None:
    turn = a_turn(
        "hes jumping the battery lol, dont send it",
        "report",
        danger=frozenset({"emergency"}),
        replies={"cancel": 1.0},
    )
    progress = take(summary, turn)
    assert (progress.end, said(progress)) == (End.DROPPED, ["utter_emergency", "utter_dropped"])


def test_ok_good_after_an_update_is_no_riddle() -> None:
    assert said(take(None, a_turn("ok good", "affirm"), FILED)) == ["utter_welcome"]


def test_what_is_told_beside_a_yes_is_kept(summary: Draft) -> None:
    sent = take(summary, a_turn("right thats it. its really deep, popped my tire. send", "affirm"))
    assert sent.end is End.CONFIRMED
    assert sent.draft is not None
    assert "popped my tire" in sent.draft.description
    offered = FILED.with_question(UpdatesWanted("SM-7K3R9P", "pothole", NOON))
    answered = take(None, a_turn("sure. oh and theres a wire tangled in it", "affirm"), offered)
    assert answered.effects == (AddToRequest("SM-7K3R9P", (), "oh and theres a wire tangled in it"),)
    assert answered.memory.updates is True


def test_who_cannot_see_whether_it_is_fixed_says_nothing_about_it() -> None:
    asked = FILED.with_question(Verdict("SM-7K3R9P", "pothole", NOON))
    progress = take(None, a_turn("we are in germany now, we can not see", "skip"), asked)
    assert (progress.effects, progress.memory.agenda) == ((), ())


@pytest.mark.parametrize(
    "words",
    [
        "halfway. the light works but the cover is loose",
        "mas o menos, quedo un pedazo",
        "kinda, it looks a bit crooked",
    ],
)
def test_a_yes_that_is_not_a_whole_one_is_kept_and_asked_about(words: str) -> None:
    asked = FILED.with_question(Verdict("SM-7K3R9P", "pothole", NOON))
    progress = take(None, a_turn(words, "affirm"), asked)
    assert progress.effects == (AddToRequest("SM-7K3R9P", (), words),)
    assert said(progress) == ["utter_ask_what_is_left"]
    assert progress.memory.asking(WhatIsLeft, NOON) is not None
