"""Is it fixed? And what follows: how good it was, or what is still wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.effects import AddToRequest, GiveFeedback, TellStatus
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.turn import Turn
from bot.conversation.questions.rating import Rating
from bot.conversation.questions.reopened import Reopened
from bot.conversation.questions.verdict import Verdict
from bot.conversation.talk import Progress, converse

from ..conftest import NOON, a_setting, a_turn, choosing, said

FILED = Memory(met=True, filed=Filed("SM-7K3Q9P", "pothole", NOON))
ASKED = FILED.with_question(Verdict("SM-7K3Q9P", "pothole", NOON))


def answer(turn: Turn, memory: Memory) -> Progress:
    return converse(None, memory, a_setting(turn))


DONE = (
    OwnRequest("SM-7K3R9P", "pothole", "Pico Blvd & 4th St", finished=True),
    OwnRequest("SM-2F4H6K", "graffiti", "", finished=True),
)


def test_still_there_without_a_question_is_about_the_one_finished_request() -> None:
    given = converse(None, FILED, replace(a_setting(a_turn("its still there", "not_fixed")), own=DONE[:1]))
    assert said(given) == ["utter_reopened"]
    assert given.effects == (GiveFeedback("SM-7K3R9P", verdict="not_fixed", comment="its still there"),)
    assert given.memory.asking(Reopened, NOON) is not None


def test_of_several_finished_requests_the_resident_chooses_one() -> None:
    asked = converse(None, FILED, replace(a_setting(a_turn("fixed", "fixed")), own=DONE))
    assert said(asked) == ["utter_which_finished"]
    assert [option.label for option in asked.says[0].options] == ["pothole, Pico Blvd & 4th St", "graffiti"]
    chosen = converse(None, FILED, replace(a_setting(choosing("fixed:SM-2F4H6K")), own=DONE))
    assert chosen.effects == (GiveFeedback("SM-2F4H6K", verdict="fixed"),)
    assert said(chosen) == ["utter_ask_rating"]


def test_still_there_while_nothing_is_finished_tells_how_things_stand() -> None:
    assert answer(a_turn("still there", "not_fixed"), FILED).effects == (TellStatus(),)
    assert answer(choosing("fixed:SM-999999"), FILED).effects == (TellStatus(),)


class TestAfterAnUpdate:
    def test_fixed_asks_for_a_rating(self) -> None:
        given = answer(a_turn(intent="fixed"), ASKED)
        assert given.effects == (GiveFeedback("SM-7K3Q9P", verdict="fixed"),)
        assert said(given) == ["utter_ask_rating"]
        rated = answer(a_turn(intent="rate", rating=4), given.memory)
        assert rated.effects == (GiveFeedback("SM-7K3Q9P", rating=4),)
        assert rated.memory.agenda == ()

    @pytest.mark.parametrize(
        "turn",
        [
            a_turn("not fixed", "not_fixed"),
            a_turn("no", "deny"),
            a_turn("the pothole is still there", "report", "pothole"),
            a_turn("you did nothing", "complain_service"),
            a_turn(intent="send_photos", photos=(3,)),
        ],
    )
    def test_not_fixed_in_many_ways_reopens(self, turn: Turn) -> None:
        given = answer(turn, ASKED)
        assert isinstance(given.effects[0], GiveFeedback)
        assert given.effects[0].verdict == "not_fixed"
        told = len(turn.text.split()) > 3
        assert said(given) == ["utter_reopened_with" if told else "utter_reopened"]

    def test_another_matter_is_another_report(self) -> None:
        given = answer(a_turn("graffiti at Main", "report", "graffiti"), ASKED)
        assert given.draft is not None
        assert given.draft.service == "graffiti"
        assert given.effects == ()

    @pytest.mark.parametrize(
        ("words", "stars"),
        [("5", 5), ("four stars", 4), ("4/5", 4), ("3 out of 5", 3), ("cinco", 5), ("2!", 2)],
    )
    def test_a_rating_is_read_from_words(self, words: str, stars: int) -> None:
        waiting = FILED.with_question(Rating("SM-7K3Q9P", "pothole", NOON))
        assert answer(a_turn(words, "rate"), waiting).effects == (GiveFeedback("SM-7K3Q9P", rating=stars),)

    def test_words_and_photos_after_not_fixed_go_to_the_request(self) -> None:
        reopened = answer(a_turn(intent="not_fixed"), ASKED).memory
        given = answer(a_turn(intent="send_photos", photos=(8,)), reopened)
        assert given.effects == (AddToRequest("SM-7K3Q9P", (8,)),)

    def test_the_question_is_forgotten_after_two_weeks(self) -> None:
        late = a_turn("no", "deny", minutes=15 * 24 * 60)
        assert answer(late, ASKED).effects == ()


@pytest.mark.parametrize(
    "words",
    [
        "not fixed and somebody is bleeding here",
        "No, it's still there and a man fell into it, he is not moving",
        "it isn't fixed!! my mom is hurt",
        "sigue igual y una señora se cayó, le sale sangre",
        "no está arreglado y hay un herido",
    ],
)
def test_an_answer_in_one_breath_with_danger_counts_behind_it(words: str) -> None:
    given = answer(a_turn(words, "report", danger=frozenset({"emergency"})), ASKED)
    assert said(given)[0] == "utter_emergency"
    assert given.effects == (GiveFeedback("SM-7K3Q9P", verdict="not_fixed", comment=words),)


def test_danger_alone_answers_no_open_question() -> None:
    given = answer(
        a_turn("a man is bleeding on the corner", "report", danger=frozenset({"emergency"})), ASKED
    )
    assert said(given) == ["utter_emergency"]
    assert given.effects == ()
    assert given.memory == ASKED


def test_words_in_one_breath_with_danger_go_to_what_was_opened_again_and_begin_no_report() -> None:
    asked = FILED.with_question(Reopened("SM-7K3Q9P", "pothole", NOON))
    words = "still there and somebody is bleeding"
    given = answer(a_turn(words, "report", "graffiti", danger=frozenset({"emergency"})), asked)
    assert said(given) == ["utter_emergency"]
    assert (given.draft, given.memory) == (None, asked)
    assert given.effects == (AddToRequest("SM-7K3Q9P", (), words),)
