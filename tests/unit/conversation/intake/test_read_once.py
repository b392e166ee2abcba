"""The places of one turn."""

from __future__ import annotations

from bot.city.location import Resolution
from bot.conversation.intake.read_once import ReadOnce
from tests.unit.conversation.conftest import the_places


def test_the_same_words_are_read_once_and_answered_alike() -> None:
    asked: list[str] = []

    class Counting(ReadOnce):
        def locate(self, text: str, language: str = "en") -> Resolution:
            asked.append(text)
            return super().locate(text, language)

    once = ReadOnce(Counting(the_places()))
    first = once.locate("Pico and 4th")
    assert once.locate("Pico and 4th", "en") is first
    assert once.locate("Pico y la 4", "es") == the_places().locate("Pico y la 4", "es")
    assert asked == ["Pico and 4th", "Pico y la 4"]
    assert once.corrected("Pico and 4th", "no, 6th") == the_places().corrected("Pico and 4th", "no, 6th")
    assert once.answered("Pico Blvd", "6th") == the_places().answered("Pico Blvd", "6th")
