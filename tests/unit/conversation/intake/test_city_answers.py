"""Questions of the city: answered in any state, sent to who knows where it is not clear, and never a report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.city.questions import CityQuestion
from bot.conversation.intake.digressions import city_answer
from bot.conversation.intake.draft import Draft, HalfPlace, HalfService
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.question import FiledQuestion, ReportQuestion
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.similar import Similar
from bot.conversation.intake.turn import Guess
from bot.conversation.questions.change import Change
from bot.conversation.questions.cross_street import CrossStreet
from bot.conversation.questions.detail import Detail
from bot.conversation.questions.group import Group
from bot.conversation.questions.in_group import InGroup
from bot.conversation.questions.photo_place import PhotoPlace
from bot.conversation.questions.rating import Rating
from bot.conversation.questions.reopened import Reopened
from bot.conversation.questions.same_matter import SameMatter
from bot.conversation.questions.summary import Summary
from bot.conversation.questions.verdict import Verdict
from bot.conversation.questions.what import What
from bot.conversation.questions.where import Where
from bot.conversation.questions.which_place import WhichPlace
from bot.conversation.questions.which_service import WhichService
from bot.conversation.talk import converse

from ..conftest import NOON, a_setting, a_turn, the_catalogue


def question(code: str, topic: str, phone: str | None = "(310) 555-0100") -> CityQuestion:
    return CityQuestion(
        code=code,
        topic=topic,
        about={"en": f"about {code}", "es": f"sobre {code}"},
        answer={"en": f"answer to {code}", "es": f"respuesta a {code}"},
        office={"en": "the office", "es": "la oficina"},
        phone=phone,
        source="https://example.gov",
        checked=date(2026, 11, 28),
    )


KNOWN = {
    each.code: each
    for each in (question("trash_day", "trash"), question("bins", "trash"), question("pool", "parks", None))
}


def asking(*guesses: tuple[str, float], language: str = "en") -> Setting:
    turn = a_turn(
        "when is trash day?",
        "ask_city",
        questions=tuple(Guess(*guess) for guess in guesses),
        language=language,
    )
    return replace(a_setting(turn), questions=KNOWN)


@pytest.mark.parametrize(
    ("language", "answer"), [("en", "answer to trash_day"), ("es", "respuesta a trash_day")]
)
def test_a_clear_question_is_answered_in_its_language(language: str, answer: str) -> None:
    said = city_answer(asking(("trash_day", 0.8), ("bins", 0.1), language=language))
    assert (said.response, said.values["answer"], said.custom) == (
        "utter_city_answer",
        answer,
        {"asked": "trash_day"},
    )


def test_what_is_likely_and_stands_alone_is_answered_with_what_it_is_about() -> None:
    said = city_answer(asking(("trash_day", 0.2), ("bins", 0.1)))
    assert said.response == "utter_city_supposed"
    assert said.values == {"subject": "about trash_day", "answer": "answer to trash_day"}
    assert said.custom == {"asked": "trash_day"}


def test_of_two_that_are_alike_the_office_is_told() -> None:
    said = city_answer(asking(("trash_day", 0.2), ("bins", 0.18)))
    assert said.response == "utter_city_refer"
    assert said.values == {"subject": "about trash_day", "office": "the office", "number": "(310) 555-0100"}
    assert said.custom == {"asked": ""}


@pytest.mark.parametrize(
    "guesses", [(), (("trash_day", 0.1), ("pool", 0.1)), (("pool", 0.12),), (("gone", 0.9),)]
)
def test_what_nobody_knows_goes_to_the_citys_own_number(guesses: tuple[tuple[str, float], ...]) -> None:
    said = city_answer(asking(*guesses))
    assert (said.response, said.custom) == ("utter_city_unknown", {"asked": ""})


FILED = Memory(met=True, filed=Filed("SM-7K3Q9P", "pothole", NOON))


@pytest.mark.parametrize("kind", [None, Verdict, Rating, Reopened])
def test_between_reports_it_is_answered_and_changes_nothing(kind: type[FiledQuestion] | None) -> None:
    memory = FILED.with_question(kind("SM-7K3Q9P", "pothole", NOON)) if kind else FILED
    given = converse(None, memory, asking(("trash_day", 0.8)))
    said = [say.response for say in given.says]
    again = {Verdict: ["utter_ask_fixed"], Rating: ["utter_ask_rating"]}.get(kind, [])
    assert said == ["utter_city_answer", *again]  # what was open comes again
    assert (given.effects, given.memory.agenda, given.memory.filed) == ((), memory.agenda, memory.filed)


PLACE = a_setting(a_turn()).places.locate("pico and 4th").location
assert PLACE is not None
ASKS = next(
    each for each in the_catalogue().services.values() if each.questions and each.questions[0].required
)
SIMILAR = Similar("SM-7K3Q9P", "open", "Pico Blvd & 4th St", NOON, 20, False)
STATES: list[tuple[ReportQuestion, dict[str, object]]] = [
    (What(), {"service": None}),
    (WhichService(), {"service": None, "half_service": HalfService(("pothole",))}),
    (Group(), {"service": None}),
    (InGroup(), {"service": None, "half_service": HalfService(group="streets")}),
    (Where(), {}),
    (WhichPlace(), {"half_place": HalfPlace((PLACE, PLACE))}),
    (CrossStreet(), {"half_place": HalfPlace(street="Pico Blvd")}),
    (PhotoPlace(), {"spot": PLACE}),
    (SameMatter(SIMILAR), {"location": PLACE}),
    (Detail(ASKS.questions[0].code), {"location": PLACE, "service": ASKS.code}),
    (Summary(), {"location": PLACE}),
    (Change(), {"location": PLACE}),
]


@pytest.mark.parametrize(("open_question", "state"), STATES, ids=[one.name for one, _ in STATES])
def test_in_a_report_it_is_answered_and_the_open_question_comes_again(
    open_question: ReportQuestion, state: dict[str, object]
) -> None:
    begun = Draft(id=1, touched=NOON, service="pothole", description="pothole")
    draft = replace(begun, open=open_question, **state)  # type: ignore[arg-type]
    progress = converse(draft, Memory(met=True), asking(("trash_day", 0.8)))
    assert progress.says[0].response == "utter_city_answer"
    assert len(progress.says) > 1
    after = progress.draft
    assert after is not None
    assert (after.open, after.description, after.service) == (open_question, draft.description, draft.service)
