"""The trained understanding, held to its bars. Texts it is measured with are never trained on."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.engine.conftest import ROOT, Understanding

EMERGENCIES = YAML(typ="safe").load((ROOT / "tests/nlu/emergencies.yml").read_text(encoding="utf-8"))
SPANISH = ROOT / "tests/nlu/spanish_reports.jsonl"
# Labelled texts of a city's own, beside the project; measured where they are.
ENGLISH = ROOT.parent / "shared/eval/dev_texts.jsonl"
CHATTER = ROOT.parent / "shared/eval/out_of_scope_dev.json"


def _labelled(file: Path) -> list[dict[str, Any]]:
    if not file.is_file():
        warnings.warn(f"NOT MEASURED: {file.name} is not here", stacklevel=2)
        pytest.skip(f"NOT MEASURED: {file.name} is not here")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _shares(understanding: Understanding, entries: list[dict[str, Any]]) -> tuple[float, float]:
    first = among_three = 0
    for entry in entries:
        right = {entry["best"], *entry["also"]}
        codes = [service["code"] for service in understanding.read(entry["text"])["services"]]
        first += codes[0] in right
        among_three += bool(right & set(codes))
    return first / len(entries), among_three / len(entries)


def test_real_english_reports_are_ranked_right(understanding: Understanding) -> None:
    clear = [entry for entry in _labelled(ENGLISH) if not entry["vague"]]
    first, among_three = _shares(understanding, clear)
    assert first >= 0.82
    assert among_three >= 0.95


def test_spanish_reports_are_ranked_within_five_points_of_english(understanding: Understanding) -> None:
    clear = [entry for entry in _labelled(SPANISH) if not entry["vague"]]
    first, among_three = _shares(understanding, clear)
    assert first >= 0.82
    assert among_three >= 0.92


def test_chatter_is_not_taken_for_a_report(understanding: Understanding) -> None:
    if not CHATTER.is_file():
        _labelled(CHATTER)
    lists = json.loads(CHATTER.read_text(encoding="utf-8"))
    texts = [text for value in lists.values() if isinstance(value, list) for text in value]
    taken = [text for text in texts if understanding.read(text)["intent"]["name"] == "report"]
    assert len(taken) / len(texts) <= 0.05


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_emergency_of_the_list_is_missed(understanding: Understanding, language: str) -> None:
    missed = [
        text for text in EMERGENCIES["emergency"][language] if not understanding.read(text)["emergency"]
    ]
    assert missed == []


def test_the_list_of_emergencies_is_long_enough() -> None:
    assert sum(len(texts) for texts in EMERGENCIES["emergency"].values()) >= 150


def test_what_only_sounds_alarming_rarely_raises_the_alarm(understanding: Understanding) -> None:
    texts = [text for texts in EMERGENCIES["calm"].values() for text in texts]
    texts += [entry["text"] for entry in _labelled(SPANISH) if not entry["emergency"]]
    false = [text for text in texts if understanding.read(text)["emergency"]]
    assert len(false) / len(texts) <= 0.01, false


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("good morning", "greet"),
        ("thanks so much!", "thanks"),
        ("yes that's right", "affirm"),
        ("nope", "deny"),
        ("no, ocean park not pico", "correct"),
        ("any news about my request?", "ask_status"),
        ("let me start over", "start_over"),
        ("skip this one please", "skip"),
        ("can I talk to a real person", "ask_person"),
        ("español por favor", "change_language"),
        ("it is still not fixed!!", "not_fixed"),
        ("corner of 20th and pearl", "give_place"),
        ("en la esquina de pico y la 20", "give_place"),
        ("buenas tardes", "greet"),
        ("sí, está bien", "affirm"),
        ("quiero hablar con una persona", "ask_person"),
        ("write me a song about cheese", "out_of_scope"),
    ],
)
def test_dialogue_acts_are_told_apart(understanding: Understanding, text: str, intent: str) -> None:
    assert understanding.read(text)["intent"]["name"] == intent


@pytest.mark.parametrize("text", ["please fix this", "see photo", "it is broken again", "plate 9KLM333"])
def test_a_report_without_a_matter_is_vague(understanding: Understanding, text: str) -> None:
    read = understanding.read(text)
    assert read["vague"] or read["intent"]["name"] != "report"


def test_a_plain_report_is_not_vague(understanding: Understanding) -> None:
    read = understanding.read("huge pothole at Pico and 4th")
    assert read["intent"]["name"] == "report"
    assert read["services"][0]["code"] == "pothole"
    assert not read["vague"]


@pytest.mark.parametrize(
    "text",
    [
        "pothole",
        "big pothole",
        "bache",
        "hay un bache",
        "graffiti",
        "tree down",
        "loud music",
        "perro muerto",
    ],
)
def test_a_word_that_says_it_all_is_not_asked_about(understanding: Understanding, text: str) -> None:
    assert not understanding.read(text)["vague"]


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("hay un bache enorme", None, "es"),
        ("there is a huge pothole", "es", "en"),
        ("ok", "es", "es"),
        ("ok", None, "en"),
        ("Pico 2100", "es", "es"),
        ("¿?", None, "es"),
    ],
)
def test_the_language_is_heard_and_a_doubtful_text_keeps_the_one_before(
    understanding: Understanding, text: str, hint: str | None, language: str
) -> None:
    assert understanding.read(text, hint)["language"] == language


@pytest.mark.parametrize("text", ["/affirm", '/choose{"choice": "pothole"}', ""])
def test_payloads_and_empty_texts_are_left_alone(understanding: Understanding, text: str) -> None:
    read = understanding.read(text)
    assert not {"intent", "services", "language", "emergency", "vague", "parts"} & read.keys()


def test_three_services_are_offered_with_falling_confidence(understanding: Understanding) -> None:
    shares = [service["confidence"] for service in understanding.read("trash everywhere")["services"]]
    assert len(shares) == 3
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 1


ACTS = [json.loads(line) for line in (ROOT / "tests/nlu/acts.jsonl").read_text(encoding="utf-8").splitlines()]


def test_the_answers_of_a_dialogue_are_many_and_of_every_kind() -> None:
    acts = {file.stem for file in (ROOT / "data/nlu/en/acts").glob("*.yml")}
    for language in ("en", "es"):
        answers = [entry for entry in ACTS if entry["language"] == language]
        assert len(answers) >= 150
        assert {entry["intent"] for entry in answers} == acts


@pytest.mark.parametrize("language", ["en", "es"])
def test_answers_inside_a_dialogue_are_understood(understanding: Understanding, language: str) -> None:
    answers = [entry for entry in ACTS if entry["language"] == language]
    wrong = []
    for entry in answers:
        intent = understanding.read(entry["text"], language)["intent"]["name"]
        if intent not in {entry["intent"], *entry["also"]}:
            wrong.append((entry["text"], intent))
    assert 1 - len(wrong) / len(answers) >= 0.92, wrong


@pytest.mark.parametrize(("file", "least"), [(ENGLISH, 0.85), (SPANISH, 0.9)])
def test_reports_that_name_no_matter_lead_to_a_question(
    understanding: Understanding, file: Path, least: float
) -> None:
    doubtful = [entry for entry in _labelled(file) if entry["vague"] or entry["best"] == "none"]
    reads = [understanding.read(entry["text"]) for entry in doubtful]
    asked = [read["vague"] or read["intent"]["name"] != "report" for read in reads]
    assert sum(asked) / len(doubtful) >= least


@pytest.mark.parametrize("file", [ENGLISH, SPANISH])
def test_clear_reports_are_seldom_asked_about_and_rarely_cut(
    understanding: Understanding, file: Path
) -> None:
    clear = [entry for entry in _labelled(file) if not entry["vague"] and entry["best"] != "none"]
    reads = [understanding.read(entry["text"]) for entry in clear]
    assert sum(read["vague"] for read in reads) / len(clear) <= 0.2
    assert sum(bool(read["parts"]) for read in reads) / len(clear) <= 0.03


@pytest.mark.parametrize(
    "text", ["the plow never came, snow everywhere", "no electricity in the whole house"]
)
def test_what_no_service_is_for_is_asked_about_and_ranked_as_general(
    understanding: Understanding, text: str
) -> None:
    read = understanding.read(text)
    assert read["vague"]
    assert "general" in [service["code"] for service in read["services"]]
    assert "elsewhere" not in [service["code"] for service in read["services"]]
