"""Words of staff instead of the built-in ones: kept with all that were before, and said from the next update on."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import event, select

from actions.saying import say
from bot.conversation.intake.turn import Say
from bot.conversation.wordings import (
    Edit,
    UnknownServiceError,
    UnknownWordsError,
    WordsRefusedError,
    all_words,
    edited_words,
    edits_of,
    reset_words,
    set_words,
    words_built_in,
    words_of_services,
    words_said,
)
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Audit, Wording
from tests.integration.test_cli import _json, _run

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

MENDED = "{reference}, {about}: mended. Thank you for telling us!"


async def write(
    words: str, key: str = "resolved", language: str = "en", author: str = "staff:ana", service: str = ""
) -> bool:
    async with transaction() as session:
        return await set_words(session, key, language, words, author, service)


async def reset(key: str = "resolved", language: str = "en", service: str = "") -> bool:
    async with transaction() as session:
        return await reset_words(session, key, language, "staff:ben", service)


async def edits(key: str = "resolved") -> list[Edit]:
    async with transaction() as session:
        return await edits_of(session, key)


async def now_said(key: str = "resolved") -> dict[str, tuple[str, str | None]]:
    async with transaction() as session:
        found = await all_words(session, ("en", "es"))
    return {words.language: (words.text, words.edited_by) for words in found if words.key == key}


async def handed_to_rasa(
    language: str, *says: Say, about: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """The responses of one message, in their order. `about`: the event of the update that they tell."""
    dispatcher = CollectingDispatcher()
    heard: Any = SimpleNamespace(
        turn=SimpleNamespace(language=language, channel="sms", at=datetime(2026, 11, 27, 20, tzinfo=UTC)),
        conversation_id=1,
        event=about,
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
    assert found == {"utter_update_resolved": (MENDED,)}


FILLED = "{reference}: your pothole at {place} is filled. Thank you!"


async def test_words_of_one_service_win_over_those_of_all_and_these_over_the_built_in() -> None:
    await write(MENDED)
    await write(FILLED, service="pothole")
    async with transaction() as session:
        asked = {"utter_update_resolved"}
        assert await edited_words(session, asked, "en", "pothole") == {
            "utter_update_resolved": (FILLED, MENDED)
        }
        assert await edited_words(session, asked, "en", "graffiti") == {"utter_update_resolved": (MENDED,)}
        assert await edited_words(session, asked, "es", "pothole") == {}
        assert (await words_said(session, "resolved", "en", "pothole")).text == FILLED
        assert [(one.key, one.service, one.text) for one in await words_of_services(session)] == [
            ("resolved", "pothole", FILLED)
        ]
    assert (await now_said())["en"] == (MENDED, "staff:ana")


async def test_the_words_of_all_entered_for_a_service_are_the_way_back_to_them() -> None:
    await write(MENDED)
    assert not await write(MENDED, service="pothole")
    assert await write(words_built_in("resolved", "en"), service="pothole")  # others than those of all
    assert await write(MENDED, service="pothole")
    assert not await reset(service="pothole")
    async with transaction() as session:
        assert [edit.text for edit in await edits_of(session, "resolved", "pothole")] == [
            None,
            words_built_in("resolved", "en"),
        ]
        assert [edit.text for edit in await edits_of(session, "resolved")] == [MENDED]


async def test_a_service_that_the_city_does_not_offer_has_no_words() -> None:
    with pytest.raises(UnknownServiceError, match="no service 'unicorns'"):
        await write(MENDED, service="unicorns")
    with pytest.raises(UnknownServiceError):
        await reset(service="unicorns")


async def test_what_a_request_has_not_is_not_said_of_it() -> None:
    await write(MENDED)
    await write(FILLED, service="pothole")
    told = Say("utter_update_resolved", {"reference": "SM-2", "about": "pothole"})
    there = {"service_code": "pothole", "place": "Pico Blvd & 4th St"}
    (part,) = await handed_to_rasa("en", told, about=there)
    assert (part["wording"], part["place"]) == (FILLED, "Pico Blvd & 4th St")
    (part,) = await handed_to_rasa("en", told, about={**there, "place": None})
    assert part["wording"] == MENDED
    await reset()
    (part,) = await handed_to_rasa("en", told, about={**there, "place": None})
    assert "wording" not in part


async def test_the_reason_and_the_day_are_not_said_a_second_time_and_photos_stay() -> None:
    waits = "{reference} ({about}) waits until {due}: {reason} Ask {department}."
    await write(waits, key="on_hold")
    event: dict[str, Any] = {
        "service_code": "pothole",
        "place": "Pico Blvd & 4th St",
        "promised": "2026-12-08",
        "department": "Public Works",
    }
    parts = await handed_to_rasa(
        "en",
        Say("utter_update_on_hold", {"reference": "SM-2", "about": "pothole"}),
        Say("utter_public_text", {"note": "A part is\non order."}),
        Say("utter_promise_now", {"due": "Tuesday, Dec 8"}, custom={"photos": [7]}),
        about=event,
    )
    (part,) = parts
    assert part["wording"] == waits
    assert (part["due"], part["reason"]) == ("Tuesday, Dec 8", "A part is on order.")
    assert part["department"]
    assert part["custom"]["photos"] == [7]
    # Without a day the built-in words are said, and what staff wrote behind them.
    parts = await handed_to_rasa(
        "en",
        Say("utter_update_on_hold", {"reference": "SM-2", "about": "pothole"}),
        Say("utter_public_text", {"note": "A part is on order."}),
        about={**event, "promised": None},
    )
    assert [part.get("wording") for part in parts] == [None, None]


async def test_words_are_listed_set_and_reset_by_command(database: EmbeddedDatabase) -> None:
    result = _run(database, "words", "set", "resolved", "en", MENDED)
    assert result.returncode == 0, result.stderr
    assert "Changed. 1 SMS:" in result.stdout
    assert "mended. Thank you" in result.stdout
    row = next(
        row for row in _json(database, "words", "list") if (row["key"], row["language"]) == ("resolved", "en")
    )
    assert (row["text"], row["edited_by"]) == (MENDED, "cli")
    result = _run(database, "words", "set", "resolved", "en", FILLED, "--service", "pothole")
    assert result.returncode == 0, result.stderr
    assert [row["text"] for row in _json(database, "words", "list") if row["service"] == "pothole"] == [
        FILLED
    ]
    result = _run(database, "words", "reset", "resolved", "en", "--service", "pothole")
    assert result.stdout.splitlines() == ["Changed:", MENDED]
    result = _run(database, "words", "reset", "resolved", "en")
    assert result.stdout.splitlines() == ["Changed:", words_built_in("resolved", "en")]
    for arguments, sentence in (
        (("set", "resolved", "en", "Done"), "{reference} is missing; {about} is missing."),
        (("set", "greeting", "en", "Hi"), "There are no words 'greeting' in 'en' that can be edited."),
        (("reset", "resolved", "fr"), "There are no words 'resolved' in 'fr' that can be edited."),
        (("set", "resolved", "en", MENDED, "--service", "unicorns"), "no service 'unicorns'"),
        (("set", "resolved", "en", "{reference} {about} {due}"), "{due} makes no sense here"),
    ):
        result = _run(database, "words", *arguments)
        assert result.returncode == 1
        assert sentence in result.stderr
