"""A reminder asks again what is still open, and says nothing where it is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.memory import Memory
from bot.conversation.questions.staff_question import StaffQuestion
from bot.conversation.questions.verdict import Verdict
from bot.conversation.talk import Progress, converse

from ..conftest import NOON, a_setting, a_turn, said

ABOUT = {"reference": "SM-7K3R9P", "service_code": "pothole", "place": "Pico Blvd & 4th St"}
JUDGED = Memory(met=True).with_question(Verdict("SM-7K3R9P", "pothole", NOON))
ASKED = Memory(met=True).with_question(StaffQuestion("SM-7K3R9P", "pothole", NOON, "Which lane?"))


def remind(kind: str, memory: Memory, draft: Draft | None = None) -> Progress:
    turn = a_turn(intent="EXTERNAL_request_update", minutes=24 * 60)
    return converse(draft, memory, a_setting(turn), {"remind": kind, **ABOUT})


def test_an_unsent_report_is_asked_on() -> None:
    given = remind("report", Memory(met=True), Draft(1, NOON, service="pothole"))
    assert said(given) == ["utter_remind_report", "utter_ask_where"]
    assert given.draft is not None


def test_of_a_report_that_is_kept_no_longer_nothing_is_said() -> None:
    assert said(remind("report", Memory(met=True))) == []
    old = Draft(1, NOON.replace(year=2020), service="pothole")
    assert said(remind("report", Memory(met=True), old)) == []


@pytest.mark.parametrize(
    ("kind", "memory", "says"),
    [
        ("feedback", JUDGED, ["utter_remind_fixed", "utter_ask_fixed"]),
        ("question", ASKED, ["utter_remind_staff", "utter_public_text"]),
        ("feedback", ASKED, []),
        ("question", JUDGED, []),
        ("of tomorrow", JUDGED, []),
    ],
)
def test_what_was_asked_is_asked_again_while_it_is_open(kind: str, memory: Memory, says: list[str]) -> None:
    given = remind(kind, memory)
    assert (said(given), given.memory) == (says, memory)


def test_of_another_request_nothing_is_said() -> None:
    other = Memory(met=True).with_question(replace(JUDGED.agenda[0], reference="SM-2F4H6K"))
    assert said(remind("feedback", other)) == []


def test_a_report_in_the_making_stays_as_it_is() -> None:
    draft = Draft(1, NOON, service="graffiti")
    given = remind("feedback", JUDGED, draft)
    assert (given.draft, said(given)) == (draft, ["utter_remind_fixed", "utter_ask_fixed"])
