"""The engine side of `cityline nlu eval`: measure the trained pipeline on a file of labelled texts.

    python -m bot.engine.evaluate --model FOLDER [--html PAGE] [--json] FILE

FILE is JSON lines as described in ``bot.engine.scores``, or a JSON object whose lists are texts out of scope. Exit code 3: there
is no such file (a city keeps its own; nothing is measured), 2: the file is not of that kind.
"""

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from bot.engine.classify import Pipeline, work_in_scratch
from bot.engine.confusion import confusion_page
from bot.engine.scores import NO_SERVICE, Labelled, Scores, score
from bot.engine.serve import newest_model

ABSENT = 3
OUT_OF_SCOPE = "out_of_scope"
SHOWN_CONFUSIONS = 15


def read_labels(file: Path) -> list[Labelled]:
    """The labelled texts of a file. Raises ValueError with the line's number when it is of no known kind."""
    content = file.read_text(encoding="utf-8")
    if (
        content.lstrip().startswith("{")
        and "\n" in content.strip()
        and content.split("\n", 1)[0].strip() == "{"
    ):
        return _chatter(json.loads(content))
    labels = []
    for number, line in enumerate(content.splitlines(), start=1):
        if line.strip():
            try:
                labels.append(_label(json.loads(line)))
            except (json.JSONDecodeError, KeyError, TypeError) as error:
                raise ValueError(f"line {number} of {file.name} is no labelled text ({error})") from None
    return labels


def _label(entry: dict[str, Any]) -> Labelled:
    return Labelled(
        text=str(entry["text"]),
        best=str(entry.get("best", NO_SERVICE)),
        also=frozenset(entry.get("also") or ()),
        vague=bool(entry.get("vague")),
        emergency=bool(entry.get("emergency")),
        intent=str(entry.get("intent", "report")),
    )


def _chatter(lists: dict[str, Any]) -> list[Labelled]:
    texts = [text for value in lists.values() if isinstance(value, list) for text in value]
    return [Labelled(str(text), NO_SERVICE, frozenset(), False, False, OUT_OF_SCOPE) for text in texts]


def report(scores: Scores) -> str:
    """The figures as a page of plain text."""
    lines = [
        f"texts                         {scores.texts}",
        f"top-1                         {_share(scores.top1)}",
        f"top-3                         {_share(scores.top3)}",
        f"asks when vague or no service {_share(scores.asks_vague)}",
        f"the same with chatter         {_share(scores.asks_nothing)}",
        f"asks when clear               {_share(scores.asks_clear)}",
        f"chatter taken for a report    {_share(scores.chatter_as_report)}",
        f"taken for several problems    {_share(scores.split)}",
        f"emergencies found             {_share(scores.emergencies_found)}",
        f"false alarms                  {_share(scores.false_alarms)}",
        f"calibration error             {_share(scores.calibration_error)}",
        f"ms a message (median, p95)    {scores.milliseconds_median:.1f}, {scores.milliseconds_p95:.1f}",
    ]
    if scores.codes:
        lines += ["", "code                   precision  recall  texts"]
        lines += [
            f"{each.code:<22} {each.precision:>9.2f} {each.recall:>7.2f} {each.asked:>6}"
            for each in scores.codes
        ]
        lines += ["", "confidence   answers  mean  right"]
        lines += [
            f"{each.lowest:.1f} and above {each.answers:>6} {each.confidence:>6.2f} {each.right:>6.2f}"
            for each in scores.calibration
        ]
        wrong = [each for each in scores.confusion if each[0] != each[1]][:SHOWN_CONFUSIONS]
        lines += ["", "most confused (labelled, answered, times)"]
        lines += [f"{labelled:<22} {answered:<22} {count}" for labelled, answered, count in wrong]
    return "\n".join(lines)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the understanding on labelled texts.")
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--model", type=Path, required=True, help="model, or folder whose newest model is used"
    )
    parser.add_argument("--html", type=Path, help="write the confusion as a page to this file")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments = parser.parse_args()
    file = arguments.file.absolute()
    if not file.is_file():
        print(f"NOTHING MEASURED: there is no file {arguments.file}.", file=sys.stderr)
        raise SystemExit(ABSENT)
    try:
        labels = read_labels(file)
    except ValueError as error:
        print(f"{error}.", file=sys.stderr)
        raise SystemExit(2) from None
    model, page = newest_model(arguments.model.absolute()), arguments.html and arguments.html.absolute()
    work_in_scratch()
    pipeline = Pipeline(model)
    pipeline.understand("warm up")
    scores = score(labels, [pipeline.understand(label.text) for label in labels])
    print(json.dumps(dataclasses.asdict(scores), indent=2) if arguments.json else report(scores))
    if page:
        page.write_text(confusion_page(scores, f"Confusion on {file.name}"), encoding="utf-8")


if __name__ == "__main__":
    main()
