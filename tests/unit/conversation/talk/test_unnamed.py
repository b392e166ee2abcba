"""Who wishes not to be named hears who sees what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.city.questions import load_questions
from bot.conversation.intake.memory import Memory
from bot.conversation.talk import converse
from bot.conversation.talk.unnamed import UNNAMED, wishes_unnamed

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
