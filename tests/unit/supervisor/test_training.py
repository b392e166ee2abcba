from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.supervisor.training import fingerprint, needs_training, newest_model, write_stamp


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "config.yml").write_text("language: en\n")
    (tmp_path / "domain.yml").write_text("intents: [report]\n")
    (tmp_path / "data" / "nlu" / "report.yml").write_text("nlu: []\n")
    return tmp_path


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


def _model(models: Path, name: str, at: int) -> Path:
    path = models / name
    path.write_bytes(b"")
    os.utime(path, (at, at))
    return path


def test_a_model_is_wanted_when_there_is_none(project: Path, models: Path) -> None:
    assert newest_model(models) is None
    assert needs_training(project, models)


def test_a_model_of_the_same_files_is_good_even_when_their_times_changed(project: Path, models: Path) -> None:
    write_stamp(_model(models, "a.tar.gz", 100), fingerprint(project))
    (project / "domain.yml").touch()
    assert not needs_training(project, models)


@pytest.mark.parametrize("name", ["config.yml", "domain.yml", "data/nlu/report.yml", "data/rules/new.yml"])
def test_any_changed_or_new_training_file_asks_for_training(project: Path, models: Path, name: str) -> None:
    write_stamp(_model(models, "a.tar.gz", 100), fingerprint(project))
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("changed: true\n")
    assert needs_training(project, models)


def test_a_renamed_file_is_another_training(project: Path) -> None:
    before = fingerprint(project)
    (project / "data" / "nlu" / "report.yml").rename(project / "data" / "nlu" / "other.yml")
    assert fingerprint(project) != before


def test_the_newest_model_counts(project: Path, models: Path) -> None:
    write_stamp(_model(models, "good.tar.gz", 100), fingerprint(project))
    newer = _model(models, "unknown.tar.gz", 200)
    found = newest_model(models)
    assert found is not None
    assert (found.path, found.fingerprint) == (newer, None)
    assert needs_training(project, models)
