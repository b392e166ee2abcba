"""Words of staff instead of the built-in ones: kept with all that were before, and said from the next update on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import event, select

from actions.saying import say
from bot.conversation.intake.turn import Say
from bot.conversation.wordings import (
    Edit,
    UnknownWordsError,
    WordsRefusedError,
    all_words,
    edited_words,
    edits_of,
    reset_words,
    set_words,
    words_built_in,
)
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Audit, Wording
from tests.integration.test_cli import _json, _run

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

MENDED = "{reference}, {about}: mended. Thank you for telling us!"


async def write(words: str, key: str = "resolved", language: str = "en", author: str = "staff:ana") -> bool:
    async with transaction() as session:
        return await set_words(session, key, language, words, author)


async def reset(key: str = "resolved", language: str = "en") -> bool:
    async with transaction() as session:
        return await reset_words(session, key, language, "staff:ben")


async def edits(key: str = "resolved") -> list[Edit]:
    async with transaction() as session:
        return await edits_of(session, key)


async def now_said(key: str = "resolved") -> dict[str, tuple[str, str | None]]:
    async with transaction() as session:
        found = await all_words(session, ("en", "es"))
    return {words.language: (words.text, words.edited_by) for words in found if words.key == key}


async def handed_to_rasa(language: str, *says: Say) -> list[dict[str, Any]]:
    """The responses of one message, in their order."""
    dispatcher = CollectingDispatcher()
    heard: Any = SimpleNamespace(
        turn=SimpleNamespace(language=language, channel="sms"), conversation_id=1, event=None
    )
    await say(dispatcher, says, heard)
    (message,) = dispatcher.messages
    return [*message["before"], message] if "before" in message else [message]


async def test_the_newest_words_count_and_all_before_are_kept() -> None:
    built = words_built_in("resolved", "en")
    assert (await now_said())["en"] == (built, None)
    assert await write(MENDED)
    assert await write("{reference} ({about}): all good again.")
    said = await now_said()
    assert said["en"] == ("{reference} ({about}): all good again.", "staff:ana")
    assert said["es"] == (words_built_in("resolved", "es"), None)
    assert await reset()
    assert (await now_said())["en"] == (built, None)
    assert [(edit.text, edit.edited_by) for edit in await edits()] == [
        (None, "staff:ben"),
        ("{reference} ({about}): all good again.", "staff:ana"),
        (MENDED, "staff:ana"),
    ]


async def test_what_changes_nothing_is_no_edit() -> None:
    assert not await reset()
    assert not await write(words_built_in("resolved", "en"))
    assert await write(MENDED)
    assert not await write(f"  {MENDED}\n")
    assert await write(words_built_in("resolved", "en"))  # entered again, they are the way back
    assert [edit.text for edit in await edits()] == [None, MENDED]


async def test_words_that_cannot_be_said_are_not_kept() -> None:
    with pytest.raises(WordsRefusedError) as refused:
        await write("Done by {crew}")
    assert "{crew} is no field of these words" in str(refused.value)
    assert "{reference} is missing" in str(refused.value)
    with pytest.raises(UnknownWordsError):
        await write("Hello", key="greeting")
    with pytest.raises(UnknownWordsError):
        await reset(language="fr")
    async with transaction() as session:
        assert await session.scalar(select(Wording.id)) is None


async def test_who_changed_words_is_in_the_trail() -> None:
    await write(MENDED)
    await reset()
    async with transaction() as session:
        rows = list(await session.scalars(select(Audit).order_by(Audit.id)))
    assert [(row.actor, row.action, row.subject_id) for row in rows] == [
        ("staff:ana", "wording.changed", "resolved/en"),
        ("staff:ben", "wording.reset", "resolved/en"),
    ]


async def test_an_update_is_told_in_the_words_of_staff() -> None:
    await write(MENDED)
    told = Say("utter_update_resolved", {"reference": "SM-2", "about": "pothole"})
    parts = await handed_to_rasa("en", told, Say("utter_ask_fixed"))
    assert [part.get("wording") for part in parts] == [MENDED, None]
    assert parts[0]["reference"] == "SM-2"
    (spanish,) = await handed_to_rasa("es", told)
    assert "wording" not in spanish
    await reset()
    (again,) = await handed_to_rasa("en", told)
    assert "wording" not in again


async def test_what_is_no_update_asks_the_database_nothing(database: EmbeddedDatabase) -> None:
    asked: list[str] = []
    async with transaction() as open_session:
        engine = open_session.get_bind()

    def note(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        await handed_to_rasa("en", Say("utter_greet"))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert asked == []


async def test_only_words_asked_for_are_read() -> None:
    await write(MENDED)
    await write("{reference} ({about}) waits.", key="on_hold")
    async with transaction() as session:
        found = await edited_words(session, {"utter_update_resolved", "utter_update_late"}, "en")
    assert found == {"utter_update_resolved": MENDED}


async def test_words_are_listed_set_and_reset_by_command(database: EmbeddedDatabase) -> None:
    result = _run(database, "words", "set", "resolved", "en", MENDED)
    assert result.returncode == 0, result.stderr
    assert "Changed. 1 SMS:" in result.stdout
    assert "mended. Thank you" in result.stdout
    row = next(
        row for row in _json(database, "words", "list") if (row["key"], row["language"]) == ("resolved", "en")
    )
    assert (row["text"], row["edited_by"]) == (MENDED, "cli")
    result = _run(database, "words", "reset", "resolved", "en")
    assert result.stdout.splitlines() == ["Changed:", words_built_in("resolved", "en")]
    for arguments, sentence in (
        (("set", "resolved", "en", "Done"), "{reference} is missing; {about} is missing."),
        (("set", "greeting", "en", "Hi"), "There are no words 'greeting' in 'en' that can be edited."),
        (("reset", "resolved", "fr"), "There are no words 'resolved' in 'fr' that can be edited."),
    ):
        result = _run(database, "words", *arguments)
        assert result.returncode == 1
        assert sentence in result.stderr
