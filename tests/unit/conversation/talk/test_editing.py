"""An edited message mends what its words had said, and answers nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.turn import Turn
from bot.conversation.questions.change import Change
from bot.conversation.questions.detail import Detail
from bot.conversation.questions.summary import Summary
from bot.conversation.questions.updates_wanted import UpdatesWanted
from bot.conversation.questions.verdict import Verdict
from bot.conversation.questions.where import Where
from bot.conversation.talk import converse

from ..conftest import NOON, Talk, a_setting, a_turn, said

FIRST = "abandond car at Pico and 4th"


def edited(text: str, before: str, intent: str = "report", service: str | None = None) -> Turn:
    return a_turn(text, intent, service, edited=True, before=before, minutes=1)


def begun(talk: Talk, text: str = FIRST, service: str | None = "abandoned_vehicle") -> Draft:
    draft = talk(a_turn(text, service=service)).draft
    assert draft is not None
    return draft


def test_a_typo_mended_changes_the_words_of_the_report_and_answers_nothing(talk: Talk) -> None:
    draft = begun(talk)
    right = "abandoned car at Pico and 4th"
    after = talk(edited(right, FIRST, service="abandoned_vehicle"), draft=draft).draft
    assert after is not None
    assert (after.description, after.open, after.location) == (right, draft.open, draft.location)


def test_another_corner_mended_moves_the_report(talk: Talk) -> None:
    draft = begun(talk, "pothole at Pico and 4th", "pothole")
    step = talk(edited("pothole at Main and Hill", "pothole at Pico and 4th", service="pothole"), draft=draft)
    assert step.draft is not None
    assert step.draft.location is not None
    assert step.draft.location.name == "Main St & Hill St"
    assert step.draft.description == "pothole at Main and Hill"


def test_another_matter_mended_is_another_service(talk: Talk) -> None:
    draft = begun(talk, "pothole at Pico and 4th", "pothole")
    step = talk(
        edited("graffiti at Pico and 4th", "pothole at Pico and 4th", service="graffiti"), draft=draft
    )
    assert step.draft is not None
    assert step.draft.service == "graffiti"


def test_at_an_open_where_the_mended_words_may_say_where(talk: Talk) -> None:
    draft = begun(talk, "huge pothole", "pothole")
    assert draft.open == Where()
    step = talk(edited("huge pothole at Pico and 4th", "huge pothole", service="pothole"), draft=draft)
    assert step.draft is not None
    assert step.draft.location is not None
    assert step.draft.open == Summary()


@pytest.mark.parametrize(
    ("words", "intent"), [("yes", "affirm"), ("send it", "file"), ("no", "deny"), ("thanks!", "thanks")]
)
def test_an_edit_that_reads_like_an_answer_is_none(words: str, intent: str, talk: Talk) -> None:
    draft = begun(talk, "pothole at Pico and 4th", "pothole")
    step = talk(edited(words, "hello", intent), draft=draft)
    assert (step.end, said(step)) == (None, [])
    assert step.draft == replace(draft, touched=NOON.replace(minute=1))


def test_an_edit_while_the_resident_is_asked_what_to_change_leaves_that_open(talk: Talk) -> None:
    draft = replace(begun(talk), open=Change())
    step = talk(edited("abandoned car at Pico and 4th", FIRST), draft=draft)
    assert step.draft is not None
    assert step.draft.open == Change()


def test_an_edit_to_another_service_asks_nothing_of_the_one_before(talk: Talk) -> None:
    """Seen: the question about the cart of a missed collection, asked of a lost umbrella, raised."""
    draft = begun(talk, "you missed my pick up at 1437 11th st", "missed_collection")
    assert isinstance(draft.open, Detail)
    turn = edited("lost my umbrella on the bus", draft.description, service="bus_lost_found")
    step = talk(turn, draft=draft)
    assert step.draft is not None
    assert step.draft.service == "bus_lost_found"
    assert step.draft.open != draft.open


FILED = Memory(met=True, filed=Filed("SM-7K3R9P", "pothole", NOON))
ASKED = FILED.with_question(Verdict("SM-7K3R9P", "pothole", NOON)).with_question(
    UpdatesWanted("SM-7K3R9P", "pothole", NOON)
)


def test_between_reports_an_edit_of_a_report_is_added_to_it() -> None:
    turn = edited("pothole at Pico and 4th, very deep", "pothole at Pico and 4th")
    answer = converse(None, FILED, a_setting(turn))
    assert answer.effects == (AddToRequest("SM-7K3R9P", (), turn.text),)


@pytest.mark.parametrize(
    ("words", "intent"), [("yes", "affirm"), ("no", "deny"), ("not fixed", "not_fixed"), ("1", "rate")]
)
def test_between_reports_an_edit_answers_no_question(words: str, intent: str) -> None:
    answer = converse(None, ASKED, a_setting(edited(words, "ok", intent)))
    assert (answer.effects, answer.says, answer.memory) == ((), (), ASKED)


def test_a_greeting_that_is_edited_into_a_report_begins_one() -> None:
    answer = converse(
        None, Memory(met=True), a_setting(edited("pothole at Pico and 4th", "hello", service="pothole"))
    )
    assert answer.draft is not None
    assert answer.draft.service == "pothole"
