"""What only staff know of work under way, and what is written beside photos, days and counts: kinds of the fourteenth round."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.city.catalogue import Question, QuestionKind, Reading
from bot.conversation.intake.digressions import answer
from bot.conversation.intake.language import wants_it_in
from bot.conversation.intake.quoting import quoted
from bot.conversation.intake.reading import answers_in
from bot.conversation.intake.sending import says_send
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.specifics import asks_more
from bot.conversation.intake.telling import announces_photos
from tests.unit.conversation.conftest import a_setting, a_turn


def told(text: str, reads: Reading) -> str | None:
    """What a text says of a question that is read this way."""
    question = Question("asked", QuestionKind.TEXT, {"en": "?", "es": "?"}, reads=reads)
    return answers_in(text, (question,)).get("asked")


TREE = OwnRequest(
    "SM-7K3R9P", "tree", "1444 4th St", "big branch down, blocks the sidewalk", status="in_progress"
)


@pytest.mark.parametrize(
    "text",
    [
        "will they take the stump away too?",
        "did the truck come friday",
        "en la mañana o en la tarde?",
        "ok. do i have to move my car?",
        "y van a plantar uno nuevo?",
        "when does the park reopen",
    ],
)
def test_what_a_status_does_not_tell_is_for_staff(text: str) -> None:
    assert asks_more(text, TREE, a_setting(a_turn(text)))


@pytest.mark.parametrize(
    "text",
    [
        "any news?",
        "when are they coming",
        "how is it going with the branch",
        "status",
        "ya la quitaron o todavía no?",
        "cuánto van a tardar con la rama",
        "hello?? anything new on my report",
    ],
)
def test_how_it_stands_is_told(text: str) -> None:
    assert not asks_more(text, TREE, a_setting(a_turn(text)))


def test_nobody_is_asked_about_what_nobody_has_taken_up() -> None:
    text = "will they take the stump away too?"
    assert not asks_more(text, replace(TREE, status="open"), a_setting(a_turn(text)))


@pytest.mark.parametrize(
    "text",
    ["here's the pic", "mire", "ahí le va otra foto", "photo attached", "look", "here", "proof for you"],
)
def test_words_that_only_announce_a_photo(text: str) -> None:
    assert announces_photos(text)


@pytest.mark.parametrize(
    "text", ["", "yes", "this one", "does this look fixed?", "no", "here by the pole", "mire cómo quedó", "1"]
)
def test_words_that_tell_something_beside_a_photo(text: str) -> None:
    assert not announces_photos(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("i work nights and sleep days. EVERY tues and fri 8am", "EVERY tues, fri 8am"),
        ("it happens at nights", "nights"),
        ("thurs around noon", "thurs, noon"),
    ],
)
def test_days_and_hours_that_are_told_count_before_vague_ones(text: str, read: str) -> None:
    assert told(text, Reading.TIME) == read


@pytest.mark.parametrize(("text", "read"), [("6 days?? its cold", None), ("four tents now", "4")])
def test_days_are_no_count_of_anything(text: str, read: str | None) -> None:
    assert told(text, Reading.COUNT) == read


def test_sent_whatever_the_next_clause_says() -> None:
    assert says_send("evenings mostly. Send it I guess, not that it helps")
    assert not says_send("send it, or not?")
    assert not says_send("wait. don't send it, i was wrong")


def test_a_full_stop_is_not_quoted_twice() -> None:
    assert quoted("There is no pole.") == "There is no pole"
    assert quoted("and then...") == "and then..."


def test_the_language_that_is_spoken_is_asked_for() -> None:
    assert wants_it_in("no le entendí, qué dice? en español porfa", "es")
    assert not wants_it_in("no entiendo el inglés", "es")
    assert not wants_it_in("en español", "en")


@pytest.mark.parametrize("text", ["can i report a broken swing here?", "aquí se reportan los baches?"])
def test_that_it_is_told_right_here(text: str) -> None:
    says = answer(None, a_setting(a_turn(text, "ask_city")))
    assert [say.response for say in says] == ["utter_report_here"]
