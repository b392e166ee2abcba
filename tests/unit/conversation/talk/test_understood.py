"""What a turn was understood as is told to those who review it, and changes nothing of the dialogue."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.conversation.intake.memory import Memory
from bot.conversation.intake.turn import Guess, Turn
from bot.conversation.talk import Progress, converse

from ..conftest import a_setting, a_turn

GUESSES = (Guess("pothole", 0.914), Guess("sidewalk", 0.05), Guess("general", 0.004))


def told(words: str, intent: str = "report", before: Progress | None = None, **changes: object) -> Progress:
    turn: Turn = replace(a_turn(words, intent), **changes)  # type: ignore[arg-type]
    draft, memory = (before.draft, before.memory) if before else (None, Memory(met=True))
    return converse(draft, memory, a_setting(turn))


def test_a_first_report_tells_its_service_and_runners_up_and_the_question_that_follows() -> None:
    heard = told("huge pothole", guesses=GUESSES).understood
    assert heard is not None
    assert heard["intent"] == "report"
    assert heard["services"] == [["pothole", 0.91], ["sidewalk", 0.05]]
    assert heard["service"] == "pothole"
    assert heard["after"] == "where"
    assert "before" not in heard
    assert heard["begun"]
    assert heard["open"]


def test_the_words_that_were_taken_for_the_place_stand_beside_the_place() -> None:
    heard = told("huge pothole at 1437 11th St", guesses=GUESSES).understood
    assert heard is not None
    place = heard["place"]
    assert place["name"] == "1437 11th St"
    assert place["words"] in "huge pothole at 1437 11th St"
    assert place["outcome"] == "resolved"


def test_an_answer_tells_the_question_it_came_to_and_how_likely_each_reading_was() -> None:
    asked = told("huge pothole at 1437 11th St", guesses=GUESSES)
    replies = {"add": 0.3, "another": 0.3, "correct": 0.2, "chatter": 0.2}
    heard = told("the light is out again", "report", asked, replies=replies, guesses=GUESSES).understood
    assert heard is not None
    assert heard["before"] == heard["after"] == "summary"
    readings = heard["readings"]
    assert len(readings) > 1
    assert readings == sorted(readings, key=lambda one: one[1], reverse=True)
    assert sum(chance for _, chance in readings) <= 1.02


def test_a_confirmed_report_tells_its_end() -> None:
    summary = told("huge pothole at 1437 11th St", guesses=GUESSES)
    heard = told("", "file", summary).understood
    assert heard is not None
    assert heard["end"] == "confirmed"
    assert "open" not in heard


def test_it_is_short_and_can_be_kept_as_json() -> None:
    heard = told("huge pothole at 1437 11th St", guesses=GUESSES).understood
    assert len(json.dumps(heard)) < 1_000
