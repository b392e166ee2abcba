"""What a report says already, so that it is not asked."""

from __future__ import annotations

import pytest

from bot.city.catalogue import Choice, Question, QuestionKind, Reading
from bot.conversation.intake.details import known_answers
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.reading import answers_in

from ..conftest import NOON, the_catalogue

TEXTS = {"en": "?", "es": "?"}


def a_question(reads: Reading | None = None, **more: object) -> Question:
    values: dict[str, object] = {"code": "q", "kind": QuestionKind.TEXT, "ask": TEXTS, "reads": reads}
    return Question(**(values | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reads", "words", "answer"),
    [
        (Reading.TIME, "they blow leaves every tuesday at 7am", "every tuesday at 7am"),
        (Reading.TIME, "los jardineros vienen todos los martes a las 8", "todos los martes a las 8"),
        (Reading.TIME, "it is going on right now", "right now"),
        (Reading.TIME, "gardener with a leaf blower", None),
        (Reading.PLATE, "silver honda plate 7abc123 blocking", "7ABC123"),
        (Reading.PLATE, "license plate number is 8XYZ 999", "8XYZ 999"),
        (Reading.PLATE, "placas 6TRJ244", "6TRJ244"),
        (Reading.PLATE, "the car is blocking my driveway", None),
        (Reading.PLATE, "no plates on it", None),
        (Reading.LINE, "the driver of line 7 was rude", "7"),
        (Reading.LINE, "rapid 10 never came", "10"),
        (Reading.LINE, "la linea 3 no paso", "3"),
        (Reading.LINE, "the 8 passed me by", "8"),
        (Reading.LINE, "I waited at the 14th street stop for the 20 minutes", None),
        (Reading.DAYS, "has been there for two weeks", "14"),
        (Reading.DAYS, "lleva 10 dias ahi", "10"),
        (Reading.DAYS, "parked here a month", "30"),
        (Reading.DAYS, "abandoned car", None),
        (Reading.COUNT, "3 scooters on the sidewalk", "3"),
        (Reading.COUNT, "two of these bikes", "2"),
        (Reading.COUNT, "scooter on the sidewalk", None),
        (Reading.VEHICLE, "white toyota camry abandoned on 11th", "white toyota camry"),
        (Reading.VEHICLE, "camioneta blanca abandonada", "camioneta blanca"),
        (Reading.VEHICLE, "old RV and a car", None),
        (Reading.COUNT, "a homeless man is sleeping here", "1"),
        (Reading.NUMBER, "meter # SM1234 took my card", "SM1234"),
        (Reading.NUMBER, "streetlight out, pole number 12345", "12345"),
        (Reading.NUMBER, "poste 4521 apagado", "4521"),
        (Reading.NUMBER, "light out at 1437 11th st", None),
        (Reading.EMAIL, "send it to Ana.Lopez@example.org please", "Ana.Lopez@example.org"),
        (Reading.TIME, "loud every sat", "every sat"),
        (Reading.TIME, "I sat down and cried", None),
        (Reading.EMAIL, "meet me @ the park", None),
        (Reading.WORDS, "all building permits for 1437 11th st", "all building permits for 1437 11th st"),
        (Reading.WORDS, "public records", None),
    ],
)
def test_what_a_report_says_is_read_in_its_own_words(reads: Reading, words: str, answer: str | None) -> None:
    assert answers_in(words, (a_question(reads),)).get("q") == answer


def test_a_choice_is_read_from_its_words_only_when_one_is_meant() -> None:
    def choice(code: str, *words: str) -> Choice:
        return Choice(code, {"en": code, "es": code}, {"en": words, "es": ()})

    question = a_question(
        kind=QuestionKind.CHOICE,
        choices=(choice("recycling", "recycling", "blue bin"), choice("trash", "trash", "garbage")),
    )
    assert answers_in("You missed my BLUE BINS again", (question,)) == {"q": "recycling"}
    assert answers_in("missed the trash and the recycling", (question,)) == {}
    assert answers_in("nobody came", (question,)) == {}
    assert answers_in("no está el blue bin, it is the trash", (question,)) == {"q": "trash"}


def test_of_words_within_words_the_longer_ones_count() -> None:
    def choice(code: str, *words: str) -> Choice:
        return Choice(code, {"en": code, "es": code}, {"en": words, "es": ()})

    question = a_question(
        kind=QuestionKind.CHOICE, choices=(choice("yes", "blocking"), choice("no", "not blocking"))
    )
    assert answers_in("it is not blocking anything", (question,)) == {"q": "no"}
    assert answers_in("it is blocking the alley", (question,)) == {"q": "yes"}


def test_a_day_said_in_the_report_is_kept_as_a_date() -> None:
    service = the_catalogue().services["missed_collection"]
    draft = Draft(1, NOON, service=service.code, description="my trash was not picked up yesterday")
    assert known_answers(draft, service, NOON.date())["day"] == "2026-11-21"


@pytest.mark.parametrize(
    "noise", ["plate" + " " * 4000, "line" + "\n" * 4000, "no. " * 1000, "99 " * 1300, "red " * 1000]
)
def test_a_long_run_of_the_same_answers_no_more_than_itself(noise: str) -> None:
    """How long it takes is measured in tests/bench/bench_long_messages.py."""
    questions = [question for service in the_catalogue().services.values() for question in service.questions]
    assert all(noise.startswith(answer) for answer in answers_in(noise, questions).values())
    assert answers_in("plate " + noise, questions).keys() >= answers_in(noise, questions).keys()


def test_words_of_a_question_are_listed_as_they_were_written() -> None:
    question = a_question(words={"en": ("couch", "mattress", "sofa bed"), "es": ("colchón",)})
    assert answers_in("old Couch, 2 mattresses and a colchon", (question,)) == {
        "q": "Couch, mattresses, colchon"
    }


def test_what_was_said_is_not_asked() -> None:
    service = the_catalogue().services["abandoned_vehicle"]
    draft = Draft(
        1, NOON, service=service.code, description="white toyota camry, plate 7ABC123, here for two weeks"
    )
    known = known_answers(draft, service)
    assert known["plate"] == "7ABC123"
    assert known["days"] == "14"
