"""Accepted examples as files: training data as Rasa reads it, and a part that is kept aside to measure with."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import yaml

from bot.conversation.review.examples import Kind
from bot.db.tables import Example

# One example in so many is never learnt: whether the bot understands what it was taught is measured with words it has not seen.
ASIDE = 5
LANGUAGES = ("en", "es")


def is_aside(example: Example) -> bool:
    """Whether it is kept for measuring. By its number, so that it stays on the same side for ever."""
    return example.id % ASIDE == 0


def write_lessons(folder: Path, examples: Sequence[Example]) -> int:
    """Write `nlu/<language>/reviewed.yml`, `tests/reviewed.jsonl` and `tests/places.jsonl` below `folder`; gives how many are learnt."""
    learnt = [one for one in examples if one.kind != Kind.PLACE and not is_aside(one)]
    for language in LANGUAGES:
        file = folder / "nlu" / language / "reviewed.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_training_file([one for one in learnt if one.language == language]), "utf-8")
    tests = folder / "tests"
    tests.mkdir(parents=True, exist_ok=True)
    aside = [one for one in examples if one.kind != Kind.PLACE and is_aside(one)]
    _write_lines(tests / "reviewed.jsonl", [_label(one) for one in aside])
    places = [one for one in examples if one.kind == Kind.PLACE]
    _write_lines(
        tests / "places.jsonl",
        [{"text": one.text, "language": one.language, "place": one.label} for one in places],
    )
    return len(learnt)


def _training_file(examples: Sequence[Example]) -> str:
    blocks: dict[tuple[str, str | None, str], list[str]] = defaultdict(list)
    for one in examples:
        is_report = one.kind == Kind.SERVICE
        key = ("report" if is_report else one.label, one.label if is_report else None, one.language)
        if one.text not in blocks[key]:
            blocks[key].append(one.text)
    nlu = [
        {
            "intent": intent,
            "metadata": {**({"service": service} if service else {}), "language": language},
            "examples": "".join(f"- {text}\n" for text in texts),
        }
        for (intent, service, language), texts in sorted(blocks.items(), key=lambda one: str(one[0]))
    ]
    return yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, sort_keys=False, width=10_000)


def _label(one: Example) -> dict[str, object]:
    """As `cityline nlu eval` reads it (docs/nlu.md)."""
    common = {"text": one.text, "language": one.language, "also": []}
    if one.kind == Kind.SERVICE:
        return {**common, "intent": "report", "best": one.label}
    return {**common, "intent": one.label}


def _write_lines(file: Path, lines: Sequence[dict[str, object]]) -> None:
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
