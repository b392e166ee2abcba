"""What a conversation came to, and what makes it worth reading."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.conversation.review.marks import GIVEN_UP_AFTER, Mark, Outcome, Stretch, judge, reasons, worth

NOON = datetime(2026, 11, 2, 20, tzinfo=UTC)
ASKED: dict[str, Any] = {
    "intent": "report",
    "after": "where",
    "open": True,
    "service": "pothole",
    "begun": True,
}
AGAIN: dict[str, Any] = {
    "intent": "skip", "before": "where", "after": "where", "open": True, "service": "pothole", "readings": [["unknown", 0.9]],
}  # fmt: skip
SENT: dict[str, Any] = {"intent": "file", "before": "summary", "end": "confirmed", "service": "pothole"}
DROPPED: dict[str, Any] = {"intent": "start_over", "before": "detail", "end": "dropped", "service": "pothole"}


def came_to(*turns: dict[str, Any], later: timedelta = timedelta(0), **changes: Any) -> Any:
    stretch = replace(Stretch("sms", "en", NOON, turns), **changes)
    return judge(stretch, NOON + later)


def test_a_report_that_was_sent_is_filed_and_nothing_speaks_for_reading_it() -> None:
    judged = came_to(ASKED, SENT, services=["pothole"])
    assert judged.outcome is Outcome.FILED
    assert judged.score == 0
    assert {"channel:sms", "language:en", "service:pothole", "outcome:filed"} <= set(judged.marks)


def test_a_report_that_is_open_is_given_up_once_a_day_has_passed_and_is_looked_at_again_then() -> None:
    fresh = came_to(ASKED)
    assert (fresh.outcome, fresh.look_again_at) == (Outcome.UNFINISHED, NOON + GIVEN_UP_AFTER)
    old = came_to(ASKED, later=GIVEN_UP_AFTER)
    assert (old.outcome, old.question, old.look_again_at) == (Outcome.GIVEN_UP, "where", None)
    assert "at:where" in old.marks


def test_a_report_given_up_in_words_tells_the_question_at_which_it_was() -> None:
    judged = came_to(ASKED, DROPPED)
    assert (judged.outcome, judged.question) == (Outcome.GIVEN_UP, "detail")


def test_a_place_outside_the_city_is_no_report_that_was_given_up() -> None:
    judged = came_to(ASKED, {**DROPPED, "said": ["utter_outside_end"]})
    assert judged.outcome is Outcome.OUT_OF_CITY


@pytest.mark.parametrize(
    ("turn", "mark"),
    [
        (AGAIN, Mark.ASKED_TWICE),
        ({"intent": "abuse"}, Mark.NEGATIVE),
        ({"intent": "report", "readings": [["anger", 0.9]]}, Mark.NEGATIVE),
        ({"intent": "ask_person", "person": True}, Mark.ASKED_PERSON),
        ({"intent": "report", "readings": [["tell", 0.4], ["add", 0.38]]}, Mark.LOW_CONFIDENCE),
        ({"intent": "report", "vague": True}, Mark.LOW_CONFIDENCE),
        ({"intent": "out_of_scope", "said": ["utter_not_followed"]}, Mark.NOT_FOLLOWED),
    ],
)
def test_a_turn_is_marked_for_what_went_wrong_in_it(turn: dict[str, Any], mark: Mark) -> None:
    judged = came_to(turn)
    assert mark in judged.marks
    assert judged.score > 0


def test_more_told_at_the_summary_is_not_asked_in_vain() -> None:
    judged = came_to({"intent": "report", "before": "summary", "after": "summary", "open": True})
    assert Mark.ASKED_TWICE not in judged.marks


def test_who_stopped_after_all_was_said_did_so_first_of_all() -> None:
    judged = came_to(ASKED, SENT, services=["pothole"], opted_out=True)
    assert judged.outcome is Outcome.OPTED_OUT
    assert "outcome:filed" in judged.marks


def test_the_heaviest_reason_is_told_first_and_marks_that_say_nothing_of_it_are_left_out() -> None:
    marks = ["channel:sms", Mark.LOW_CONFIDENCE, Mark.DANGER, "service:pothole"]
    assert reasons(marks) == [Mark.DANGER, Mark.LOW_CONFIDENCE]
    assert worth(marks) == worth([Mark.DANGER]) + worth([Mark.LOW_CONFIDENCE])
