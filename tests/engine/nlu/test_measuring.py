"""What `cityline nlu classify` and `eval` read, count and write."""

import io
from pathlib import Path

import pytest

from bot.engine.classify import InputError, Understood, read_lines
from bot.engine.confusion import confusion_page
from bot.engine.evaluate import read_labels, report
from bot.engine.scores import Labelled, score


def _answer(*codes: str, share: float = 0.9, intent: str = "report", vague: bool = False) -> Understood:
    services = tuple((code, share if place == 0 else 0.01) for place, code in enumerate(codes))
    return Understood(intent, 0.99, services, "en", False, vague, 2.0)


def _label(best: str, *also: str, vague: bool = False, intent: str = "report") -> Labelled:
    return Labelled("a text", best, frozenset(also), vague, False, intent)


def test_a_line_of_classify_has_exactly_the_promised_keys() -> None:
    line = _answer("pothole", "sidewalk").as_line("7")
    assert list(line) == [
        *("id", "intent", "intent_confidence", "services", "language", "emergency", "vague", "danger")
    ]
    assert line["services"][0] == {"code": "pothole", "confidence": 0.9}


@pytest.mark.parametrize("line", ["nonsense", "[1]", '{"id": 1}', '{"id": 1, "text": 3}', '{"text": "x"}'])
def test_a_line_that_is_no_text_is_refused_with_its_number_and_without_its_words(line: str) -> None:
    with pytest.raises(InputError, match="line 2") as refused:
        list(read_lines(io.StringIO('{"id": 0, "text": "fine"}\n' + line)))
    assert "nonsense" not in str(refused.value)


def test_other_acceptable_codes_count_as_right() -> None:
    scores = score(
        [_label("tree", "park"), _label("noise"), _label("animal")],
        [_answer("park"), _answer("graffiti", "noise"), _answer("graffiti")],
    )
    assert scores.top1 == pytest.approx(1 / 3)
    assert scores.top3 == pytest.approx(2 / 3)


def test_vague_reports_those_no_service_is_for_and_chatter_should_be_asked_about() -> None:
    scores = score(
        [
            _label("tree", vague=True),
            _label("none", "general"),
            _label("none", intent="out_of_scope"),
            _label("none", intent="out_of_scope"),
            _label("tree"),
        ],
        [
            _answer("tree", vague=True),
            _answer("general"),
            _answer("tree", intent="greet"),
            _answer("tree"),
            _answer("tree", vague=True),
        ],
    )
    assert scores.asks_vague == pytest.approx(1 / 2)
    assert scores.asks_nothing == pytest.approx(2 / 4)
    assert scores.asks_clear == 1
    assert scores.chatter_as_report == pytest.approx(1 / 2)
    assert scores.top1 == 1


def test_a_text_taken_for_two_problems_is_counted() -> None:
    two = Understood(
        "report", 0.99, (("tree", 0.9),), "en", False, False, 2.0, parts=(("a", "tree"), ("b", "noise"))
    )
    assert score([_label("tree"), _label("tree")], [two, _answer("tree")]).split == 0.5


def test_calibration_compares_confidence_with_what_was_right() -> None:
    scores = score([_label("tree")] * 4, [_answer("tree", share=0.75)] * 3 + [_answer("park", share=0.75)])
    assert scores.calibration_error == pytest.approx(0)
    assert [each.answers for each in scores.calibration] == [4]


def test_the_page_escapes_and_counts() -> None:
    page = confusion_page(score([_label("tree"), _label("tree")], [_answer("tree"), _answer("park")]), "<b>")
    assert "<b>" not in page
    assert "tree answered as park: 1 of 2" in page


def test_both_kinds_of_files_are_read(tmp_path: Path) -> None:
    lines = tmp_path / "labels.jsonl"
    lines.write_text(
        '{"text": "dead cat", "best": "dead_animal", "also": [], "vague": false, "emergency": false}\n'
    )
    lists = tmp_path / "chatter.json"
    lists.write_text('{\n"source": "us",\n"jokes": [\n"knock knock"\n]\n}\n')
    assert read_labels(lines)[0].best == "dead_animal"
    assert [label.intent for label in read_labels(lists)] == ["out_of_scope"]
    assert "top-1" in report(score(read_labels(lines), [_answer("dead_animal")]))


def test_a_file_of_another_kind_is_refused_with_the_line(tmp_path: Path) -> None:
    file = tmp_path / "other.jsonl"
    file.write_text('{"best": "tree"}\n')
    with pytest.raises(ValueError, match=r"line 1 of other\.jsonl"):
        read_labels(file)
