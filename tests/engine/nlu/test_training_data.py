"""The training data itself: complete, of one form, and never a copy of what it is measured with."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.engine.conftest import ROOT

NLU = ROOT / "data/nlu"
# Taught like services, and none: what names no matter, what is nobody's here, what is said around a report, what is only
# learnt for its danger.
NO_SERVICES = {"unclear", "elsewhere", "aside", "alarm"}


def _blocks(folder: Path) -> list[dict[str, Any]]:
    files = sorted(folder.rglob("*.yml"))
    return [
        block for file in files for block in YAML(typ="safe").load(file.read_text(encoding="utf-8"))["nlu"]
    ]


def _examples(block: dict[str, Any]) -> list[str]:
    return [line.strip()[2:] for line in block.get("examples", "").splitlines() if line.strip()]


def _wishes() -> list[dict[str, str]]:
    from bot.engine.nlu.wishes import read_wishes

    return read_wishes()


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


@pytest.mark.parametrize(("language", "least"), [("en", 80), ("es", 60)])
def test_every_service_has_enough_examples(language: str, least: int) -> None:
    counts: Counter[str] = Counter()
    for block in _blocks(NLU / language):
        if block["intent"] == "report":
            counts[block["metadata"]["service"]] += len(_examples(block))
    assert len(counts.keys() - NO_SERVICES) == 42
    assert {code: count for code, count in counts.items() if count < least} == {}


def test_both_languages_have_the_same_services_and_acts() -> None:
    def labels(language: str) -> set[tuple[str, str | None]]:
        return {(block["intent"], block["metadata"].get("service")) for block in _blocks(NLU / language)}

    assert labels("en") == labels("es")


def test_every_block_names_its_language() -> None:
    for language in ("en", "es"):
        assert {block["metadata"]["language"] for block in _blocks(NLU / language)} == {language}


def test_no_text_is_an_example_of_two_labels() -> None:
    labels: dict[str, set[str]] = {}
    for block in _blocks(NLU):
        label = block["intent"] + "/" + block["metadata"].get("service", "")
        for example in _examples(block):
            labels.setdefault(example.lower(), set()).add(label)
    assert {text: found for text, found in labels.items() if len(found) > 1} == {}


def test_nothing_it_is_measured_with_is_trained_on() -> None:
    measured = {
        _plain(text)
        for kinds in YAML(typ="safe")
        .load((ROOT / "tests/nlu/emergencies.yml").read_text(encoding="utf-8"))
        .values()
        for texts in kinds.values()
        for text in texts
    }
    tests = [
        ROOT / f"tests/nlu/{name}.jsonl"
        for name in ("spanish_reports", "two_problems", "acts", "danger", "wishes", "danger_apart")
    ]
    for file in (*tests, ROOT.parent / "shared/eval/dev_texts.jsonl"):
        if file.is_file():
            lines = file.read_text(encoding="utf-8").splitlines()
            measured |= {_plain(json.loads(line)["text"]) for line in lines}
    trained = {_plain(example) for block in _blocks(NLU) for example in _examples(block)}
    # A text of three words is nobody's property ("loud music").
    assert {text for text in measured & trained if len(text.split()) > 3} == set()


def test_no_wish_it_is_measured_with_is_trained_on() -> None:
    """Any of three words, too: these are short."""
    lines = (ROOT / "tests/nlu/wishes.jsonl").read_text(encoding="utf-8").splitlines()
    measured = {_plain(json.loads(line)["text"]) for line in lines}
    told = {_plain(wish["message"]) for wish in _wishes()}
    assert {text for text in measured & told if len(text.split()) > 1} == set()


def test_what_the_tests_measure_is_what_config_yml_sets() -> None:
    from bot.engine.nlu.classifier import MessageClassifier

    pipeline = YAML(typ="safe").load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    (set_here,) = [each for each in pipeline if each["name"].endswith(MessageClassifier.__name__)]
    defaults = MessageClassifier.get_default_config()
    assert {key: value for key, value in set_here.items() if key != "name"}.items() <= defaults.items()


def test_wishes_are_of_four_kinds_in_both_languages_and_none_is_told_twice() -> None:
    counts = Counter((wish["language"], wish["wish"]) for wish in _wishes())
    kinds = ("stop", "not_mine", "erase", "calm")
    assert set(counts) == {(language, kind) for language in ("en", "es") for kind in kinds}
    assert min(counts.values()) >= 100
    told = Counter((wish["language"], wish["message"].casefold()) for wish in _wishes())
    assert {text: times for text, times in told.items() if times > 1} == {}
