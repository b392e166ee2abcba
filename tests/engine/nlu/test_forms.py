"""How a text is worded: the same whatever it is about, and read again as it was stored."""

from pathlib import Path

import numpy as np
import pytest

from bot.engine.nlu.forms import COMMON_TO, Forms
from bot.engine.nlu.questions import asks_of

MATTERS = [f"matter{letter}{second}" for letter in "abcdefgh" for second in "abcdefgh"]


def _forms() -> Forms:
    assert len(MATTERS) >= COMMON_TO
    return Forms.fit([f"how do i report a {matter} at 5th" for matter in MATTERS], MATTERS)


def test_what_it_is_about_makes_no_difference() -> None:
    forms = _forms()
    (potholes, _), (noise, _) = (forms.weigh(f"how do i report a {what}") for what in ("pothole", "loud bar"))
    assert potholes.tolist() == noise.tolist() != []


def test_runs_know_where_a_text_begins_and_ends() -> None:
    runs = set(_forms().runs("how do i report a thing"))
    assert {"^ how do i", "report a _ $"} <= runs
    assert "thing" not in " ".join(runs)


def test_weights_are_a_unit_vector_with_each_run_once() -> None:
    columns, weights = _forms().weigh("how do i report")
    assert np.isclose(np.linalg.norm(weights), 1)
    assert len(columns) == len(set(columns.tolist()))


def test_stored_and_read_again_it_weighs_the_same(tmp_path: Path) -> None:
    forms = _forms()
    forms.save(tmp_path / "forms.json")
    again = Forms.load(tmp_path / "forms.json")
    for text in ("how do i report a leak at 5th?", "nothing known"):
        assert [part.tolist() for part in again.weigh(text)] == [part.tolist() for part in forms.weigh(text)]


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("how do i get a library card", True),
        ("trash day?", True),
        ("¿Cuándo pasa la basura", True),
        ("donde pago mi multa", True),
        ("hay un bache en la calle 5", False),
        ("the street floods when it rains", False),
        ("library card", False),
    ],
)
def test_words_that_ask(text: str, asks: bool) -> None:
    assert asks_of(text) is asks
