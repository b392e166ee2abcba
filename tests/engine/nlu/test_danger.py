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


def test_there_are_two_hundred_texts_a_language_half_of_them_harmless() -> None:
    counts = Counter((text["language"], bool(text["danger"])) for text in TEXTS)
    assert all(counts[language, dangerous] >= 100 for language in ("en", "es") for dangerous in (True, False))
    assert len({text["text"].casefold() for text in TEXTS}) == len(TEXTS)
