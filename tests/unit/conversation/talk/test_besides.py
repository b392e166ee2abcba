"""One more matter behind an answer: the answer counts, and the matter is a report of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.question import End
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.turn import Besides, Turn
from bot.conversation.questions.staff_question import StaffQuestion
from bot.conversation.talk import Progress, converse
from bot.conversation.talk.besides import without_what_wants_nothing

from ..conftest import NOON, a_setting, a_turn, said

GRAFFITI = OwnRequest("SM-7K3R9P", "graffiti", "Pico Blvd & 4th St", reported=NOON, theirs=True)
FILED = Memory(met=True, filed=Filed(GRAFFITI.reference, "graffiti", NOON))


def in_one_breath(rest: Turn, told: Turn, **more: Any) -> Turn:
    return replace(rest, text=f"{rest.text}. {told.text}", besides=Besides(told, rest), **more)


def take(turn: Turn, draft: Draft | None = None, memory: Memory = FILED, *own: OwnRequest) -> Progress:
    return converse(draft, memory, replace(a_setting(turn), own=own or (GRAFFITI,)))


def a_pothole(text: str = "oh and there's a pothole at Main and Hill", **more: Any) -> Turn:
    return a_turn(text, service="pothole", **more)


def test_behind_a_yes_it_comes_once_the_report_is_sent() -> None:
    draft = take(a_turn("streetlight out at Pico and 4th", service="streetlight"), memory=Memory()).draft
    yes = a_turn("yes send it", "affirm", replies={"yes": 0.97}, minutes=1)
    progress = take(in_one_breath(yes, a_pothole(minutes=1)), draft, Memory())
    assert progress.end is End.CONFIRMED
    assert progress.draft is not None
    assert [one.text for one in progress.draft.later] == ["oh and there's a pothole at Main and Hill"]
    assert "pothole" not in progress.draft.description


def test_behind_an_answer_to_staff_it_is_a_report_of_its_own() -> None:
    asked = FILED.with_question(StaffQuestion(GRAFFITI.reference, "graffiti", NOON, "Which wall?"))
    answer = a_turn("the one by the stairs", "report", minutes=1)
    progress = take(in_one_breath(answer, a_pothole(minutes=1)), None, asked)
    assert progress.effects == (AddToRequest(GRAFFITI.reference, (), "the one by the stairs", whole=True),)
    assert progress.draft is not None
    assert progress.draft.service == "pothole"
    assert "utter_summary" in said(progress)


@pytest.mark.parametrize(
    "told",
    [
        a_turn("and the paint is still wet there too", service="graffiti"),
        a_turn("and please come before friday, also call first", "report"),
        a_turn("I told you, there's a pothole at Main and Hill", service="pothole"),
    ],
)
def test_what_goes_on_about_the_same_matter_stays_with_it(told: Turn) -> None:
    asked = FILED.with_question(StaffQuestion(GRAFFITI.reference, "graffiti", NOON, "Which wall?"))
    progress = take(in_one_breath(a_turn("the north one", "report"), told), None, asked)
    assert progress.draft is None
    (added,) = progress.effects
    assert isinstance(added, AddToRequest)
    assert told.text in added.words


def test_a_request_of_theirs_that_is_spoken_of_is_no_new_matter() -> None:
    pothole = replace(GRAFFITI, reference="SM-4T9XWM", service="pothole", place="Main St & Hill St")
    thanks = a_turn("thank you", "thanks", replies={"thanks": 0.97})
    turn = in_one_breath(thanks, a_turn("but the pothole is still there too", service="pothole"))
    assert take(turn, None, FILED, GRAFFITI, pothole).draft is None


def test_photos_show_what_is_told_behind_an_answer() -> None:
    draft = take(a_turn("streetlight out at Pico and 4th", service="streetlight"), memory=Memory()).draft
    yes = a_turn("yes send it", "affirm", replies={"yes": 0.97}, photos=(7,))
    progress = take(in_one_breath(yes, a_pothole(photos=(7,))), draft, Memory())
    assert progress.draft is not None
    assert progress.draft.photos == ()
    assert progress.draft.later[0].photos == (7,)


def test_who_asks_for_a_person_in_front_gets_one() -> None:
    person = a_turn("a person please", "ask_person")
    progress = take(in_one_breath(person, a_pothole()))
    assert progress.wants_person
    assert progress.draft is not None
    assert progress.draft.service == "pothole"


@pytest.mark.parametrize(
    ("service", "kept"), [(None, "thanks, but do not send anything"), ("parking_violation", "thanks")]
)
def test_only_of_another_known_matter_nothing_is_wanted(service: str | None, kept: str) -> None:
    """A wish to send nothing at all is about the report that is open."""
    told = a_turn("but do not send anything", "deny", service)
    turn = replace(
        a_turn("thanks, but do not send anything", "cancel"),
        besides=Besides(told, a_turn("thanks", "thanks")),
    )
    draft = Draft(1, NOON, service="pothole")
    assert without_what_wants_nothing(draft, a_setting(turn)).turn.text == kept
