"""No text whatever makes the dialogue raise, whatever is being asked."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.intake.draft import Draft, HalfPlace
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import FiledQuestion, ReportQuestion
from bot.conversation.questions import QUESTIONS
from bot.conversation.questions.detail import Detail
from bot.conversation.questions.helpful_detail import HelpfulDetail
from bot.conversation.talk import converse
from bot.conversation.talk.report import advance
from tests.exploring import examples
from tests.texts import any_text

from ..conftest import NOON, a_filed_question, a_report_question, a_setting, a_turn, the_catalogue

SERVICES = the_catalogue().services
INTENTS = (
    "report", "give_place", "correct", "affirm", "deny", "rate", "add_to_request", "fixed", "not_fixed", "ask_status",
    "change_language", "out_of_scope", "skip", "complain_service", "thanks", "another", "cancel", "file", "go_back",
)  # fmt: skip
OF_A_REPORT = sorted(name for name, kind in QUESTIONS.items() if issubclass(kind, ReportQuestion))
OF_A_REQUEST = sorted(name for name, kind in QUESTIONS.items() if issubclass(kind, FiledQuestion))


@given(any_text(), st.sampled_from(INTENTS), st.sampled_from(sorted(SERVICES)), st.sampled_from(OF_A_REPORT))
@examples(120)
def test_no_text_makes_a_report_raise(text: str, intent: str, service: str, name: str) -> None:
    setting = a_setting(a_turn(text, intent, service))
    begun = advance(None, setting)
    assert begun.says or begun.end
    asked = a_report_question(name)
    if isinstance(asked, Detail) and SERVICES[service].questions:
        asked = Detail(SERVICES[service].questions[0].code)
    draft = Draft(
        id=1, touched=NOON, service=service, description=text, half_place=HalfPlace(street="Pico Blvd")
    )
    for unanswered in (draft, replace(draft, open=asked), replace(draft, open=asked, half_place=None)):
        assert converse(unanswered, Memory(met=True), setting) is not None


@given(any_text(), st.sampled_from(INTENTS), st.sampled_from(OF_A_REQUEST))
@examples(80)
def test_no_text_makes_an_answer_between_reports_raise(text: str, intent: str, name: str) -> None:
    setting = a_setting(a_turn(text, intent))
    for memory in (Memory(), Memory(met=True, agenda=(a_filed_question(name),))):
        assert converse(None, memory, setting) is not None
    for service in SERVICES.values():
        for question in service.questions[:1]:
            asked = HelpfulDetail("SM-ABC123", service.code, NOON, (question.code,), asked=True)
            assert converse(None, Memory(met=True, agenda=(asked,)), setting) is not None
