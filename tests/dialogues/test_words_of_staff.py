"""An update in the words of staff, through the real action server and engine."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.dialogues.conftest import Engine
from tests.dialogues.play import Dialogue, Resident

pytestmark = pytest.mark.engine


@pytest.fixture
def resident(engine: Engine) -> Iterator[Resident]:
    playing = Resident(Dialogue("", "sms", ()), engine.url, engine.database_url)
    yield playing
    playing.close()
    with psycopg.connect(engine.database_url, autocommit=True) as connection:
        connection.execute("DELETE FROM wordings")


def edit(engine: Engine, language: str, words: str | None) -> None:
    with psycopg.connect(engine.database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO wordings (key, language, text, edited_by) VALUES ('resolved', %s, %s, 'staff:ana')",
            (language, words),
        )


def test_the_next_update_has_the_newest_words_and_the_question_stays(
    engine: Engine, resident: Resident
) -> None:
    edit(engine, "en", "Old words for {reference} ({about}).")
    edit(engine, "en", "{reference} ({about}) is mended, thanks to you.")
    resident.take({"says": "pothole at Pico and 4th"})
    resident.take({"says": "1"})
    heard = resident.take({"update": {"status": "resolved", "text": "Crew filled it."}})
    assert "Pico Blvd & 4th St) is mended, thanks to you.\nCrew filled it.\nIs it fixed?" in heard.text
    assert [option.label for option in heard.options] == ["Fixed", "Not fixed"]
    assert "opened" in resident.take({"says": "2"}).text
    edit(engine, "en", None)
    assert "is done." in resident.take({"update": {"status": "resolved"}}).text


def test_other_languages_keep_the_built_in_words(engine: Engine, resident: Resident) -> None:
    edit(engine, "en", "{reference} ({about}) is mended, thanks to you.")
    resident.take({"says": "hay un bache en Pico y la calle 4"})
    resident.take({"says": "1"})
    assert "ya está listo" in resident.take({"update": {"status": "resolved"}}).text
