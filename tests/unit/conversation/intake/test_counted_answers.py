"""Answers that are counted or begin like a question: "son dos", "como una semana"."""

from __future__ import annotations

import pytest

from bot.city.catalogue import Catalogue
from bot.conversation.intake.details import question_of, read_answer
from bot.conversation.intake.digressions import is_beside

from ..conftest import a_setting, a_turn


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("YA LES DIJE SON DOS", "several"),
        ("two like i said", "several"),
        ("just one", "one"),
        ("nomas una", "one"),
        ("hm", None),
    ],
)
def test_one_or_several_is_answered_by_a_number(words: str, answer: str | None, catalogue: Catalogue) -> None:
    question = question_of(catalogue.services["streetlight"], "count")
    assert question is not None
    assert read_answer(question, a_setting(a_turn(words, "answer"))) == answer


@pytest.mark.parametrize(
    ("words", "beside"),
    [
        ("como una semana y media", False),
        ("como a las 3", False),
        ("como dos dias mas o menos", False),
        ("como se llama usted", True),
        ("cuanto se tardan", True),
        ("y a que hora vienen", True),
    ],
)
def test_about_is_no_how(words: str, beside: bool) -> None:
    assert is_beside(a_setting(a_turn(words, "ask_how_long")), detail=True) is beside
