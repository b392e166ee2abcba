"""Questions of the city: read from a pack, told apart, and not taken for reports."""

import json
from pathlib import Path

import pytest

from bot.engine.city_questions import CityQuestions, examples, questions_file
from tests.engine.conftest import ROOT, Understanding

MEASURED = ROOT / "tests/nlu/city_questions.jsonl"


def _rows(kind: str, language: str) -> list[dict[str, object]]:
    rows = [json.loads(line) for line in MEASURED.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if (row["kind"], row["lang"]) == (kind, language)]


def test_a_pack_without_questions_gives_no_examples(tmp_path: Path) -> None:
    assert examples(tmp_path / "questions.yml") == []


def test_the_pack_is_the_one_the_settings_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert questions_file() == ROOT / "bot/city/packs/santa_monica/questions.yml"
    monkeypatch.setenv("CITYLINE_CITY", str(tmp_path))
    assert questions_file() == tmp_path / "questions.yml"
    assert CityQuestions().get_nlu_data().training_examples == []


def test_every_wording_is_an_example_that_names_its_question_and_language() -> None:
    found = CityQuestions().get_nlu_data()
    assert len(found.training_examples) > 4_000
    facts = [example.get("metadata")["intent"] for example in found.training_examples]
    assert {fact["language"] for fact in facts} == {"en", "es"}
    assert len({fact["question"] for fact in facts}) > 120
    assert found.intents == {"ask_city"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_wording_is_an_example_of_something_else(language: str) -> None:
    asked = {str(example.get("text")).casefold().strip(" ?!.¿¡") for example in examples(questions_file())}
    others = {
        line.strip()[2:].casefold().strip(" ?!.¿¡")
        for file in (ROOT / "data/nlu" / language).rglob("*.yml")
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith("- ")
    }
    assert not asked & others


def test_nothing_it_is_measured_with_is_trained_on() -> None:
    measured = {
        str(row["text"]).casefold().strip(" ?!.¿¡")
        for language in ("en", "es")
        for kind in ("question", "report")
        for row in _rows(kind, language)
    }
    assert not measured & {
        str(example.get("text")).casefold().strip(" ?!.¿¡") for example in examples(questions_file())
    }


# As measured, with a margin: nothing may get worse unnoticed. What is aimed at stands in docs/nlu.md.
@pytest.mark.parametrize(("language", "heard", "mistaken"), [("en", 0.70, 0.10), ("es", 0.63, 0.15)])
def test_questions_are_heard_and_reports_that_look_like_them_are_not(
    understanding: Understanding, language: str, heard: float, mistaken: float
) -> None:
    def share(kind: str) -> float:
        rows = _rows(kind, language)
        return sum(
            understanding.read(str(row["text"]))["intent"]["name"] == "ask_city" for row in rows
        ) / len(rows)

    assert share("question") >= heard
    assert share("report") <= mistaken


def test_a_question_is_told_with_its_code(understanding: Understanding) -> None:
    read = understanding.read("what day do they pick up the trash on my street?")
    assert (read["intent"]["name"], read["questions"][0]["code"]) == ("ask_city", "trash_day")


@pytest.mark.parametrize(
    "text", ["can somebody please fix the streetlight at 4th and Pico", "pothole", "hay un bache enorme"]
)
def test_a_report_is_no_question(understanding: Understanding, text: str) -> None:
    assert understanding.read(text)["intent"]["name"] == "report"
