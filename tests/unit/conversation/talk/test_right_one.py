"""Words about one of several requests go to the one that they name, and no question is thanked away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.danger import Danger
from bot.conversation.intake.details import as_told
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest, TellStatus
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.question import End
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.turn import Besides, Denied, Guess, SideQuestion, Turn
from bot.conversation.questions.verdict import Verdict
from bot.conversation.talk import Progress, converse

from ..conftest import NOON, a_setting, a_turn, said

HEAT = OwnRequest(
    "SM-7K3R9P", "housing", "1033 10th St", "no heat in apartment 6", reported=NOON, theirs=True
)
LIGHT = OwnRequest(
    "SM-4T9XWM", "streetlight", "1033 10th St", "the lamp shines in", reported=NOON, theirs=True
)
OWN = (LIGHT, HEAT)  # newest first
TALKED_OF = Memory(met=True, filed=Filed(LIGHT.reference, "streetlight", NOON))


def take(turn: Turn, memory: Memory = TALKED_OF, *own: OwnRequest) -> Progress:
    return converse(None, memory, replace(a_setting(turn), own=own or OWN))


@pytest.mark.parametrize(
    "words",
    ["for the heat one, there is a baby of 5 months here and it freezes", "for SM-7K3R9P: home after 4 every day, and a baby"],
)  # fmt: skip
def test_what_names_the_other_goes_to_the_other(words: str) -> None:
    progress = take(a_turn(words, "add_to_request", replies={"add": 0.9}, minutes=1))
    assert [one.reference for one in progress.effects if isinstance(one, AddToRequest)] == [HEAT.reference]


def test_what_names_none_goes_to_the_one_that_is_talked_of() -> None:
    progress = take(
        a_turn("it is the one by the second window", "add_to_request", replies={"add": 0.9}, minutes=1)
    )
    assert [one.reference for one in progress.effects if isinstance(one, AddToRequest)] == [LIGHT.reference]


def in_one_breath(rest: Turn, told: Turn) -> Turn:
    return replace(rest, text=f"{rest.text}. {told.text}", besides=Besides(told, rest))


def test_praise_for_the_one_and_a_complaint_of_the_other_are_two_things() -> None:
    done = replace(LIGHT, status="resolved", finished=True)
    asked = TALKED_OF.with_question(Verdict(LIGHT.reference, "streetlight", NOON))
    praise = a_turn("the lamp is perfect now, thanks", "fixed", replies={"fixed": 0.97}, minutes=1)
    turn = in_one_breath(praise, a_turn("But the heat is still off and nobody came", "report", minutes=1))
    progress = take(turn, asked, done, HEAT)
    assert "utter_ask_rating" in said(progress)
    assert AddToRequest(HEAT.reference, words="But the heat is still off and nobody came") in progress.effects


def test_how_the_other_stands_is_told_behind_thanks() -> None:
    thanks = a_turn("ok thank you", "thanks", replies={"thanks": 0.97}, minutes=1)
    turn = in_one_breath(thanks, a_turn("and any news about the heat?", "ask_status", minutes=1))
    progress = take(turn)
    assert any(isinstance(one, TellStatus) and one.reference == HEAT.reference for one in progress.effects)


def asking(rest: Turn, asked: Turn) -> Turn:
    return replace(rest, text=f"{rest.text}. {asked.text}", side=SideQuestion(asked, rest))


def test_a_question_that_nothing_answers_is_for_staff() -> None:
    rest = a_turn("it has been dark since monday", "add_to_request", replies={"add": 0.9}, minutes=1)
    progress = take(asking(rest, a_turn("is that even allowed to shine in like that?", "report", minutes=1)))
    (added,) = [one for one in progress.effects if isinstance(one, AddToRequest)]
    assert added.asks
    assert progress.wants_person


def test_at_the_summary_it_is_said_to_go_along() -> None:
    begun = converse(None, Memory(), a_setting(a_turn("pothole at Pico and 4th", service="pothole")))
    rest = a_turn("send it please", "file", replies={"yes": 0.97}, minutes=1)
    asked = a_turn("and who may I thank for the last one over there?", "out_of_scope", minutes=1)
    turn = replace(asking(rest, asked), intent="file")
    progress = converse(begun.draft, Memory(), a_setting(turn))
    assert progress.end is End.CONFIRMED
    assert "utter_question_kept" in said(progress) or "utter_unknown_noted" in said(progress)


def test_what_is_denied_is_not_what_it_is() -> None:
    begun = converse(
        None, Memory(), a_setting(a_turn("steel plate lifted at Olympic and 20th, so loud", service="noise"))
    )
    words = "no, it's not about the noise, its the plate, it is lifted"
    denied = a_turn("noise", service="noise")
    rest = a_turn("its the plate, it is lifted", service="pothole")
    turn = a_turn(words, "correct", service="noise", replies={"correct": 0.98}, minutes=1)
    progress = converse(begun.draft, Memory(), a_setting(replace(turn, denied=Denied(denied, rest))))
    assert progress.draft is not None
    assert progress.draft.service == "pothole"


def test_a_denial_of_something_else_changes_nothing() -> None:
    begun = converse(None, Memory(), a_setting(a_turn("pothole at Olympic and 20th", service="pothole")))
    denied, rest = (
        a_turn("noise", service="noise"),
        a_turn("its the plate, lifted", guesses=(Guess("pothole", 0.9),)),
    )
    turn = a_turn("not the noise. its the plate, lifted", "correct", service="noise", minutes=1)
    progress = converse(begun.draft, Memory(), a_setting(replace(turn, denied=Denied(denied, rest))))
    assert progress.draft is not None
    assert progress.draft.service == "pothole"


def test_who_would_rather_have_another_department_gets_it() -> None:
    begun = converse(
        None,
        Memory(),
        a_setting(a_turn("plaque gone from the bench at Reed Park", service="police_non_emergency")),
    )
    words = "It says Police. I would rather the parks people look first"
    progress = converse(
        begun.draft, Memory(), a_setting(a_turn(words, "correct", replies={"correct": 0.5}, minutes=1))
    )
    assert progress.draft is not None
    assert progress.draft.service == "park"


@pytest.mark.parametrize(
    "words",
    ["handrail loose on the steps at Pico and 4th, an old man almost fell", "portería suelta en Reed Park, casi le cae encima a un niño"],
)  # fmt: skip
def test_what_nearly_happened_is_a_report_with_911_told_first(words: str) -> None:
    turn = a_turn(words, service="sidewalk", danger=frozenset({Danger.EMERGENCY}))
    progress = converse(None, Memory(), a_setting(turn))
    assert said(progress)[0] == "utter_emergency"
    assert progress.draft is not None


@pytest.mark.parametrize(
    ("words", "again"),
    [
        ("another thing, there are gopher holes in the grass", False),
        ("ay otra cosita, el foco del callejón está apagado", False),
        ("another thing, the lamp has a number on it", True),
        ("it also hums", True),
    ],
)
def test_what_is_announced_as_something_else_is_a_report_of_its_own(words: str, again: bool) -> None:
    turn = a_turn(words, "report", guesses=(Guess("park", 0.5),), replies={"add": 0.8}, minutes=1)
    progress = take(turn, TALKED_OF, LIGHT)
    assert (progress.draft is None) is again


@pytest.mark.parametrize(
    ("words", "warned"),
    [("sewage comes up out of the drain at Pico and 4th", True), ("the iron cover at Pico and 4th rattles all night", False)],
)  # fmt: skip
def test_a_warning_is_given_to_those_it_is_for(words: str, warned: bool) -> None:
    setting = a_setting(a_turn(words, service="sewer_storm"))
    draft = converse(None, Memory(), setting).draft
    assert draft is not None
    service = as_told(draft, setting)
    assert service is not None
    assert (service.guidance is not None) is warned


def test_a_complaint_beside_the_praise_is_said_to_be_passed_on() -> None:
    done = replace(LIGHT, status="resolved", finished=True)
    asked = TALKED_OF.with_question(Verdict(LIGHT.reference, "streetlight", NOON))
    praise = a_turn("thank you so much for the lamp", "thanks", replies={"thanks": 0.97}, minutes=1)
    progress = take(
        in_one_breath(praise, a_turn("but nobody answers who pays for my awning", "report")), asked, done
    )
    assert {"utter_passed_on", "utter_ask_rating_plainly"} <= set(said(progress))


def a_summary(service: str, text: str) -> Draft:
    draft = converse(None, Memory(), a_setting(a_turn(text, service=service))).draft
    assert draft is not None
    return draft


def test_nothing_is_sent_where_it_is_said_not_to_be_it() -> None:
    draft = a_summary(
        "police_non_emergency", "a gate swings out and hits cars in the alley at 1620 Delaware Ave"
    )
    words = "policía no, cambia eso a otra cosa y mándalo"
    progress = converse(
        draft, Memory(), a_setting(a_turn(words, "file", replies={"yes": 0.5, "correct": 0.4}, minutes=1))
    )
    assert progress.draft is not None
    assert (
        progress.draft.service == "general"
    )  # as asked for: something else, which staff make out of the words
    assert "utter_in_your_words" in said(progress)


def test_send_it_but_it_is_something_else_is_put_right_and_sent() -> None:
    draft = a_summary("sidewalk", "the meter lid in the sidewalk is gone at 938 3rd St")
    words = "Send it, but it is a water leak, please get it to the water people"
    turn = a_turn(words, "report", service="water_waste", minutes=1)
    progress = converse(draft, Memory(), a_setting(turn))
    assert progress.end is End.CONFIRMED
    assert progress.draft is not None
    assert (progress.draft.service, progress.draft.later) == ("water_waste", ())


def test_how_long_is_for_staff_where_the_work_waits() -> None:
    waits = replace(LIGHT, status="on_hold")
    rest = a_turn("could someone weigh it down", "add_to_request", replies={"add": 0.9}, minutes=1)
    asked = a_turn("and when might it be ready?", "ask_how_long", minutes=1)
    progress = take(replace(asking(rest, asked), intent="add_to_request"), TALKED_OF, waits)
    assert "utter_usual_days" not in said(progress)
    assert any(isinstance(one, AddToRequest) and one.asks for one in progress.effects)


def test_another_matter_that_is_plain_needs_no_word_of_its_name() -> None:
    turn = a_turn(
        "oh n the things there are off too by like 5",
        "add_to_request",
        guesses=(Guess("park", 0.95),),
        minutes=1,
    )
    assert take(turn, TALKED_OF, LIGHT).draft is not None


def test_no_es_por_is_of_what_it_is_where_that_is_named() -> None:
    draft = a_summary("noise", "unas placas de metal hacen mucho ruido en Olympic y la 17")
    denied, rest = a_turn("ruido", service="noise"), a_turn("es la placa levantada", service="pothole")
    turn = a_turn("no es por el ruido, es la placa levantada", "correct", service="noise", minutes=1)
    progress = converse(draft, Memory(), a_setting(replace(turn, denied=Denied(denied, rest))))
    assert progress.draft is not None
    assert progress.draft.service == "pothole"
