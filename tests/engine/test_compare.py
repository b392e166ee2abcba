"""Two models are compared text by text, and what must not be missed is counted apart."""

from pathlib import Path

import pytest

from bot.engine.classify import Understood
from bot.engine.compare import CALM, DANGER, Case, compared, read_cases
from bot.engine.switching import SWITCH, named_model, state_of


def understood(intent: str, *services: str, emergency: bool = False) -> Understood:
    return Understood(intent, 0.9, tuple((code, 0.5) for code in services), "en", emergency, False, 1.0)


def a_case(label: str, of: str, *also: str) -> Case:
    return Case("text", label, frozenset({label, *also}), of)


@pytest.mark.parametrize(
    ("case", "answer", "given"),
    [
        (a_case("pothole", "service"), understood("report", "pothole", "sidewalk"), "pothole"),
        (a_case("pothole", "service"), understood("thanks", "pothole"), "thanks"),
        (a_case("pothole", "service"), understood("report"), "unsure"),
        (a_case("correct", "act"), understood("report", "pothole"), "report"),
        (a_case(DANGER, "danger"), understood("report", "pothole", emergency=True), DANGER),
        (a_case(DANGER, "danger"), understood("report", "pothole"), CALM),
    ],
)
def test_an_answer_is_read_as_its_label_is_meant(case: Case, answer: Understood, given: str) -> None:
    assert case.answer(answer) == given


def test_figures_count_what_is_right_and_name_the_mistakes_that_changed() -> None:
    cases = [
        a_case("correct", "act"),
        a_case("skip", "act", "deny"),
        a_case("greet", "act"),
        a_case(DANGER, "danger"),
    ]
    told = compared("set", cases, ["deny", "deny", "greet", DANGER], ["correct", "deny", "thanks", CALM])
    assert (told["texts"], told["before"], told["after"]) == (4, 3, 2)
    assert (told["missed_before"], told["missed_after"]) == (0, 1)
    assert ["correct", "deny", 1, 0] in told["confusions"]
    assert ["greet", "thanks", 0, 1] in told["confusions"]
    assert [one["label"] for one in told["changed"]] == ["correct", "greet", DANGER]


def test_the_sets_that_are_shipped_are_read(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2] / "tests" / "nlu"
    for name, kinds in (
        ("acts.jsonl", {"act"}),
        ("spanish_reports.jsonl", {"service"}),
        ("danger.jsonl", {"danger"}),
        ("emergencies.yml", {"danger"}),
    ):
        cases = read_cases(root / name)
        assert len(cases) > 100, name
        assert {case.of for case in cases} == kinds, name


def test_a_line_that_is_no_labelled_text_is_named_by_its_number(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text('{"text": "a", "intent": "greet"}\n{"text": "b"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        read_cases(file)


def test_a_switch_names_a_model_of_its_own_folder_or_none(tmp_path: Path) -> None:
    assert named_model(tmp_path) is None
    assert state_of(tmp_path) is None
    (tmp_path / "one.tar.gz").write_bytes(b"")
    switch = tmp_path / SWITCH
    for written, model in (
        ('{"model": "one.tar.gz"}', tmp_path / "one.tar.gz"),
        ('{"model": "../../one.tar.gz"}', tmp_path / "one.tar.gz"),
        ('{"model": "two.tar.gz"}', None),
        ("no json", None),
        ("[]", None),
    ):
        switch.write_text(written, encoding="utf-8")
        assert named_model(tmp_path) == model, written
    assert state_of(tmp_path) is not None
