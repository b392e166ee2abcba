"""What was told before we followed it, what hurt, what is said to who asked, and where one more thing is: none of it is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest, TellStatus
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.telling import tells_more
from bot.conversation.intake.turn import Guess, SideQuestion, Turn
from bot.conversation.questions.staff_question import StaffQuestion
from bot.conversation.questions.summary import Summary
from bot.conversation.questions.where import Where
from bot.conversation.talk import Progress, converse
from bot.conversation.talk.aside import with_aside
from bot.conversation.talk.kind_word import was_hurt
from bot.conversation.talk.unanswered import with_what_is_asked

from ..conftest import NOON, a_setting, a_turn, choosing, said, the_places

POLE = OwnRequest("SM-7K3R9P", "general", "Ocean Ave & Pico Blvd", "the alarm button is dead", reported=NOON, theirs=True, status="waiting")  # fmt: skip
LIGHT = OwnRequest("SM-4T9XWM", "streetlight", "1033 10th St", "the lamp is out", reported=NOON, theirs=True)


def take(turn: Turn, memory: Memory | None = None, *own: OwnRequest, draft: Draft | None = None) -> Progress:
    return converse(draft, memory or Memory(met=True), replace(a_setting(turn), own=own))


def test_words_we_did_not_follow_are_in_the_report_that_they_begin() -> None:
    first = take(a_turn("the panic button of my shift is dead", "out_of_scope"))
    assert first.draft is None
    second = take(
        a_turn("its at the hotel on Ocean and Pico, graffiti too", service="graffiti", minutes=1),
        first.memory,
    )
    assert second.draft is not None
    assert second.draft.description.startswith("the panic button of my shift is dead\n")
    assert second.memory.not_followed is None


def test_words_we_did_not_follow_are_forgotten_after_a_while_and_after_other_words() -> None:
    lost = take(a_turn("do you sell hats", "out_of_scope")).memory
    report = a_turn("graffiti at Main and Hill", service="graffiti")
    later = take(replace(report, at=NOON + timedelta(days=2)), lost)
    assert later.draft is not None
    assert "hats" not in later.draft.description
    between = take(a_turn("thanks", "thanks", minutes=1), lost).memory
    assert between.not_followed is None


@pytest.mark.parametrize(
    "words",
    [
        "i tripped on the curb at Pico and 4th", "my daughter almost fell off the swing", "an old lady fell there yesterday", "I'm scared to walk there",
        "se me metió la rueda y casi me mato", "mi niño se cayó ahí", "me da miedo esperar el bus", "casi nos atropellan ayer",
    ],
)  # fmt: skip
def test_who_was_hurt_or_afraid_is_told_a_kind_word_once(words: str) -> None:
    first = take(a_turn(words, service="sidewalk"))
    assert said(first)[0] == "utter_sorry_it_happened"
    again = take(a_turn(words, "give_place", minutes=1), first.memory, draft=first.draft)
    assert "utter_sorry_it_happened" not in said(again)


@pytest.mark.parametrize(
    "words",
    ["a tree fell on the fence", "the sign fell down", "se cayó un árbol", "the light went down the hill", "they cut the tree", "I fell in love with the mural"],
)  # fmt: skip
def test_a_thing_that_fell_hurt_nobody(words: str) -> None:
    assert not was_hurt(words)


def test_an_answer_to_staff_goes_to_who_asked_and_what_names_another_one_to_that() -> None:
    memory = Memory(met=True, filed=Filed(LIGHT.reference, "streetlight", NOON)).with_question(
        StaffQuestion(POLE.reference, POLE.service, NOON, words="Which hotel?")
    )
    turn = a_turn(
        "the Fairview. five of us have it. and the streetlight is only one",
        "answer",
        replies={"tell": 0.9},
        minutes=5,
    )
    progress = take(turn, memory, LIGHT, POLE)
    told = {one.reference: one.words for one in progress.effects if isinstance(one, AddToRequest)}
    assert told[POLE.reference] == "the Fairview. five of us have it."
    assert told[LIGHT.reference] == "and the streetlight is only one"


def test_where_one_more_thing_is_offers_the_place_of_the_last() -> None:
    progress = take(
        a_turn("they did not take the blue bin", service="missed_collection", minutes=300), None, LIGHT
    )
    assert progress.draft is not None
    assert isinstance(progress.draft.open, Where)
    assert [option.label for option in progress.says[-1].options] == ["1033 10th St"]
    there = take(
        choosing(f"there:{LIGHT.reference}", minutes=301), progress.memory, LIGHT, draft=progress.draft
    )
    assert there.draft is not None
    assert there.draft.location is not None
    assert there.draft.location.name == "1033 10th St"


def test_a_place_of_weeks_ago_or_of_somebody_else_is_not_offered() -> None:
    bin_ = a_turn("they did not take the blue bin", service="missed_collection", minutes=1)
    for other in (replace(LIGHT, reported=NOON - timedelta(days=30)), replace(LIGHT, theirs=False)):
        assert take(bin_, None, other).says[-1].options == ()


def test_a_place_that_is_not_on_offer_any_more_is_asked_for_again() -> None:
    draft = take(a_turn("they did not take the blue bin", service="missed_collection")).draft
    progress = take(choosing("there:SM-2F4H6K", minutes=1), draft=draft)
    assert progress.draft is not None
    assert progress.draft.location is None
    assert isinstance(progress.draft.open, Where)


def test_one_more_matter_by_a_known_thing_is_a_report_of_its_own() -> None:
    filed = replace(POLE, status="open", told="the shock box by the playhouse door is empty", service="park")
    memory = Memory(met=True, filed=Filed(filed.reference, "park", NOON, waits=True))
    turn = a_turn(
        "the lamp over that same door is burnt out, pitch dark at Pico and 4th",
        guesses=(Guess("streetlight", 0.99),), replies={"another": 0.66, "add": 0.27}, minutes=5,
    )  # fmt: skip
    progress = take(turn, memory, filed)
    assert progress.draft is not None
    assert progress.draft.service == "streetlight"


def test_words_that_only_say_what_is_left_out_do_not_take_the_rest_with_them() -> None:
    place = the_places().locate("Pico and 4th").location
    draft = Draft(
        id=1, touched=NOON, service="sewer_storm", location=place, open=Summary(),
        description="they pour powder into the drain. i am the gardener there",
    )  # fmt: skip
    words = "it is powder and chlorine both, every friday. and leave out the part about the gardener"
    progress = take(a_turn(words, "add_to_request", replies={"add": 0.9}, minutes=1), draft=draft)
    assert progress.draft is not None
    assert "gardener" not in progress.draft.description
    assert "powder and chlorine both" in progress.draft.description
    assert progress.says[0].values["quote"] == "i am the gardener there"


def test_who_told_it_all_and_is_none_of_what_was_offered_needs_no_more_menus() -> None:
    guesses = (Guess("noise", 0.3), Guess("business", 0.25), Guess("housing", 0.1))
    told = "the bell of the old clock tower at Main and Hill rings thirteen times at noon and nobody winds it"
    first = take(a_turn(told, guesses=guesses, vague=True))
    assert first.draft is not None
    assert first.draft.half_service is not None
    second = take(choosing("menu", minutes=1), first.memory, draft=first.draft)
    assert second.draft is not None
    assert second.draft.service == "general"
    assert isinstance(second.draft.open, Summary)
    assert "utter_in_your_words" in said(second)


def test_who_told_little_chooses_from_the_list() -> None:
    guesses = (Guess("noise", 0.3), Guess("business", 0.25), Guess("housing", 0.1))
    first = take(a_turn("bell at Main and Hill", guesses=guesses, vague=True))
    second = take(choosing("menu", minutes=1), first.memory, draft=first.draft)
    assert second.draft is not None
    assert second.draft.service is None


@pytest.mark.parametrize(
    ("asked", "replies", "passed_on"),
    [
        ("can they at least tape it off?", {"ask": 0.8}, True),
        ("how is it going with that?", {"status": 0.9}, False),
    ],
)
def test_a_question_that_a_status_does_not_answer_is_for_staff(
    asked: str, replies: dict[str, float], *, passed_on: bool
) -> None:
    rest = a_turn("till the 8th, with the chain of the swing on the ground", "add_to_request", minutes=1)
    side = SideQuestion(a_turn(asked, "ask_city", replies=replies, minutes=1), rest)
    turn = replace(rest, text=f"{rest.text}. {asked}", side=side)
    before = Progress(
        None, Memory(), effects=(AddToRequest(LIGHT.reference, words=turn.text), TellStatus(LIGHT.reference))
    )
    after = with_what_is_asked(before, turn, a_setting(turn), begun=False)
    added = next(one for one in after.effects if isinstance(one, AddToRequest))
    assert added.asks is passed_on


def test_what_to_change_can_be_said_with_the_wish_to_change_something() -> None:
    place = the_places().locate("1131 Idaho Ave").location
    draft = Draft(
        id=1,
        touched=NOON,
        service="housing",
        location=place,
        open=Summary(),
        description="the smoke comes in",
    )
    words = "2. it is not housing at all, it is the noise of the neighbor"
    progress = take(a_turn(words, "change", "noise", minutes=1), draft=draft)
    assert progress.draft is not None
    assert progress.draft.service == "noise"


def test_words_answered_with_911_alone_are_in_the_report_that_follows_at_once() -> None:
    first = take(
        a_turn("a smell like sweet gasoline comes through the duct", danger=frozenset({"emergency"}))
    )
    assert first.draft is None
    second = take(
        a_turn("no sir nothing for 911. noise and smell at 2218 Pico Blvd", service="noise", minutes=1),
        first.memory,
    )
    assert second.draft is not None
    assert "sweet gasoline" in second.draft.description


def test_a_question_about_a_filed_request_goes_there_though_a_report_is_open() -> None:
    draft = take(a_turn("the swing at Douglas Park is broken", service="park")).draft
    asked = a_turn("is that streetlight on a timer?", "ask_city", replies={"ask": 0.9}, minutes=1)
    rest = a_turn("send it later", "add_to_request", minutes=1)
    turn = replace(rest, aside=asked, whole="send it later. is that streetlight on a timer?")
    progress = with_aside(Progress(draft, Memory()), replace(a_setting(turn), own=(LIGHT,)))
    question = next(one for one in progress.effects if isinstance(one, AddToRequest))
    assert (question.reference, question.asks) == (LIGHT.reference, True)


def test_a_blessing_is_no_addition() -> None:
    assert not tells_more(a_turn("Send it and thank you. God bless you all now", "file"))
