"""Accepted examples become training data that Rasa reads, and a part of them is only measured with."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import yaml

from bot.conversation.review.lessons import ASIDE, write_lessons
from bot.db.tables import Example

NOW = datetime(2026, 11, 2, tzinfo=UTC)


def an_example(
    number: int, text: str, kind: str = "service", label: str = "pothole", language: str = "en"
) -> Example:
    return Example(
        id=number, text=text, kind=kind, label=label, language=language, taken_for="", state="accepted", author="staff:ana", created_at=NOW
    )  # fmt: skip


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_each_language_has_its_file_with_a_block_for_each_label(tmp_path: Path) -> None:
    examples = [
        an_example(1, 'a crater: "huge" - really'),
        an_example(2, "it swallowed my tire"),
        an_example(3, "no, that's the wrong one", "act", "correct"),
        an_example(4, "un hoyo en la calle", language="es"),
    ]
    assert write_lessons(tmp_path, examples) == 4
    english = yaml.safe_load((tmp_path / "nlu/en/reviewed.yml").read_text("utf-8"))
    assert english["version"] == "3.1"
    assert english["nlu"] == [
        {"intent": "correct", "metadata": {"language": "en"}, "examples": "- no, that's the wrong one\n"},
        {
            "intent": "report",
            "metadata": {"service": "pothole", "language": "en"},
            "examples": '- a crater: "huge" - really\n- it swallowed my tire\n',
        },
    ]
    spanish = yaml.safe_load((tmp_path / "nlu/es/reviewed.yml").read_text("utf-8"))
    assert spanish["nlu"][0]["examples"] == "- un hoyo en la calle\n"


def test_what_is_kept_aside_is_never_learnt_and_a_place_is_only_measured(tmp_path: Path) -> None:
    examples = [
        an_example(ASIDE, "kept aside"),
        an_example(1, "learnt"),
        an_example(2, "by the blue school", "place", "Blue School"),
    ]
    assert write_lessons(tmp_path, examples) == 1
    learnt = (tmp_path / "nlu/en/reviewed.yml").read_text("utf-8")
    assert "learnt" in learnt
    assert "aside" not in learnt
    assert "blue" not in learnt
    assert lines(tmp_path / "tests/reviewed.jsonl") == [
        {"text": "kept aside", "language": "en", "also": [], "intent": "report", "best": "pothole"}
    ]
    assert lines(tmp_path / "tests/places.jsonl") == [
        {"text": "by the blue school", "language": "en", "place": "Blue School"}
    ]
