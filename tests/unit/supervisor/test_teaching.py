"""A model that learnt from reviewers is switched in whole, kept apart until then, and undone in one step."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import settings
from bot.supervisor.teaching import (
    SWITCH,
    Comparison,
    NothingBeforeError,
    next_folder,
    switch_back,
    switch_in,
)
from bot.supervisor.training import fingerprint, needs_training, newest_model, reviewed_folder, write_stamp


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project whose model is up to date, with a data folder of its own."""
    monkeypatch.setenv("CITYLINE_DATA", str(tmp_path / "var"))
    settings.cache_clear()
    (tmp_path / "config.yml").write_text("language: en\n")
    a_model(models_of(tmp_path), "first", 1_000)
    write_stamp(models_of(tmp_path) / "first.tar.gz", fingerprint(tmp_path))
    yield tmp_path
    settings.cache_clear()


def models_of(root: Path) -> Path:
    return root / "var" / "models"


def a_model(folder: Path, name: str, at: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / f"{name}.tar.gz"
    model.write_text(name)
    os.utime(model, (at, at))
    return model


def taught(folder: Path, words: str) -> None:
    file = folder / "nlu" / "en" / "reviewed.yml"
    file.parent.mkdir(parents=True)
    file.write_text(words)


def in_use(root: Path) -> tuple[str, str]:
    """The model and what it was taught."""
    newest = newest_model(models_of(root))
    assert newest is not None
    file = reviewed_folder() / "nlu" / "en" / "reviewed.yml"
    return newest.path.name, file.read_text() if file.exists() else ""


def learn(root: Path, name: str) -> None:
    taught(next_folder(), f"as {name}")
    switch_in(root, models_of(root), a_model(models_of(root) / "candidate", name, 2_000))


def test_a_candidate_is_nothing_to_whoever_starts_until_it_is_switched_in(root: Path) -> None:
    taught(next_folder(), "new")
    a_model(models_of(root) / "candidate", "second", 2_000)
    assert in_use(root) == ("first.tar.gz", "")
    assert not needs_training(root, models_of(root))


def test_switched_in_it_is_the_newest_and_nothing_has_to_be_trained_anew(root: Path) -> None:
    learn(root, "second")
    assert in_use(root) == ("second.tar.gz", "as second")
    assert not needs_training(root, models_of(root))
    assert json.loads((models_of(root) / SWITCH).read_text()) == {"model": "second.tar.gz"}


def test_what_is_taught_counts_as_a_training_file(root: Path) -> None:
    before = fingerprint(root)
    taught(reviewed_folder(), "new")
    assert fingerprint(root) != before


def test_one_step_goes_back_and_another_one_forth_again(root: Path) -> None:
    learn(root, "second")
    switch_back(root, models_of(root))
    assert in_use(root) == ("first.tar.gz", "")
    assert not needs_training(root, models_of(root))
    assert json.loads((models_of(root) / SWITCH).read_text()) == {"model": "first.tar.gz"}
    switch_back(root, models_of(root))
    assert in_use(root) == ("second.tar.gz", "as second")
    assert not needs_training(root, models_of(root))


def test_two_models_are_kept_and_where_nothing_was_taught_there_is_no_way_back(root: Path) -> None:
    with pytest.raises(NothingBeforeError):
        switch_back(root, models_of(root))
    learn(root, "second")
    learn(root, "third")
    kept = {model.name for model in models_of(root).glob("*.tar.gz")}
    assert kept == {"second.tar.gz", "third.tar.gz"}
    switch_back(root, models_of(root))
    assert in_use(root) == ("second.tar.gz", "as second")


@pytest.mark.parametrize(
    ("before", "after", "missed", "worse"),
    [
        (320, 320, (0, 0), False),
        (320, 318, (0, 0), False),
        (320, 310, (0, 0), True),
        (320, 330, (0, 1), True),
        (320, 321, (2, 1), False),
    ],
)
def test_a_model_that_misses_a_danger_more_or_loses_much_is_worse(
    before: int, after: int, missed: tuple[int, int], worse: bool
) -> None:
    one = {
        "set": "acts", "texts": 338, "before": before, "after": after, "missed_before": missed[0], "missed_after": missed[1],
    }  # fmt: skip
    assert bool(Comparison((one,)).worse) is worse
