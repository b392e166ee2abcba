"""Which of two is meant: two matters in one text, two requests, two numbers, two questions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.hearing.acts import by_its_figure
from bot.conversation.hearing.buttons import options_below
from bot.conversation.hearing.evidence import Scene
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest, GiveFeedback
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.one_matter import forgets_this, without_what_is_none
from bot.conversation.intake.refusing import is_refused
from bot.conversation.intake.sending import says_send
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.turn import SideQuestion, Turn
from bot.conversation.questions.group import Group
from bot.conversation.questions.helpful_detail import HelpfulDetail
from bot.conversation.questions.staff_question import StaffQuestion
from bot.conversation.questions.summary import Summary
from bot.conversation.questions.updates_wanted import UpdatesWanted
from bot.conversation.questions.verdict import Verdict
from bot.conversation.talk import Progress, converse

from ..conftest import NOON, a_setting, a_turn, choosing, said, the_places

WATER = OwnRequest(
    "SM-7K3R9P",
    "water_service",
    "1238 Euclid St",
    "crossed water meters",
    status="waiting",
    reported=NOON,
    theirs=True,
)
LID = OwnRequest(
    "SM-4T9XWM",
    "sidewalk",
    "1238 Euclid St",
    "a cracked lid rocks",
    status="resolved",
    finished=True,
    reported=NOON,
    theirs=True,
)
PLACE = the_places().locate("1238 Euclid St").location


def take(turn: Turn, memory: Memory, *own: OwnRequest, draft: Draft | None = None) -> Progress:
    return converse(draft, memory, replace(a_setting(turn), own=own))


def added(progress: Progress) -> list[tuple[str | None, str]]:
    return [(one.reference, one.words) for one in progress.effects if isinstance(one, AddToRequest)]


def test_a_no_ends_with_its_sentence() -> None:
    setting = a_setting(a_turn("x"))
    text = "police?? no no. parking machine took the 6 bucks twice, thats all"
    assert not is_refused(text, "parking_meter", setting)
    assert is_refused("no parking meter please", "parking_meter", setting)


def test_of_two_matters_the_one_that_is_told_of_stays() -> None:
    lights = a_turn("anoche se apagaron las luces de las canchas 3 y 4 a las 8", "report", "streetlight")
    draft = Draft(
        id=1,
        touched=NOON,
        service="park",
        description="se puede reservar cancha de tenis en reed park",
        later=(lights.kept(),),
        open=Summary(),
    )
    words = "no son dos cosas, lo único dañado son las luces de las canchas, lo otro ya me lo contestó"
    left = without_what_is_none(draft, a_setting(a_turn(words, "correct", "streetlight")))
    assert (left.service, left.later) == ("streetlight", ())
    assert "se apagaron las luces" in left.description
    assert "reservar cancha" in left.description
    same = without_what_is_none(
        draft, a_setting(a_turn("no son dos cosas, es lo mismo: reservar cancha", "correct", "park"))
    )
    assert (same.service, same.later) == ("park", ())


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("pues el espejo, no se cual.. 2 creo. ah y hay un colchon viejo tirado", 2),
        ("6. bueno o la 5? ahi es calle. mejor dele con la 5", 5),
        ("3 i guess. it is the wall", 3),
        ("there are 2 of them on the corner", None),
        ("i live at number 5", None),
    ],
)
def test_the_number_that_is_settled_on_counts_at_the_list_of_kinds(text: str, place: int | None) -> None:
    draft = Draft(id=1, touched=NOON)
    options = options_below(Group().ask(draft, a_setting(a_turn(text))), "en")
    chosen = by_its_figure(a_turn(text), Scene("group", options=options))
    meant = None if chosen is None else chosen.choice
    assert meant == (None if place is None else options[place - 1].payload.split('"')[3])


@pytest.mark.parametrize(
    ("text", "sends"),
    [
        ("send, dont need my name on it right?", True),
        ("mándelo, no me van a cobrar verdad?", True),
        ("send it, wait, not yet", False),
        ("send it, or not?", False),
        ("send it? or is it too early", False),
        ("send it, but not before the street is right", False),
    ],
)
def test_it_is_sent_whatever_is_asked_behind_it(text: str, sends: bool) -> None:
    assert says_send(text) is sends


def test_an_answer_to_staff_is_none_about_the_work_that_is_done() -> None:
    memory = Memory(met=True, filed=Filed(LID.reference, "sidewalk", NOON))
    memory = memory.with_question(
        StaffQuestion(WATER.reference, "water_service", NOON, "What are the numbers on the two lids?")
    )
    memory = memory.with_question(Verdict(LID.reference, "sidewalk", NOON))
    words = "Left is 40718, right is 40781. Unit C should be the left"
    progress = take(a_turn(words, "add_to_request", replies={"add": 0.8}, minutes=1), memory, LID, WATER)
    assert added(progress) == [(WATER.reference, words)]


def test_an_answer_to_staff_in_many_words_gives_nothing_up() -> None:
    memory = Memory(met=True).with_question(
        StaffQuestion(WATER.reference, "water_service", NOON, "Is it still there?")
    )
    words = "si ahi sigue acabo de pasar, no es del lado de Pico sino de la 22. y ya borraron la foto?"
    progress = take(a_turn(words, "cancel", minutes=1), memory, WATER)
    assert added(progress) == [(WATER.reference, words)]


def test_which_one_was_meant_opens_nothing_again() -> None:
    wall = replace(LID, reference="SM-9C2D4F", service="graffiti", told="my number is on the wall")
    memory = Memory(met=True, filed=Filed(WATER.reference, "water_service", NOON)).with_question(
        Verdict(wall.reference, "graffiti", NOON)
    )
    progress = take(
        a_turn("no not the water one i mean the wall one", "not_fixed", minutes=1), memory, WATER, wall
    )
    assert not [one for one in progress.effects if isinstance(one, GiveFeedback)]
    assert [reference for reference, _ in added(progress)] == [wall.reference]


def test_words_beside_the_answer_to_the_offer_are_added() -> None:
    open_one = replace(WATER, status="open")
    memory = Memory(met=True, filed=Filed(open_one.reference, "water_service", NOON))
    memory = memory.with_question(UpdatesWanted(open_one.reference, "water_service", NOON))
    progress = take(
        choosing("updates:yes", text="1. the gutter there is slippery too and my son fell", minutes=1),
        memory,
        open_one,
    )
    assert added(progress) == [(open_one.reference, "the gutter there is slippery too and my son fell")]
    assert "utter_updates_on" in said(progress)


def test_all_that_is_asked_goes_to_staff() -> None:
    open_one = replace(WATER, status="open")
    memory = Memory(met=True, filed=Filed(open_one.reference, "water_service", NOON))
    rest = a_turn("it is torn at the pole end", "add_to_request", replies={"add": 0.9}, minutes=1)
    asked = a_turn("does the city take those", "ask_city", replies={"ask": 0.9}, minutes=1)
    whole = "it is torn at the pole end, and where do I bring my own old flag to be retired properly, does the city take those"
    turn = replace(rest, text=whole, side=SideQuestion(asked, rest))
    progress = take(turn, memory, open_one)
    assert ["old flag" in words for _, words in added(progress)] == [True]


def test_another_matter_elsewhere_is_no_answer_to_a_small_question() -> None:
    light = OwnRequest(
        "SM-2F4H6K", "streetlight", "Wilshire Blvd & 16th St", "the light is out", reported=NOON, theirs=True
    )
    memory = Memory(met=True, filed=Filed(light.reference, "streetlight", NOON))
    memory = memory.with_question(HelpfulDetail(light.reference, "streetlight", NOON, ("count",), asked=True))
    turn = a_turn(
        "a big branch hangs down at Arizona and 4th", "answer", "tree", replies={"tell": 0.9}, minutes=1
    )
    progress = take(turn, memory, light)
    assert not progress.effects
    assert progress.draft is not None
    assert progress.draft.service == "tree"


@pytest.mark.parametrize(
    ("text", "forgets"),
    [
        ("forget that one. Just the recliner and tv at the bus layover please", True),
        ("olvídese de eso, nomás el colchón", True),
        ("forget the other one", False),
        ("don't forget that one", False),
    ],
)
def test_the_first_of_two_is_given_up(text: str, forgets: bool) -> None:
    assert forgets_this(text) is forgets
    sofa = a_turn("somebody dumped a recliner and a tv", "report", "illegal_dumping")
    draft = Draft(
        id=1,
        touched=NOON,
        service="traffic_signal",
        location=PLACE,
        description="the walk sign",
        later=(sofa.kept(),),
        open=Summary(),
    )
    progress = take(a_turn(text, "start_over", minutes=1), Memory(), draft=draft)
    if forgets:
        assert progress.draft is not None
        assert progress.draft.service == "illegal_dumping"
