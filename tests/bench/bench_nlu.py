"""What each part of the understanding earns, and how it compares with Rasa's DIET on the same data in the same run.

    bot/engine/.venv/bin/python -m tests.bench.bench_nlu --english FILE --chatter FILE [--diet-examples 12]

Prints a table in Markdown for docs/nlu.md: accuracy on texts neither has seen, time to train, time a message. One thread each.
Labels are those of ``bot.engine.nlu.classifier``: one for each act and one for each service, for DIET as intents.

DIET takes minutes an epoch on all examples with one thread, so it competes with ours on the same part of them, drawn
evenly over labels and languages; ``--diet-examples 0`` gives it all.
"""

# ruff: noqa: E402 - the number of threads is read when numpy and TensorFlow are imported
import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from bot.engine.nlu.bert import WIDTH
from bot.engine.nlu.blend import Blend
from bot.engine.nlu.encoder import shared_encoder
from bot.engine.nlu.gloss import spanish_glossary

ROOT = Path(__file__).resolve().parents[2]
SPANISH = ROOT / "tests/nlu/spanish_reports.jsonl"
REPORT = "report/"
SEED = 311

# Probabilities over labels for a text in a language.
Judge = Callable[[str, str], np.ndarray]


@dataclass(frozen=True)
class Example:
    """A training text, its label and its language."""

    text: str
    label: str
    language: str


@dataclass(frozen=True)
class Contestant:
    """A trained classifier: what it is called, its labels, how it judges, how long it learnt."""

    name: str
    labels: list[str]
    judge: Judge
    cpu_seconds: float


def examples() -> list[Example]:
    """Everything below data/nlu."""
    found = []
    for file in sorted((ROOT / "data/nlu").rglob("*.yml")):
        for block in YAML(typ="safe").load(file.read_text(encoding="utf-8"))["nlu"]:
            facts = block["metadata"]
            # Asides teach the splitter only; to a classifier they would say nothing.
            if facts.get("service") == "aside":
                continue
            label = REPORT + facts["service"] if block["intent"] == "report" else block["intent"]
            lines = [line.strip()[2:] for line in block.get("examples", "").splitlines() if line.strip()]
            found += [Example(line, label, facts["language"]) for line in lines]
    return found


def part(training: Sequence[Example], each: int) -> list[Example]:
    """So many examples of each label in each language, drawn at random but always the same; 0 is all of them."""
    shuffled = random.Random(SEED).sample(training, len(training))
    taken: Counter[tuple[str, str]] = Counter()
    drawn = []
    for example in shuffled:
        taken[example.label, example.language] += 1
        if not each or taken[example.label, example.language] <= each:
            drawn.append(example)
    return drawn


def ours(training: Sequence[Example], glossed: bool, letters: bool, meaning: bool, name: str) -> Contestant:
    """Our blend, with parts of it switched off: a blind witness sees nothing while learning either."""
    encoder, glossary = shared_encoder(), spanish_glossary()
    began = time.process_time()

    def see(text: str, language: str) -> tuple[str, str]:
        gloss = glossary.gloss(text) if glossed and language == "es" else ""
        return f"{text} {gloss}".strip() if letters else "", gloss or text

    def vectors(meant: list[str]) -> np.ndarray:
        return encoder.encode(meant) if meaning else np.zeros((len(meant), WIDTH), np.float32)

    seen = [see(example.text, example.language) for example in training]
    labels = [example.label for example in training]
    blend = Blend.fit([reading for reading, _ in seen], vectors([meant for _, meant in seen]), labels)
    seconds = time.process_time() - began

    def judge(text: str, language: str) -> np.ndarray:
        reading, meant = see(text, language)
        return blend.probabilities(reading, vectors([meant])[0])

    return Contestant(name, blend.labels, judge, seconds)


def diet(training: Sequence[Example], epochs: int) -> Contestant:
    """The default pipeline of Rasa 3.6 with DIET, every service an intent of its own."""
    import asyncio

    import rasa.model_training
    from rasa.core.agent import load_agent
    from rasa.core.channels.channel import UserMessage

    folder = Path(tempfile.mkdtemp(prefix="cityline-diet-"))
    yaml = YAML()
    labels = sorted({example.label for example in training})
    intent_of = {label: label.replace("/", "__") for label in labels}
    nlu = [
        {
            "intent": intent_of[label],
            "examples": "".join(f"- {each.text}\n" for each in training if each.label == label),
        }
        for label in labels
    ]
    pipeline: list[dict[str, Any]] = [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {
            "name": "DIETClassifier",
            "epochs": epochs,
            "entity_recognition": False,
            "ranking_length": 0,
            "constrain_similarities": True,
        },
    ]
    yaml.dump({"version": "3.1", "nlu": nlu}, folder / "nlu.yml")
    yaml.dump({"recipe": "default.v1", "language": "en", "pipeline": pipeline}, folder / "config.yml")
    began = time.process_time()
    model = rasa.model_training.train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
    seconds = time.process_time() - began
    processor = asyncio.run(load_agent(model_path=model)).processor
    place = {intent: number for number, intent in enumerate(intent_of[label] for label in labels)}

    def judge(text: str, language: str) -> np.ndarray:
        parsed = asyncio.run(processor.parse_message(UserMessage(text)))
        probabilities = np.zeros(len(labels), np.float32)
        for entry in parsed["intent_ranking"]:
            probabilities[place[entry["name"]]] = entry["confidence"]
        return probabilities

    return Contestant(f"DIET, {len(training)} examples, {epochs} epochs", labels, judge, seconds)


def measure(contestant: Contestant, english: list[dict[str, Any]], chatter: list[str]) -> str:
    """One row of the table."""
    spanish = [json.loads(line) for line in SPANISH.read_text(encoding="utf-8").splitlines()]
    is_report = np.array([label.startswith(REPORT) for label in contestant.labels])
    codes = [label.removeprefix(REPORT) for label in contestant.labels]
    times: list[float] = []

    def judge(text: str, language: str) -> np.ndarray:
        began = time.perf_counter()
        probabilities = contestant.judge(text, language)
        times.append((time.perf_counter() - began) * 1000)
        return probabilities

    judge("warm up", "en")
    times.clear()

    def shares(entries: list[dict[str, Any]], language: str) -> str:
        first = three = 0
        clear = [entry for entry in entries if not entry["vague"]]
        for entry in clear:
            probabilities = np.where(is_report, judge(entry["text"], language), -1.0)
            for nameless in ("unclear", "elsewhere"):
                probabilities[contestant.labels.index(REPORT + nameless)] = -1.0
            best = [codes[place] for place in np.argsort(-probabilities)[:3]]
            right = {entry["best"], *entry["also"]}
            first += best[0] in right
            three += bool(right & set(best))
        return f"{first / len(clear):.3f} / {three / len(clear):.3f}" if clear else "-"

    columns = [shares(english, "en"), shares(spanish, "es")]
    taken = 0
    for text in chatter:
        probabilities = judge(text, "en")
        taken += probabilities[is_report].sum() > probabilities[~is_report].max()
    columns.append(f"{taken / len(chatter):.3f}" if chatter else "-")
    columns += [
        f"{contestant.cpu_seconds:.0f} s",
        f"{np.median(times):.1f} / {np.percentile(times, 95):.1f} ms",
    ]
    return f"| {contestant.name} | " + " | ".join(columns) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description="Ablation of the understanding, and DIET on the same data.")
    parser.add_argument("--english", type=Path, help="labelled English texts, JSON lines")
    parser.add_argument("--chatter", type=Path, help="texts out of scope, a JSON object of lists")
    parser.add_argument("--diet-epochs", type=int, default=100, help="0 leaves DIET out")
    parser.add_argument("--diet-examples", type=int, default=12, help="of each label and language; 0 is all")
    arguments = parser.parse_args()
    english: list[dict[str, Any]] = []
    chatter: list[str] = []
    if arguments.english:
        english = [json.loads(line) for line in arguments.english.read_text(encoding="utf-8").splitlines()]
    if arguments.chatter:
        lists = json.loads(arguments.chatter.read_text(encoding="utf-8"))
        chatter = [text for value in lists.values() if isinstance(value, list) for text in value]
    training = examples()
    print(f"{len(training)} examples, {len({example.label for example in training})} labels.\n")
    print(
        "| | English top-1 / top-3 | Spanish top-1 / top-3 | chatter as report | training (CPU) | a message (median / p95) |"
    )
    print("|---|---|---|---|---|---|", flush=True)
    for name, glossed, letters, meaning in (
        ("letters only", False, True, False),
        ("letters and gloss", True, True, False),
        ("meaning only", False, False, True),
        ("meaning of the gloss", True, False, True),
        ("letters + meaning, no gloss", False, True, True),
        ("**all: letters + meaning + gloss**", True, True, True),
    ):
        print(measure(ours(training, glossed, letters, meaning, name), english, chatter), flush=True)
    if arguments.diet_epochs:
        same = part(training, arguments.diet_examples)
        name = f"all parts, {len(same)} examples"
        print(measure(ours(same, True, True, True, name), english, chatter), flush=True)
        print(measure(diet(same, arguments.diet_epochs), english, chatter), flush=True)


if __name__ == "__main__":
    main()
