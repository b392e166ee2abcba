"""A conversation that is saved as a test passes as one: played again it hears what was answered then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.conversation.review.dialogues import Exchange, as_dialogue
from tests.dialogues.conftest import Engine
from tests.dialogues.play import Dialogue, Resident, all_dialogues, contains

pytestmark = pytest.mark.engine

NOON = datetime(2026, 11, 2, 20, tzinfo=UTC)
SAID = (
    {"says": "huge pothole at 1437 11th St, my name is Robert Kowalczyk"},
    {"says": "it is really deep", "photos": 1},
    {"says": "1"},
    {"says": "thanks a lot!"},
)


def play(engine: Engine, turns: Sequence[dict[str, Any]], channel: str) -> list[Any]:
    resident = Resident(Dialogue("", channel, ()), engine.url, engine.database_url)
    try:
        return [resident.take(turn) for turn in turns]
    finally:
        resident.close()


def test_it_passes_when_it_is_played_again(engine: Engine, tmp_path: Path) -> None:
    heard = play(engine, SAID, "sms")
    exchanges = [
        Exchange(
            NOON + timedelta(minutes=number),
            turn["says"],
            int(turn.get("photos", 0)),
            place=answer.custom.get("understood", {}).get("place") or {},
            answers=tuple(answer.texts),
        )
        for number, (turn, answer) in enumerate(zip(SAID, heard, strict=True))
    ]
    file = as_dialogue("A real one", "sms", exchanges)
    assert "Kowalczyk" not in file
    assert "1437" not in file
    (tmp_path / "saved.yml").write_text(file, "utf-8")
    (dialogue,) = all_dialogues(tmp_path)
    assert sum(len(turn["hears"]) for turn in dialogue.turns) >= len(SAID)
    for turn, answer in zip(dialogue.turns, play(engine, list(dialogue.turns), "sms"), strict=True):
        for fragment in turn["hears"]:
            assert contains(answer.text, fragment), (turn, answer.text)
