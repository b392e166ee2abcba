"""What a turn was understood as comes back with its answer, so that it is stored with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.dialogues.conftest import Engine
from tests.dialogues.play import Dialogue, Resident

pytestmark = pytest.mark.engine


@pytest.fixture
def resident(engine: Engine) -> Iterator[Resident]:
    playing = Resident(Dialogue("", "telegram", ()), engine.url, engine.database_url)
    yield playing
    playing.close()


def test_each_turn_of_a_report_tells_what_it_was_taken_for(resident: Resident) -> None:
    first = resident.take({"says": "huge pothole"}).custom["understood"]
    assert first["services"][0][0] == first["service"] == "pothole"
    assert first["after"] == "where"
    second = resident.take({"says": "Pico and 4th"}).custom["understood"]
    assert (second["before"], second["after"]) == ("where", "summary")
    assert second["place"]["name"] == "Pico Blvd & 4th St"
    assert second["readings"][0][0] == "tell"


def test_the_turn_that_files_tells_so_though_another_action_speaks(resident: Resident) -> None:
    resident.take({"says": "huge pothole at Pico and 4th"})
    sent = resident.take({"says": "1"})
    assert sent.custom["understood"]["end"] == "confirmed"
    assert len(resident.filed()) == 1


def test_spanish_words_come_with_rough_english_and_english_ones_with_none(resident: Resident) -> None:
    assert "gloss" not in resident.take({"says": "hello"}).custom
    spanish = resident.take({"says": "hay un bache enorme en la calle"}).custom
    assert "pothole" in spanish["gloss"]
    assert spanish["understood"]["language"] == "es"
