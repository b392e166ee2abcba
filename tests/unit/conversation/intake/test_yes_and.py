"""A yes with which a message begins that goes on to tell something: "yes and i was late to work cuz of it"."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.clauses import yes_among
from bot.conversation.intake.turn import Clause
from tests.unit.conversation.conftest import a_turn

ADDS = {"add": 0.6, "tell": 0.2}


@pytest.mark.parametrize(
    "text",
    [
        "yes and its worse at night",
        "ok and the pole hums",
        "si y es peor de noche",
        "Yep, plus it smells",
        "yes please and it hums",
    ],
)
def test_it_is_a_yes(text: str) -> None:
    assert yes_among(replace(a_turn(text), replies=ADDS))
    told = (Clause(text, ADDS), Clause("bus 1834 i think", {"add": 0.9}))
    assert yes_among(replace(a_turn(f"{text}. bus 1834 i think"), clauses=told))


@pytest.mark.parametrize(
    ("text", "replies"),
    [
        ("yes and also its 17th not 16th", {"correct": 0.7}),
        ("yes and no", ADDS),
        ("yes but its worse at night", ADDS),
        ("yes and who pays?", ADDS),
        ("yesterday and today", ADDS),
        ("its worse at night", ADDS),
        ("ok and then what", ADDS),
        ("yes and drop it", {"cancel": 0.6}),
        ("yes and wait till i add a photo", ADDS),
        ("ok and let me take a picture first", ADDS),
        ("si y espere, le mando una foto", ADDS),
        ("ok and how much does that cost", {"ask": 0.8}),
        ("yes and change it to the other corner", ADDS),
    ],
)
def test_it_is_none(text: str, replies: dict[str, float]) -> None:
    assert not yes_among(replace(a_turn(text), replies=replies))
