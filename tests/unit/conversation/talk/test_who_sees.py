"""Who wishes not to be named hears who sees what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.city.questions import load_questions
from bot.conversation.intake.memory import Memory
from bot.conversation.talk import converse
from bot.conversation.talk.who_sees import PAPERS, PHOTOS, UNNAMED, wishes_unnamed, worry_in

from ..conftest import PACK, a_setting, a_turn, said


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("Please dont tell them it was me", True),
        ("send it. and dont give my # to those guys", True),
        ("I really dont want it getting back to them, we share a wall", True),
        ("No se vea mi nombre en esa pagina por favor", True),
        ("que no le digan a mi casero que fui yo", True),
        ("no quiero que mi vecino se entere", True),
        ("keep my name out of it", True),
        ("y no vayan a decir q yo avise, el patron se enoja", True),
        ("¿no se va a enterar de que fui yo?", True),
        ("I'd like to stay anonymous", True),
        ("they don't say when they come", False),
        ("don't know who did it", False),
        ("no se sabe quien tira la basura", False),
        ("it says not to give food to the birds", False),
        ("", False),
    ],
)
def test_who_wishes_not_to_be_named(text: str, wishes: bool) -> None:
    assert wishes_unnamed(text) is wishes


def test_who_wishes_it_hears_who_sees_what_once() -> None:
    text = "loud parties every night at 2218 Oak St, please dont tell them it was me"
    setting = replace(a_setting(a_turn(text, "report", "noise")), questions=load_questions(PACK))
    assert UNNAMED in setting.questions
    progress = converse(None, Memory(), setting)
    assert said(progress).count("utter_city_answer") == 1
    assert progress.draft is not None
    assert "utter_city_answer" not in said(
        converse(None, Memory(), a_setting(a_turn(text, "report", "noise")))
    )


@pytest.mark.parametrize(
    ("text", "worry"),
    [
        ("will ICE see this", PAPERS),
        ("y si no tengo papeles me pueden decir algo?", PAPERS),
        ("esto lo ve la migra o quien", PAPERS),
        ("do they ask for my id when they come?", PAPERS),
        ("there is ice on the bike path", None),
        ("papers all over the street", None),
        ("my son is in the photo, can you take it down please", PHOTOS),
        ("la foto sale en internet?", PHOTOS),
        ("can u blur the plate", PHOTOS),
        ("photo of the pothole attached", None),
        ("the plate of the car is 7ABC123", None),
        ("is this anonymous", UNNAMED),
        ("mandalo pero sin mi nombre", UNNAMED),
        ("mi nombre no sale en la pagina verdad", UNNAMED),
        ("the name of the park is on the sign", None),
        ("do I get in trouble for it being there?", None),
        ("no tengo papeles de la corte, es por el humo", None),
        ("no court papers lol just bars", None),
        ("also don't tell em its the mailman", UNNAMED),
    ],
)  # fmt: skip
def test_which_worry_words_have(text: str, worry: str | None) -> None:
    assert worry_in(text) == worry


@pytest.mark.parametrize(
    ("text", "intent"),
    [("y la migra ve esto?", "ask_about_bot"), ("is my face in the pic public", "out_of_scope"), ("sin mi nombre ok?", "ask_city")],
)  # fmt: skip
def test_a_worry_is_answered_and_not_sent_to_an_office(text: str, intent: str) -> None:
    setting = replace(a_setting(a_turn(text, intent)), questions=load_questions(PACK))
    assert said(converse(None, Memory(met=True), setting)) == ["utter_city_answer"]


def test_a_report_with_the_words_of_a_worry_is_a_report() -> None:
    text = "fake ICE flyers are glued on every pole of Lincoln Blvd at Pico"
    setting = replace(a_setting(a_turn(text, "report", "graffiti")), questions=load_questions(PACK))
    progress = converse(None, Memory(met=True), setting)
    assert progress.draft is not None
    assert "utter_city_answer" not in said(progress)
