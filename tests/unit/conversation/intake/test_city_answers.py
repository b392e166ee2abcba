"""Questions of the city: answered in any state, sent to who knows where it is not clear, and never a report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.city.questions import CityQuestion
from bot.conversation.intake import advance
from bot.conversation.intake.between import respond
from bot.conversation.intake.digressions import city_answer
from bot.conversation.intake.draft import Asking, Similar
from bot.conversation.intake.memory import Awaiting, Filed, Memory, OpenFeedback
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Guess

from .conftest import NOON, a_setting, a_turn, the_catalogue


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


def test_of_two_that_are_alike_the_office_is_told() -> None:
    said = city_answer(asking(("trash_day", 0.4), ("bins", 0.3)))
    assert said.response == "utter_city_refer"
    assert said.values == {"subject": "about trash_day", "office": "the office", "number": "(310) 555-0100"}
    assert said.custom == {"asked": ""}


@pytest.mark.parametrize(
    "guesses", [(), (("trash_day", 0.1), ("pool", 0.1)), (("pool", 0.4),), (("gone", 0.9),)]
)
def test_what_nobody_knows_goes_to_the_citys_own_number(guesses: tuple[tuple[str, float], ...]) -> None:
    said = city_answer(asking(*guesses))
    assert (said.response, said.custom) == ("utter_city_unknown", {"asked": ""})


@pytest.mark.parametrize(
    "memory",
    [
        Memory(),
        Memory(met=True, filed=Filed("SM-7K3Q9P", "pothole", NOON)),
        Memory(met=True, feedback=OpenFeedback("SM-7K3Q9P", "pothole", Awaiting.VERDICT, NOON)),
        Memory(met=True, feedback=OpenFeedback("SM-7K3Q9P", "pothole", Awaiting.RATING, NOON)),
        Memory(met=True, feedback=OpenFeedback("SM-7K3Q9P", "pothole", Awaiting.COMMENT, NOON)),
    ],
)
def test_between_reports_it_is_answered_and_changes_nothing(memory: Memory) -> None:
    given = respond(memory, asking(("trash_day", 0.8)))
    assert [say.response for say in given.says] == ["utter_city_answer"]
    assert (given.effects, given.memory.feedback, given.memory.filed) == ((), memory.feedback, memory.filed)


@pytest.mark.parametrize("open_question", [asked for asked in Asking if asked is not Asking.RESUME])
def test_in_a_report_it_is_answered_and_the_open_question_comes_again(open_question: Asking) -> None:
    draft = advance(None, a_setting(a_turn("pothole", "report", "pothole"))).draft
    assert draft is not None
    draft = replace(draft, asking=open_question, **STATES.get(open_question, {}))  # type: ignore[arg-type]
    step = advance(draft, asking(("trash_day", 0.8)))
    assert step.says[0].response == "utter_city_answer"
    assert len(step.says) > 1
    assert step.draft is not None
    assert (step.draft.asking, step.draft.description, step.draft.service) == (
        open_question,
        draft.description,
        draft.service,
    )


PLACE = a_setting(a_turn()).places.locate("pico and 4th").location
assert PLACE is not None
ASKS = next(
    each for each in the_catalogue().services.values() if each.questions and each.questions[0].required
)
STATES: dict[Asking, dict[str, object]] = {
    Asking.WHICH_PLACE: {"places": (PLACE, PLACE)},
    Asking.CROSS_STREET: {"street": "Pico Blvd"},
    Asking.PHOTO_PLACE: {"spot": PLACE},
    Asking.GROUP: {"service": None},
    Asking.SERVICE: {"service": None, "group": "streets"},
    Asking.WHAT: {"service": None},
    Asking.WHICH_SERVICE: {"service": None, "guesses": ("pothole",)},
    Asking.SIMILAR: {
        "location": PLACE,
        "similar": Similar("SM-7K3Q9P", "open", "Pico Blvd & 4th St", NOON, 20, False),
    },
    Asking.DETAIL: {"location": PLACE, "service": ASKS.code, "detail": ASKS.questions[0].code},
    Asking.CONFIRM: {"location": PLACE},
    Asking.CHANGE: {"location": PLACE},
}
