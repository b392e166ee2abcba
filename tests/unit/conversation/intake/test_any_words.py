"""No text whatever makes the dialogue raise, whatever is being asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.intake.between import respond
from bot.conversation.intake.days import read_day
from bot.conversation.intake.draft import Asking, Draft
from bot.conversation.intake.during import report_turn
from bot.conversation.intake.language import conversation_language
from bot.conversation.intake.memory import Awaiting, FollowUp, Memory, OpenFeedback
from bot.conversation.intake.reading import answers_in
from bot.conversation.intake.services import names_service
from bot.conversation.intake.status import status_effect
from bot.conversation.intake.updates import rating
from tests.exploring import examples
from tests.texts import any_text

from .conftest import NOON, a_setting, a_turn, the_catalogue

SERVICES = the_catalogue().services
INTENTS = (
    "report", "give_place", "correct", "affirm", "deny", "rate", "add_to_request", "fixed", "not_fixed", "ask_status",
    "change_language", "out_of_scope", "skip", "complain_service", "thanks", "cancel", "ask_city",
)  # fmt: skip
ASKED = [asking for asking in Asking if asking not in (Asking.SIMILAR, Asking.PHOTO_PLACE, Asking.RESUME)]


@given(any_text(), st.sampled_from(INTENTS), st.sampled_from(sorted(SERVICES)), st.sampled_from(ASKED))
@examples(300)
def test_no_text_makes_a_report_raise(text: str, intent: str, service: str, asking: Asking) -> None:
    turn = a_turn(text, intent, service)
    begun = report_turn(None, Memory(met=True), a_setting(turn), None)
    assert begun.says or begun.end
    questions = SERVICES[service].questions
    draft = Draft(id=1, touched=NOON, service=service, asking=asking, description=text, street="Pico Blvd",
                  detail=questions[0].code if questions else None)  # fmt: skip
    assert report_turn(draft, Memory(met=True), a_setting(turn), None) is not None


@given(any_text(), st.sampled_from(INTENTS), st.sampled_from(list(Awaiting)))
@examples(200)
def test_no_text_makes_an_answer_between_reports_raise(text: str, intent: str, awaiting: Awaiting) -> None:
    setting = a_setting(a_turn(text, intent))
    feedback = OpenFeedback("SM-ABC123", "pothole", awaiting, NOON)
    for memory in (Memory(), Memory(met=True, feedback=feedback), Memory(met=True, offered=True)):
        assert respond(memory, setting) is not None
    for service in SERVICES.values():
        for question in service.questions[:1]:
            asked = FollowUp("SM-ABC123", service.code, (question.code,), True, NOON)
            assert respond(Memory(met=True, follow_up=asked), setting) is not None


@given(any_text())
@examples(200)
def test_no_text_makes_a_reader_raise(text: str) -> None:
    for service in SERVICES.values():
        answers_in(text, service.questions)
        names_service(text, service.code, a_setting(a_turn(text)))
    for ahead in (True, False):
        day = read_day(text, NOON.date(), ahead=ahead)
        assert day is None or day.year > 0
    stars = rating(a_setting(a_turn(text, "rate")))
    assert stars is None or 1 <= stars <= 5
    status_effect(a_turn(text))
    for first in (True, False):
        told = conversation_language(
            "en", first=first, detected=text, hint=text, intent="change_language", text=text
        )
        assert told in ("en", "es")


@pytest.mark.parametrize(
    ("words", "stars"),
    [("⑤", 5), ("４", 4), ("cinco", 5), ("٣ stars", 3), ("²/5", 2), ("⑨", None), ("5 of ٥", None)],
)
def test_a_rating_in_any_digits(words: str, stars: int | None) -> None:
    assert rating(a_setting(a_turn(words, "rate"))) == stars


def test_a_day_in_any_digits() -> None:
    assert read_day("hace ② días", NOON.date()) == NOON.date() - timedelta(days=2)
    assert read_day("１１/²⁰", NOON.date()) == NOON.date().replace(day=20)
