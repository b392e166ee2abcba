"""Follow-up questions: never about what was said, required ones before filing, the others after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.city.catalogue import Choice, Question, QuestionKind, Reading
from bot.conversation.intake import Draft
from bot.conversation.intake.between import Answer, respond
from bot.conversation.intake.details import known_answers
from bot.conversation.intake.draft import Asking
from bot.conversation.intake.effects import AddToRequest, AnswerQuestion, BeginReport, GiveFeedback
from bot.conversation.intake.filed import filed_says
from bot.conversation.intake.follow_up import MOST, asked, begun
from bot.conversation.intake.memory import Awaiting, Memory, OpenFeedback, memory_as_json, memory_from_json
from bot.conversation.intake.reading import answers_in
from bot.conversation.intake.turn import Turn

from .conftest import NOON, Talk, a_setting, a_turn, choosing, said, the_catalogue

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


def test_a_required_question_is_asked_before_the_summary_and_kept(talk: Talk) -> None:
    step = talk(a_turn("you missed my pick up at 1437 11th st", service="missed_collection"))
    assert said(step) == ["utter_detail"]
    assert step.says[0].options
    step = talk(choosing("detail:bin:recycling"), draft=step.draft)
    assert step.draft is not None
    assert step.draft.asking is Asking.CONFIRM
    assert dict(step.draft.answers) == {"bin": "recycling"}


@pytest.mark.parametrize(
    "turn",
    [a_turn("idk", "deny"), a_turn("no sé"), a_turn("i don't know", "out_of_scope"), a_turn("skip", "skip")],
)
def test_who_does_not_know_can_go_on(talk: Talk, turn: Turn) -> None:
    step = talk(a_turn("you missed my pick up at 1437 11th st", service="missed_collection"), turn)
    assert step.draft is not None
    assert (step.draft.asking, step.draft.passed) == (Asking.CONFIRM, ("bin",))


def test_an_answer_that_is_not_understood_is_asked_for_once_more_only(talk: Talk) -> None:
    first = a_turn("you missed my pick up at 1437 11th st", service="missed_collection")
    step = talk(first, a_turn("the usual one", "add_to_request"))
    assert said(step) == ["utter_detail"]
    step = talk(a_turn("you know", "add_to_request"), draft=step.draft)
    assert said(step)[0] == "utter_summary"


@pytest.mark.parametrize("intent", ["ask_hours", "ask_how_long", "ask_city"])
def test_a_time_that_reads_like_a_question_about_hours_is_the_answer(talk: Talk, intent: str) -> None:
    """Seen: "tuesdays around 6" at "which day and time?" was answered with our office hours, for ever."""
    first = a_turn("gas leaf blowers at 1437 11th st", service="leaf_blower")
    step = talk(first, a_turn("tuesdays around 6", intent))
    assert step.draft is not None
    assert "tuesdays around 6" in dict(step.draft.answers).values()
    asks = talk(first, a_turn("what time do you close?", intent))
    assert asks.draft is not None
    assert asks.draft.answers == ()


def test_a_correction_of_the_place_is_heard_at_a_detail(talk: Talk) -> None:
    step = talk(
        a_turn("you missed my pick up at 1437 11th st", service="missed_collection"),
        a_turn("sorry, it's 1438 11th st", "correct"),
    )
    assert step.draft is not None
    assert step.draft.location is not None
    assert step.draft.location.name == "1438 11th St"
    assert said(step)[-1] == "utter_detail"


def filed_with(description: str, service: str, channel: str = "telegram") -> tuple[Memory, list[str]]:
    setting = a_setting(a_turn(intent="file", channel=channel))
    draft = Draft(1, NOON, service=service, description=description)
    memory = begun(Memory(met=True), "SM-7K3R9P", draft, setting)
    memory, says = filed_says("SM-7K3R9P", "Public Works", memory, setting, more=False)
    return memory, [say.response for say in says]


def answered(memory: Memory, turn: Turn) -> Answer:
    return respond(memory, a_setting(turn))


def test_an_optional_question_follows_the_filing() -> None:
    memory, says = filed_with("big hole", "pothole")
    assert says[-1] == "utter_detail_first"
    assert memory.answer_is_open
    assert memory_from_json(memory_as_json(memory)) == memory


def test_on_sms_it_waits_for_the_answer_about_updates() -> None:
    memory, says = filed_with("big hole", "pothole", channel="sms")
    assert says == ["utter_filed", "utter_offer_updates"]
    given = answered(memory, choosing("updates:yes"))
    assert [say.response for say in given.says] == ["utter_updates_on", "utter_detail_first"]


def test_answers_are_kept_and_end_with_thanks() -> None:
    memory, _ = filed_with("big hole", "pothole")
    questions = [question.code for question in the_catalogue().services["pothole"].questions][:MOST]
    for number, code in enumerate(questions, start=1):
        question = next(q for q in the_catalogue().services["pothole"].questions if q.code == code)
        given = answered(memory, choosing(f"detail:{code}:{question.choices[0].code}"))
        assert given.effects == (AnswerQuestion("SM-7K3R9P", code, question.choices[0].code),)
        memory = given.memory
        last = number == len(questions)
        assert [say.response for say in given.says] == [
            "utter_detail_thanks" if last else "utter_detail_next"
        ]
    assert not memory.answer_is_open


@pytest.mark.parametrize("turn", [choosing("detail:skip"), a_turn("skip", "skip"), a_turn("no idea", "deny")])
def test_skipping_one_ends_them(turn: Turn) -> None:
    memory, _ = filed_with("big hole", "pothole")
    given = answered(memory, turn)
    assert [say.response for say in given.says] == ["utter_detail_skipped"]
    assert not given.memory.answer_is_open


def test_another_report_is_no_answer() -> None:
    memory, _ = filed_with("big hole", "pothole")
    given = answered(memory, a_turn("graffiti at Main and Hill", service="graffiti"))
    assert given.effects == (BeginReport(),)


def test_a_report_that_reads_like_a_place_is_no_answer() -> None:
    memory, _ = filed_with("tags", "graffiti")
    given = answered(memory, a_turn("pothole at Pico and 4th", "give_place", "pothole"))
    assert given.effects == (BeginReport(),)


def test_something_else_said_lets_the_question_go() -> None:
    memory, _ = filed_with("big hole", "pothole")
    given = answered(memory, a_turn("thanks", "thanks"))
    assert [say.response for say in given.says] == ["utter_welcome"]
    assert not given.memory.answer_is_open


def test_a_photo_beside_an_answer_is_kept() -> None:
    memory, _ = filed_with("big hole", "pothole")
    first = the_catalogue().services["pothole"].questions[0]
    given = answered(memory, replace(choosing(f"detail:{first.code}:{first.choices[0].code}"), photos=(4,)))
    assert AddToRequest("SM-7K3R9P", (4,)) in given.effects


def test_a_sentence_with_a_photo_is_a_report_not_an_answer() -> None:
    memory, _ = filed_with("rude driver", "bus_service")
    given = answered(memory, a_turn("there is trash everywhere here", vague=True, photos=(4,)))
    assert given.effects == (BeginReport(),)


def test_a_number_is_never_taken_for_skip() -> None:
    memory, _ = filed_with("scooters in the way", "bike_scooter")
    while memory.follow_up and memory.follow_up.questions and memory.follow_up.questions[0] != "count":
        memory = replace(
            memory, follow_up=replace(memory.follow_up, questions=memory.follow_up.questions[1:])
        )
    _, asked_again = asked(memory, a_setting(a_turn("…")))
    assert [say.response for say in asked_again] == ["utter_detail_next_open"]
    assert asked_again[0].options == ()


def test_a_bare_number_is_the_answer_not_a_rating() -> None:
    memory, _ = filed_with("man asleep by the bank", "homeless")
    service = the_catalogue().services["homeless"]
    count = next(question for question in service.questions if question.kind is QuestionKind.NUMBER)
    assert memory.follow_up is not None
    memory = replace(memory, follow_up=replace(memory.follow_up, questions=(count.code,), asked=True))
    given = answered(memory, a_turn("2", "rate", rating=2))
    assert given.effects == (AnswerQuestion("SM-7K3R9P", count.code, "2"),)


def test_a_number_that_answers_nothing_is_no_rating() -> None:
    assert [say.response for say in answered(Memory(met=True), a_turn("1", "rate")).says] == [
        "utter_say_more"
    ]


def test_the_later_of_two_open_questions_is_answered_first() -> None:
    old = OpenFeedback("SM-2F4H6K", "noise", Awaiting.VERDICT, NOON - timedelta(days=2))
    memory, _ = filed_with("tags on the wall", "graffiti")
    given = answered(replace(memory, feedback=old), a_turn("no idea", "deny"))
    assert [say.response for say in given.says] == ["utter_detail_skipped"]
    plain = answered(replace(memory, feedback=old), a_turn("it is fixed", "fixed"))
    assert plain.effects == (GiveFeedback("SM-2F4H6K", verdict="fixed", comment="it is fixed"),)


def test_a_correction_may_be_the_answer(talk: Talk) -> None:
    step = talk(
        a_turn("you missed my pick up at 1437 11th st", service="missed_collection"),
        a_turn("sorry it was the blue one", "correct"),
    )
    assert step.draft is not None
    assert dict(step.draft.answers) == {"bin": "recycling"}


def test_what_was_said_is_not_asked() -> None:
    service = the_catalogue().services["abandoned_vehicle"]
    draft = Draft(
        1, NOON, service=service.code, description="white toyota camry, plate 7ABC123, here for two weeks"
    )
    known = known_answers(draft, service)
    assert known["plate"] == "7ABC123"
    assert known["days"] == "14"
