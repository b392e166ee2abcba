"""Who is in danger is told 911 or 988, and who only sounds alarming is not: `tests/nlu/danger.jsonl`, never trained on."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests.engine.conftest import ROOT, Understanding

TEXTS: list[dict[str, Any]] = [
    json.loads(line) for line in (ROOT / "tests/nlu/danger.jsonl").read_text(encoding="utf-8").splitlines()
]
MOST_FALSE = 0.005
MOST_FALSE_AMID = 0.02


def of(language: str, *, dangerous: bool) -> list[dict[str, Any]]:
    return [text for text in TEXTS if text["language"] == language and bool(text["danger"]) is dangerous]


@pytest.mark.parametrize("language", ["en", "es"])
def test_nobody_in_danger_is_missed(understanding: Understanding, language: str) -> None:
    missed = [
        text["text"]
        for text in of(language, dangerous=True)
        if not set(text["danger"]) <= set(understanding.read(text["text"])["danger"])
    ]
    assert missed == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_only_sounds_alarming_raises_no_alarm(understanding: Understanding, language: str) -> None:
    texts = of(language, dangerous=False)
    false = [text["text"] for text in texts if understanding.read(text["text"])["danger"]]
    assert len(false) / len(texts) <= MOST_FALSE, false


def test_a_wish_to_die_alone_is_not_sent_to_911(understanding: Understanding) -> None:
    wrong = [
        text["text"]
        for text in TEXTS
        if text["danger"] == ["crisis"] and understanding.read(text["text"])["danger"] != ["crisis"]
    ]
    assert wrong == []


def test_an_answer_in_the_middle_of_a_conversation_is_hardly_ever_taken_for_danger(
    understanding: Understanding,
) -> None:
    """The replies kept aside: never trained on, written for another purpose by people who knew neither phrases nor examples."""
    lines = (ROOT / "tests/nlu/in_context.jsonl").read_text(encoding="utf-8").splitlines()
    replies = [json.loads(line) for line in lines]
    alarmed = {reply["message"] for reply in replies if understanding.read(reply["message"])["danger_amid"]}
    dangerous = {reply["message"] for reply in replies if reply["reading"] == "danger"}
    assert len(dangerous) >= 5
    assert dangerous <= alarmed
    assert len(alarmed - dangerous) / len(replies) <= MOST_FALSE_AMID, alarmed - dangerous


def test_there_are_two_hundred_texts_a_language_half_of_them_harmless() -> None:
    counts = Counter((text["language"], bool(text["danger"])) for text in TEXTS)
    assert all(counts[language, dangerous] >= 100 for language in ("en", "es") for dangerous in (True, False))
    assert len({text["text"].casefold() for text in TEXTS}) == len(TEXTS)
