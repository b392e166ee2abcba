"""Every written-down dialogue, played through the real engine and actions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from tests.dialogues.conftest import Engine
from tests.dialogues.play import Dialogue, Resident, all_dialogues, contains

pytestmark = pytest.mark.engine

REFERENCE = re.compile(r"SM-[2-9C-Y]{6}")


@pytest.fixture
def resident(request: pytest.FixtureRequest, engine: Engine) -> Iterator[Resident]:
    playing = Resident(request.param, engine.url, engine.database_url)
    yield playing
    playing.close()


@pytest.mark.parametrize(
    ("resident", "dialogue"),
    [(dialogue, dialogue) for dialogue in all_dialogues()],
    indirect=["resident"],
    ids=[dialogue.id for dialogue in all_dialogues()],
)
def test_a_dialogue_goes_as_written(
    resident: Resident, dialogue: Dialogue, record_property: Callable[[str, object], None]
) -> None:
    said: list[str] = []
    filed_after: int | None = None
    for number, turn in enumerate(dialogue.turns, start=1):
        heard = resident.take(turn)
        said.append(f"{number} > {turn.get('says', '')}\n  < {heard.text} {[o.label for o in heard.options]}")
        so_far = "\n".join(said)
        if filed_after is None and any(
            REFERENCE.search(text) and "report" in text for text in heard.texts[:1]
        ):
            filed_after = resident.resident_turns
        for fragment in turn.get("hears", ()):
            assert contains(heard.text, fragment), f"{fragment!r} not heard\n{so_far}"
        for fragment in turn.get("not", ()):
            assert not contains(heard.text, fragment), f"{fragment!r} heard\n{so_far}"
        if "options" in turn:
            assert [option.label for option in heard.options] == turn["options"], so_far
        for name, value in turn.get("custom", {}).items():
            assert heard.custom.get(name) == value or (value == "any" and heard.custom.get(name)), so_far
        assert len(heard.texts) <= turn.get("messages", 2), so_far
        assert "{" not in heard.text, so_far
    if filed_after is not None and len(resident.filed()) == 1:
        record_property("turns_to_file", filed_after)
    slots = resident.slots() if dialogue.slots else {}
    for name, value in dialogue.slots.items():
        assert slots.get(name) == value, (name, slots.get(name))
    if dialogue.follows is not None:
        assert resident.follows() == dialogue.follows
    if dialogue.filed is not None:
        filed = resident.filed()
        wanted = [{**request} for request in dialogue.filed]
        found = [
            {name: _part(row[name], want[name]) for name in want}
            for row, want in zip(filed, wanted, strict=True)
        ]
        assert found == wanted


def _part(value: object, wanted: object) -> object:
    """Of answers only those that the dialogue names."""
    if isinstance(value, dict) and isinstance(wanted, dict):
        return {name: value.get(name) for name in wanted}
    return value


def test_a_report_with_everything_takes_two_turns_and_a_typical_one_four(engine: Engine) -> None:
    counts = {}
    for name, words in {
        "everything": ["big pothole at Pico and 4th", "1"],
        "typical": ["there is graffiti", "1437 11th St", "1"],
    }.items():
        playing = Resident(Dialogue(name, "sms", ()), engine.url, engine.database_url)
        for text in words:
            playing.take({"says": text})
        assert len(playing.filed()) == 1
        counts[name] = playing.resident_turns
        playing.close()
    assert counts["everything"] <= 2
    assert counts["typical"] <= 4
