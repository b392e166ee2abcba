"""A question beside something else: where a message is cut, and that each half is read as a message."""

from __future__ import annotations

import pytest

from bot.engine.nlu.halves import HalvesCutter, HalvesReader
from bot.engine.nlu.side_question import Halves, halves


@pytest.mark.parametrize(
    ("text", "rest", "asked"),
    [
        ("yes send it. who reads this?", "yes send it.", "who reads this?"),
        ("sure thanks who reads this", "sure thanks", "who reads this"),
        ("light is out at 1500 Pearl, how long does it usually take?", "light is out at 1500 Pearl", "how long does it usually take?"),
        ("how long does this take? its at Pico and 20th", "its at Pico and 20th", "how long does this take?"),
        ("Yes. How soon will somebody come, it may fall", "Yes. it may fall", "How soon will somebody come"),
        ("si mándelo y cuánto se tardan", "si mándelo", "y cuánto se tardan"),
        ("no gracias. ¿es anónimo?", "no gracias.", "¿es anónimo?"),
        ("ok pero quien ve mi numero", "ok", "pero quien ve mi numero"),
        ("si porfa mijo y mi hermana puede pedir algo?", "si porfa mijo", "y mi hermana puede pedir algo?"),
        ("yes please hon and my sister gets one too?", "yes please hon", "and my sister gets one too?"),
        ("sí mándelo y oiga ahí puedo barrer yo o me regañan", "sí mándelo y", "oiga ahí puedo barrer yo o me regañan"),
        ("thanks a lot. but nobody told me who pays for the tire", "thanks a lot.", "but nobody told me who pays for the tire"),
        ("who are you? is this the city? there is a hole on Main", "there is a hole on Main", "is this the city?"),
    ],
)  # fmt: skip
def test_the_question_is_taken_out(text: str, rest: str, asked: str) -> None:
    assert halves(text) == Halves(asked, rest)


@pytest.mark.parametrize(
    "text",
    [
        "how long does it take?",
        "pothole on Pico and 4th, by the school",
        "the light on 4th, is broken",
        "es en la casa donde vive mi tia",
        "gracias",
        "hay un bache en la 5 y hay otro en la 6",
        "SIETE DIAS?? no manches",
        "really? thats a week without sleep",
        "?",
        "??? ...",
        "",
        "why " * 400,
    ],
)
def test_what_is_one_thing_stays_whole(text: str) -> None:
    assert halves(text) is None


def test_the_halves_are_read_by_what_stands_between_and_only_the_whole_goes_on() -> None:
    from rasa.shared.nlu.training_data.message import Message

    whole = Message(data={"text": "yes. who reads this?", "metadata": {"language_hint": "es"}})
    cut = HalvesCutter().process([whole, Message(data={"text": "/affirm"}), Message(data={"text": "hello"})])
    assert [each.get("text") for each in cut] == [
        "yes. who reads this?",
        "yes.",
        "who reads this?",
        "/affirm",
        "hello",
    ]
    for each in cut:
        assert each is cut[3] or each is cut[4] or each.get("metadata") == {"language_hint": "es"}
        each.set("language", each.get("text")[:3], add_to_output=True)
    left = HalvesReader().process(cut)
    assert [each.get("text") for each in left] == ["yes. who reads this?", "/affirm", "hello"]
    side = whole.get("side_question")
    assert {half: read["language"] for half, read in side.items()} == {"rest": "yes", "asked": "who"}
    assert left[1].get("side_question") is None
