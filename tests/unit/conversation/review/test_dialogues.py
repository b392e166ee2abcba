"""A conversation becomes a dialogue of the tests, and nobody is recognised in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import yaml

from bot.conversation.review.dialogues import Exchange, as_dialogue

NOON = datetime(2026, 11, 2, 20, tzinfo=UTC)
FOUND = {"words": "932 Lincoln", "outcome": "resolved", "name": "932 Lincoln Blvd"}


def turns(*exchanges: Exchange, names: tuple[str, ...] = ()) -> list[dict[str, object]]:
    (dialogue,) = yaml.safe_load(as_dialogue("One", "sms", exchanges, names))
    found: list[dict[str, object]] = dialogue["turns"]
    return found


def test_a_place_that_was_found_becomes_one_that_everybody_knows_on_both_sides() -> None:
    first, second = turns(
        Exchange(NOON, "bache en 932 Lincoln", place=FOUND, answers=("Que: Bache\nDonde: 932 Lincoln Blvd",)),
        Exchange(NOON, "no, 932 lincoln blvd!", answers=("¿Que cambio?",)),
    )
    assert first == {"says": "bache en Main and Hill", "hears": ["Que: Bache"]}
    assert second == {"says": "no, Main and Hill!", "hears": ["¿Que cambio?"]}


def test_numbers_names_and_references_are_in_no_part_of_it() -> None:
    file = as_dialogue(
        "One",
        "telegram",
        [
            Exchange(NOON, "Ximena, 310 555 0142, plate 7ABC123", answers=("Thank you! Your report SM-7K3R9P is now with Police.",)),
            Exchange(NOON, "1", update={"status": "resolved", "text": "Ximena, call 310 555 0100"}, answers=("SM-7K3R9P: done.",)),
        ],
        ["Ximena Soto"],
    )  # fmt: skip
    for private in ("Ximena", "0142", "0100", "7ABC123", "7K3R9P"):
        assert private not in file
    first, second = yaml.safe_load(file)[0]["turns"]
    assert first["hears"] == ["Thank you! Your report"]
    assert second["hears"] == [r"/\b[A-Z]{2,4}-[0-9A-Z]{6}\b/"]


def test_photos_pins_and_long_pauses_are_kept_and_a_pin_is_moved() -> None:
    first, second = turns(
        Exchange(NOON, photos=2, pin=True, answers=("City of Santa Monica 311.\nWhat is wrong?",)),
        Exchange(NOON + timedelta(hours=5), "hello", answers=("a", "b", "c")),
    )
    assert first["photos"] == 2
    assert first["pin"] == [34.0005, -118.4837]
    assert first["hears"] == ["What is wrong?"]
    assert (second["later"], second["messages"]) == (5.0, 3)
