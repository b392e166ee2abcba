"""Is it fixed? And what follows: how good it was, or what is still wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.effects import AddToRequest, FollowUp, GiveFeedback, TellStatus
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.turn import Turn
from bot.conversation.questions.rating import Rating
from bot.conversation.questions.reopened import Reopened
from bot.conversation.questions.verdict import Verdict
from bot.conversation.questions.why_rated import WhyRated
from bot.conversation.talk import Progress, converse

from ..conftest import NOON, a_filed_question, a_setting, a_turn, choosing, said

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
        assert [one.name for one in rated.memory.agenda] == ["remark"]  # nothing is asked any more

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

    @pytest.mark.parametrize(
        ("words", "asked"),
        [
            ("2", True),
            ("2 out of 5", True),
            ("tres estrellas", True),
            ("2 because it took you months", False),
            ("4", False),
        ],
    )
    def test_few_stars_are_asked_why_unless_it_was_said(self, words: str, asked: bool) -> None:
        waiting = FILED.with_question(Rating("SM-7K3Q9P", "pothole", NOON))
        given = answer(a_turn(words, "rate"), waiting)
        assert said(given)[0] == ("utter_ask_why" if asked else "utter_rated")
        (kept,) = given.effects
        assert isinstance(kept, GiveFeedback)
        assert (kept.comment == words) == ("because" in words)

    @pytest.mark.parametrize(
        ("turn", "effects"),
        [
            (a_turn("nobody told me a thing for weeks", "complain_service"), "comment"),
            (a_turn("the patch is already sinking", "report", "pothole"), "comment"),
            (a_turn("no", "deny"), "nothing"),
            (a_turn("status", "ask_status"), "other"),
            (a_turn("graffiti at Main and Hill", "report", "graffiti"), "report"),
        ],
    )
    def test_the_why_is_kept_and_anything_else_is_heard(self, turn: Turn, effects: str) -> None:
        waiting = FILED.with_question(WhyRated("SM-7K3Q9P", "pothole", NOON))
        given = answer(turn, waiting)
        comments = [one.comment for one in given.effects if isinstance(one, GiveFeedback)]
        assert comments == ([turn.text] if effects == "comment" else [])
        assert (given.draft is not None) == (effects == "report")
        closed = given.memory.asking(WhyRated, NOON) is None
        assert closed == (effects in ("comment", "nothing"))

    def test_long_after_the_end_a_new_request_is_filed_about_it(self) -> None:
        ended = replace(DONE[0], long_ended=True)
        turn = a_turn("its still there", "not_fixed", photos=(7,))
        given = converse(None, Memory(met=True), replace(a_setting(turn), own=(ended,)))
        assert given.effects == (FollowUp("SM-7K3R9P", "its still there", (7,)),)
        assert given.memory.asking(Reopened, NOON) is None

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


@pytest.mark.parametrize(
    ("words", "intent", "service"),
    [
        # What the engine makes of them stands beside: a place told, and by the replies a correction.
        ("streetlight out at 1427 Lincoln Blvd", "give_place", "streetlight"),
        ("hay un bache en la 20 y Pico", "report", "pothole"),
        ("big pothole at 20th and Pico", "report", "pothole"),
    ],
)
def test_a_report_with_a_place_of_its_own_is_no_verdict(words: str, intent: str, service: str) -> None:
    turn = a_turn(words, intent, service, minutes=5, replies={"tell": 0.77, "correct": 0.19, "another": 0.04})
    memory = Memory(met=True, agenda=(a_filed_question("verdict"),))
    begun = converse(None, memory, replace(a_setting(turn), own=DONE[:1]))
    assert begun.draft is not None
    assert begun.draft.service == service
    assert begun.effects == ()


def test_what_is_still_there_is_one_wherever_they_say_it_is() -> None:
    turn = a_turn("the pothole at 5th and Pico is still there", "report", "pothole", minutes=5)
    memory = Memory(met=True, agenda=(a_filed_question("verdict"),))
    told = converse(None, memory, replace(a_setting(turn), own=DONE[:1]))
    assert told.draft is None
    assert [type(effect).__name__ for effect in told.effects] == ["GiveFeedback"]
