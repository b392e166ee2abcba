"""One more thing behind something else: where a message is cut, and that each half is read as a message."""

from __future__ import annotations

import pytest

from bot.engine.nlu.halves import HalvesCutter, HalvesReader
from bot.engine.nlu.told_besides import Besides, told_besides


@pytest.mark.parametrize(
    ("text", "rest", "told"),
    [
        ("send it. oh and theres a mattress in the alley", "send it", "oh and theres a mattress in the alley"),
        ("it works, thanks! but the bench is broken", "it works, thanks", "but the bench is broken"),
        ("fixed ty, the bin next to it is full too", "fixed ty", "the bin next to it is full too"),
        ("no\nalso the gate squeaks all night", "no", "also the gate squeaks all night"),
        ("2!! and the lift has been out since friday", "2!!", "and the lift has been out since friday"),
        ("sí, mándelo y la banca tampoco sirve", "sí, mándelo", "y la banca tampoco sirve"),
        ("es un Nissan. ah y enfrente hay un sillón", "es un Nissan", "ah y enfrente hay un sillón"),
    ],
)  # fmt: skip
def test_one_more_thing_is_taken_apart(text: str, rest: str, told: str) -> None:
    assert told_besides(text) == Besides(rest, told)


@pytest.mark.parametrize(
    "text",
    [
        "pothole on Pico and 4th",
        "yes but my neighbor also saw it leaking at night",
        "no, its on the north side. and it smells",
        "the light there is out too",
        "1 and also",
        "",
        "also " * 300,
    ],
)
def test_what_is_one_thing_stays_whole(text: str) -> None:
    assert told_besides(text) is None


def test_the_halves_are_read_beside_those_of_a_question() -> None:
    from rasa.shared.nlu.training_data.message import Message

    text = "yes. who reads this? and also the bench is broken"
    cut = HalvesCutter().process([Message(data={"text": text})])
    for each in cut:
        each.set("intent", {"name": str(each.get("text"))}, add_to_output=True)
    (whole,) = HalvesReader().process(cut)
    assert whole.get("told_besides")["told"]["intent"] == {"name": "and also the bench is broken"}
    assert whole.get("told_besides")["rest"]["text"] == "yes. who reads this"
    assert whole.get("side_question")["asked"]["text"] == "who reads this?"
