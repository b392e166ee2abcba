"""What stands beside an answer is kept, and what is wished of a filed request is heard whatever else is open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.belonging import filed_before
from bot.conversation.intake.draft import Draft, HalfService
from bot.conversation.intake.effects import AddToRequest, GiveFeedback, Withdraw
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.question import End
from bot.conversation.intake.services import is_no_report
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.telling import tells_beside_a_choice, to_be_kept
from bot.conversation.intake.turn import Besides, Guess, SideQuestion, Turn
from bot.conversation.questions.summary import Summary
from bot.conversation.questions.verdict import Verdict
from bot.conversation.questions.which_service import WhichService
from bot.conversation.talk import Progress, converse
from bot.conversation.talk.wishes import cancels

from ..conftest import NOON, a_setting, a_turn, choosing, said, the_places

PLACE = the_places().locate("Colorado Ave and 17th St").location
DUST = OwnRequest(
    "SM-7K3R9P",
    "construction",
    "Colorado Ave & 17th St",
    "sandblasting without a tarp",
    reported=NOON,
    theirs=True,
)
DONE = replace(DUST, status="resolved", finished=True)
TALKED_OF = Memory(met=True, filed=Filed(DUST.reference, "construction", NOON))


def take(turn: Turn, memory: Memory, *own: OwnRequest, draft: Draft | None = None) -> Progress:
    return converse(draft, memory, replace(a_setting(turn), own=own))


def added(progress: Progress) -> list[tuple[str | None, str]]:
    return [(one.reference, one.words) for one in progress.effects if isinstance(one, AddToRequest)]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("El 2, no hay una fuga, nadie lo apaga nomas", "no hay una fuga, nadie lo apaga nomas"),
        (
            "i said 3. its 1737 pearl st, white number on the curb",
            "its 1737 pearl st, white number on the curb",
        ),
        ("3 i guess. they sprayed all of the block", "they sprayed all of the block"),
        ("2", "2"),
    ],
)
def test_the_number_of_an_option_is_no_part_of_what_is_told(text: str, kept: str) -> None:
    assert to_be_kept(text) == kept
    assert tells_beside_a_choice(a_turn(text)) is (text != kept)


def test_what_is_told_beside_an_option_is_in_the_report() -> None:
    draft = Draft(id=1, touched=NOON, location=PLACE, description="the splash pad runs all night",
                  half_service=HalfService(("park", "water_waste")), open=WhichService())  # fmt: skip
    words = "El 2, nadie lo apaga. el piso ahi al lado esta verde y mi nena se cayo"
    progress = take(choosing("service:water_waste", text=words, minutes=1), Memory(), draft=draft)
    assert progress.draft is not None
    assert progress.draft.service == "water_waste"
    assert "mi nena se cayo" in progress.draft.description


def test_an_option_chosen_again_by_its_number_counts() -> None:
    draft = Draft(id=1, touched=NOON, location=PLACE, description="painted numbers",
                  half_service=HalfService(("graffiti", "street_sign")), open=WhichService())  # fmt: skip
    turn = a_turn("i said 2. white numbers on the whole curb", "correct", replies={"correct": 0.9}, minutes=1)
    progress = take(turn, Memory(), draft=draft)
    assert progress.draft is not None
    assert progress.draft.service == "street_sign"


def test_finished_work_is_opened_again_while_another_report_is_open() -> None:
    draft = Draft(
        id=1,
        touched=NOON,
        description="they blast again without a tarp",
        half_service=HalfService(("beach", "noise")),
        open=WhichService(),
    )
    turn = a_turn("it is NOT done, open it up again", "correct", minutes=1)
    progress = take(turn, TALKED_OF, DONE, draft=draft)
    assert GiveFeedback(DONE.reference, verdict="not_fixed", comment=turn.text) in progress.effects
    assert (DONE.reference, "they blast again without a tarp") in added(progress)
    assert progress.end is End.DROPPED


def test_a_request_that_is_named_and_to_be_closed_is_taken_back_while_another_report_is_open() -> None:
    draft = Draft(
        id=1,
        touched=NOON,
        service="tree",
        location=PLACE,
        description="a rope cuts into a tree",
        open=Summary(),
    )
    turn = a_turn("SM-7K3R9P is fixed, no problem. please close that one", "ask_status", minutes=1)
    progress = take(turn, TALKED_OF, DUST, draft=draft)
    assert progress.effects == (Withdraw(DUST.reference, turn.text),)
    assert progress.draft is not None
    assert progress.draft.description == "a rope cuts into a tree"


def test_a_report_is_sent_with_the_verdict_on_another() -> None:
    draft = Draft(
        id=1,
        touched=NOON,
        service="public_facility",
        location=PLACE,
        description="a tap does not close",
        open=Summary(),
    )
    memory = TALKED_OF.with_question(Verdict(DONE.reference, "construction", NOON))
    turn = a_turn(
        "Si quedo bien gracias. Y lo de la llave si mandelo", "fixed", replies={"fixed": 0.95}, minutes=1
    )
    progress = take(turn, memory, DONE, draft=draft)
    assert progress.end is End.CONFIRMED
    assert any(isinstance(one, GiveFeedback) for one in progress.effects)


def test_what_came_back_after_it_was_done_is_opened_again_unasked() -> None:
    progress = take(
        a_turn("mira que hoy volvieron a tirar arena sin lona", "report", "beach", minutes=1), TALKED_OF, DONE
    )
    assert any(isinstance(one, GiveFeedback) and one.verdict == "not_fixed" for one in progress.effects)


def test_praise_with_a_grumble_closes_the_work_and_passes_the_grumble_on() -> None:
    memory = TALKED_OF.with_question(Verdict(DONE.reference, "construction", NOON))
    turn = a_turn(
        "Very good, thank you, bravo. Only nobody answered which Wednesday so I missed it.",
        "report",
        "missed_collection",
        minutes=1,
    )
    progress = take(turn, memory, DONE)
    assert [one.verdict for one in progress.effects if isinstance(one, GiveFeedback)] == ["fixed"]
    assert "utter_ask_rating_plainly" in said(progress)


def test_still_there_is_no_question_of_how_it_stands() -> None:
    memory = TALKED_OF.with_question(Verdict(DONE.reference, "construction", NOON))
    turn = a_turn(
        "the sandblasting dust is still there on all the cars, did anyone look at that?",
        "ask_status",
        minutes=1,
    )
    progress = take(turn, memory, DONE)
    assert [one.verdict for one in progress.effects if isinstance(one, GiveFeedback)] == ["not_fixed"]


def test_what_puts_right_what_we_said_begins_no_report() -> None:
    bus = OwnRequest(
        "SM-4T9XWM", "bus_service", "Pico Blvd & 20th St", "the 7 never came", reported=NOON, theirs=True
    )
    memory = Memory(met=True, filed=Filed(bus.reference, "bus_service", NOON))
    words = "no hay que hallar ningun bus, es el letrero de la parada el que falta"
    turn = a_turn(words, "report", "bus_stop", replies={"correct": 0.42, "another": 0.32}, minutes=1)
    progress = take(turn, memory, bus)
    assert progress.draft is None
    assert added(progress) == [(bus.reference, words)]


def test_one_more_thing_at_the_same_place_is_a_report_of_its_own() -> None:
    fence = OwnRequest(
        "SM-4T9XWM",
        "code_violation",
        "2725 Main St",
        "a dining barrier before my door",
        reported=NOON,
        theirs=True,
    )
    memory = Memory(met=True, filed=Filed(fence.reference, "code_violation", NOON))
    turn = a_turn(
        "also someone tagged the barrier last night, purple spray paint graffiti",
        "report",
        "graffiti",
        minutes=1,
    )
    progress = take(turn, memory, fence)
    assert progress.draft is not None
    assert progress.draft.service == "graffiti"


def test_what_is_announced_behind_an_answer_is_a_report_though_we_do_not_know_what_it_is() -> None:
    memory = TALKED_OF.with_question(Verdict(DONE.reference, "construction", NOON))
    rest = a_turn("si quedo bien, gracias", "fixed", replies={"fixed": 0.95}, minutes=1)
    told = a_turn(
        "Y de paso, el banco que está ahí al lado tiene una tabla rota",
        "report",
        minutes=1,
        replies={"another": 0.6},
    )
    turn = replace(rest, text=f"{rest.text}. {told.text}", besides=Besides(told, rest))
    progress = take(turn, memory, DONE)
    assert any(isinstance(one, GiveFeedback) for one in progress.effects)
    assert progress.draft is not None
    assert "tabla rota" in progress.draft.description


@pytest.mark.parametrize(
    "words",
    [
        "Es la misma parada. Nomas agreguelo ahi por favor, no quiero otro reporte",
        "it is the same stop. please add it to that. no need for more",
    ],
)
def test_more_of_what_is_filed_is_added_though_another_sentence_follows(words: str) -> None:
    setting = replace(a_setting(a_turn(words)), own=(DUST,))
    assert filed_before(setting) == DUST


@pytest.mark.parametrize(
    ("text", "none"),
    [
        ("no quiero otro reporte", True),
        ("don't make another report", True),
        ("no, quiero otro reporte", False),
        ("i want another report", False),
    ],
)
def test_that_no_other_report_is_wanted(text: str, none: bool) -> None:
    assert is_no_report(text) is none


@pytest.mark.parametrize(
    ("text", "closes"),
    [
        ("it is fixed, close it please", True),
        ("i never asked you to close it", False),
        ("please close that one", True),
        ("the gate does not close", False),
    ],
)
def test_that_a_request_is_to_be_closed(text: str, closes: bool) -> None:
    assert cancels(text) is closes


def test_a_story_that_ends_with_a_question_is_a_report() -> None:
    told = "The house next door to me is rented out by the night now and every weekend it is a party till 2:30 in the morning"
    rest = a_turn(told, "out_of_scope", guesses=(Guess("noise", 0.64),))
    asked = a_turn("What can the city do?", "ask_services")
    turn = replace(rest, text=f"{told}. What can the city do?", side=SideQuestion(asked, rest))
    progress = take(turn, Memory())
    assert progress.draft is not None
    assert progress.draft.service == "noise"
    assert (
        take(
            a_turn(
                "what can you do for me in this fine city of yours on a day like this one", "out_of_scope"
            ),
            Memory(),
        ).draft
        is None
    )
