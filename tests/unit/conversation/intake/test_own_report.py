"""What residents say of a report of theirs: what is in it, that it is none, that one is of its own, whom to call."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.city.questions import REPORT, CityQuestion
from bot.conversation.intake.digressions import whom_to_call
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.half_done import begins_half, has_come, has_not_seen, leaves_a_part
from bot.conversation.intake.language import conversation_language
from bot.conversation.intake.quoting import quoted_end
from bot.conversation.intake.sending import wants_no_change
from bot.conversation.intake.services import begins_anew, is_no_report
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.status import asks_after, asks_contents, contents_of
from bot.conversation.intake.turn import Guess

from ..conftest import NOON, a_setting, a_turn

BOTH = {"en": "words", "es": "palabras"}
IN_IT = CityQuestion(
    "in_my_report", "this_number", BOTH, BOTH, BOTH, None, "docs/dialogue.md", date(2026, 11, 29), REPORT
)
COUCH = OwnRequest("SM-3RPJH7", "bulky_pickup", "2417 30th St", reported=NOON)


def with_question(confidence: float) -> Setting:
    turn = replace(a_turn("are my pics there?", "ask_city"), questions=(Guess("in_my_report", confidence),))
    return replace(a_setting(turn), questions={"in_my_report": IN_IT})


def test_what_is_in_a_report_is_asked_where_the_question_is_surely_that_one() -> None:
    assert asks_contents(with_question(0.9))
    assert not asks_contents(with_question(0.2))
    assert not asks_contents(a_setting(a_turn("are my pics there?", "ask_city")))
    assert asks_contents(a_setting(a_turn("did you add the low pressure in unit 2?", "report")))


def test_a_report_in_the_making_is_read_back() -> None:
    said = contents_of(Draft(1, NOON, description='couch\nand a "queen" mattress', photos=(3, 4)))
    assert said.values == {"words": "couch; and a 'queen' mattress", "photos": "2"}


def test_of_long_words_the_newest_stay() -> None:
    assert quoted_end("one two three four", 12) == "...four"
    assert quoted_end("one two", 12) == "one two"


@pytest.mark.parametrize(
    "text",
    ["hey its been 2 days, still sitting there, when are they coming", "gone?", "ya vinieron por el sofa?"],
)
def test_vague_words_ask_after_their_open_request(text: str) -> None:
    assert asks_after(replace(a_setting(a_turn(text)), own=(COUCH,))) == COUCH


@pytest.mark.parametrize(
    "setting",
    [
        a_setting(a_turn("is there a pothole crew? hole at Pico and 4th", service="pothole")),
        a_setting(a_turn("trash at Main and Hill, when do they come?")),
        a_setting(a_turn("new report: when do they come?")),
        a_setting(a_turn("still sitting there")),
        a_setting(a_turn("when do they come?", "ask_how_long")),
    ],
)
def test_a_place_another_matter_or_no_question_is_not_about_it(setting: Setting) -> None:
    assert asks_after(replace(setting, own=(COUCH,))) is None


def test_what_is_finished_is_not_asked_after() -> None:
    assert asks_after(replace(a_setting(a_turn("gone?")), own=(replace(COUCH, status="closed"),))) is None


@pytest.mark.parametrize(
    "text",
    [
        "new one. bus bench at arizona and 14th",
        "no, new report",
        "quiero otro reporte",
        "its own report please",
    ],
)
def test_a_matter_of_its_own_is_heard(text: str) -> None:
    assert begins_anew(text)
    assert not is_no_report(text)


@pytest.mark.parametrize(
    "text", ["no new report!! just the status", "no es un reporte nuevo", "not a new one"]
)
def test_that_it_is_no_report_is_heard(text: str) -> None:
    assert is_no_report(text)
    assert not begins_anew(text)


@pytest.mark.parametrize("text", ["a new streetlight was put there", "the new building", "la nueva calle"])
def test_new_things_are_no_new_reports(text: str) -> None:
    assert not begins_anew(text)
    assert not is_no_report(text)


@pytest.mark.parametrize(
    "text", ["nada nada, asi esta bien", "nothing", "no its fine as is", "looks good", "todo bien"]
)
def test_nothing_is_to_be_changed(text: str) -> None:
    assert wants_no_change(text)


@pytest.mark.parametrize(
    "text", ["nothing on 4th, its 5th", "fine is 500 dollars", "no esta bien la calle", "bien abajo"]
)
def test_something_is_to_be_changed(text: str) -> None:
    assert not wants_no_change(text)


@pytest.mark.parametrize(
    "text",
    [
        "havent been back yet, going saturday. ill tell u then",
        "i'll check tomorrow",
        "todavia no he visto",
        "luego le digo",
    ],
)
def test_who_has_not_looked_yet(text: str) -> None:
    assert has_not_seen(text)


@pytest.mark.parametrize(
    "text", ["not fixed", "i looked and it is still there", "ya lo vi", "they havent come"]
)
def test_who_has_looked(text: str) -> None:
    assert not has_not_seen(text)


@pytest.mark.parametrize(
    ("current", "text", "language"),
    [
        ("es", "en ingles no me entero bien, este finde vienen", "es"),
        ("es", "no, en español por favor", "es"),
        ("en", "no hablo ingles", "es"),
        ("es", "i dont speak spanish", "en"),
        ("en", "in english not so good", "es"),
    ],
)
def test_the_language_that_is_wanted(current: str, text: str, language: str) -> None:
    told = conversation_language(
        current, first=False, detected=None, hint=None, intent="change_language", text=text
    )
    assert told == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("yeah avisame. cuanto se tardan? it smells bad", "es"),
        ("pero its in the alley ok? al lado de los trash cans", "es"),
        ("the couch is still out there on the sidewalk", "en"),
    ],
)
def test_who_mixes_both_has_not_switched(text: str, language: str) -> None:
    told = conversation_language("es", first=False, detected="en", hint=None, intent="report", text=text)
    assert told == language


def test_whom_to_call_is_told_where_the_matter_has_a_number() -> None:
    asked = a_setting(a_turn("the pipe is getting worse, who do i call", "ask"))
    assert [say.response for say in whom_to_call("water_waste", asked)] == ["utter_guidance"]
    assert whom_to_call(None, asked) == ()
    assert whom_to_call("water_waste", a_setting(a_turn("is it the city's pipe?", "ask"))) == ()


@pytest.mark.parametrize("text", ["mostly, still some by the curb", "casi, falta un poco", "well kind of"])
def test_half_a_yes_is_heard_before_anything_else(text: str) -> None:
    assert begins_half(text)


@pytest.mark.parametrize("text", ["yes", "the most dangerous corner", "all of it, no half work"])
def test_a_whole_yes_is_no_half(text: str) -> None:
    assert not begins_half(text)


def test_what_is_still_there_is_a_part_that_was_left() -> None:
    assert leaves_a_part("still some by the curb")
    assert not leaves_a_part("it is still a nice street")


@pytest.mark.parametrize(
    "text", ["oye por fin ya vinieron, gracias", "they came, thank you", "ya quedo, gracias"]
)
def test_that_somebody_came_at_last_is_heard(text: str) -> None:
    assert has_come(text)


def test_thanks_alone_say_nothing_of_the_work() -> None:
    assert not has_come("ok gracias joven, dios lo bendiga")


def test_when_somebody_comes_is_told_in_the_words_of_staff_once_work_is_under_way() -> None:
    asked = a_setting(a_turn("vienen el jueves o que?", "ask_how_long"))
    assert asks_after(replace(asked, own=(COUCH,))) is None
    begun = replace(COUCH, status="in_progress")
    assert asks_after(replace(asked, own=(begun,))) == begun
