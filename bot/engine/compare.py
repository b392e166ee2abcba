"""Two models measured on the same texts: what each understands, and which mistakes changed.

    python -m bot.engine.compare --before MODEL --after MODEL SET...

SET is JSON lines with ``text`` and the labels of ``bot.engine.scores``, an ``intent`` other than "report" (right is that act, or one in ``also``),
or ``danger``; a YAML file of emergencies holds what must not be missed and what only sounds like it. Out comes one JSON object a set. Nothing of a
text is ever repeated but in ``changed``, which is for who trains: these sets are the product's own or masked.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.engine.classify import Pipeline, Understood, work_in_scratch

REPORT = "report"
UNSURE = "unsure"
DANGER = "danger"
CALM = "no danger"
MOST_CHANGED = 40  # pairs of a set
MOST_SHOWN = 40  # texts of a set


@dataclass(frozen=True)
class Case:
    """A text and what counts as right."""

    text: str
    label: str
    accepted: frozenset[str]
    of: str  # "act", "service" or "danger"

    def answer(self, understood: Understood) -> str:
        if self.of == "danger":
            return DANGER if understood.emergency else CALM
        if self.of == "act" or understood.intent != REPORT:
            return understood.intent
        return understood.services[0][0] if understood.services else UNSURE


def read_cases(file: Path) -> list[Case]:
    """The cases of a set. Raises ValueError for a file of no known kind. Texts too vague for anybody are left out."""
    if file.suffix in (".yml", ".yaml"):
        return list(_emergencies(file))
    cases = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            case = _case(json.loads(line))
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(f"line {number} of {file.name} is no labelled text ({error})") from None
        if case is not None:
            cases.append(case)
    return cases


def _case(entry: dict[str, Any]) -> Case | None:
    text, also = str(entry["text"]), frozenset(map(str, entry.get("also") or ()))
    if "danger" in entry:
        label = DANGER if entry["danger"] else CALM
        return Case(text, label, frozenset({label}), "danger")
    intent = str(entry.get("intent", REPORT))
    if intent != REPORT:
        return Case(text, intent, also | {intent}, "act")
    best = str(entry["best"])
    return None if entry.get("vague") or best == "none" else Case(text, best, also | {best}, "service")


def _emergencies(file: Path) -> Iterator[Case]:
    from ruamel.yaml import YAML

    content = YAML(typ="safe").load(file)
    for name, label in (("emergency", DANGER), ("calm", CALM)):
        for texts in (content.get(name) or {}).values():
            yield from (Case(str(text), label, frozenset({label}), "danger") for text in texts)


def compared(name: str, cases: Sequence[Case], before: Sequence[str], after: Sequence[str]) -> dict[str, Any]:
    """The figures of one set: how many are right, dangers missed, and the mistakes that went or came, the most changed first."""
    mistakes = [
        Counter(
            (case.label, given)
            for case, given in zip(cases, answers, strict=True)
            if given not in case.accepted
        )
        for answers in (before, after)
    ]
    pairs = sorted(
        (pair for pair in mistakes[0].keys() | mistakes[1].keys() if mistakes[0][pair] != mistakes[1][pair]),
        key=lambda pair: (-abs(mistakes[0][pair] - mistakes[1][pair]), pair),
    )
    texts = [
        {"text": case.text, "label": case.label, "before": was, "after": now}
        for case, was, now in zip(cases, before, after, strict=True)
        if was != now
    ]
    return {
        "set": name,
        "texts": len(cases),
        "before": len(cases) - mistakes[0].total(),
        "after": len(cases) - mistakes[1].total(),
        "missed_before": mistakes[0][DANGER, CALM],
        "missed_after": mistakes[1][DANGER, CALM],
        "confusions": [[*pair, mistakes[0][pair], mistakes[1][pair]] for pair in pairs[:MOST_CHANGED]],
        "changed": texts[:MOST_SHOWN],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare two models on labelled texts.")
    parser.add_argument("--before", type=Path, required=True)
    parser.add_argument("--after", type=Path, required=True)
    parser.add_argument("sets", type=Path, nargs="+")
    arguments = parser.parse_args()
    files = [file.absolute() for file in arguments.sets]
    models = [arguments.before.absolute(), arguments.after.absolute()]
    try:
        sets = [read_cases(file) for file in files]
    except ValueError as error:
        print(f"{error}.", file=sys.stderr)
        raise SystemExit(2) from None
    work_in_scratch()
    answers: list[list[list[str]]] = []
    for model in models:
        pipeline = Pipeline(model)
        answers.append([[case.answer(pipeline.understand(case.text)) for case in cases] for cases in sets])
    for number, (file, cases) in enumerate(zip(files, sets, strict=True)):
        print(
            json.dumps(compared(file.stem, cases, answers[0][number], answers[1][number]), ensure_ascii=False)
        )


if __name__ == "__main__":
    main()
