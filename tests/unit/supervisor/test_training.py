from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
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


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_training_ends_with_who_asked_for_it(tmp_path: Path) -> None:
    """It takes minutes of both cores, and nobody hears what comes of it any more."""
    engine, pid_file = tmp_path / "bot/engine/.venv/bin/python", tmp_path / "pid"
    engine.parent.mkdir(parents=True)
    engine.write_text(f"#!/bin/sh\necho $$ > {pid_file}\nexec sleep 60\n")
    engine.chmod(0o755)
    code = (
        "import asyncio, pathlib; from bot.supervisor.training import train; "
        f"root = pathlib.Path({str(tmp_path)!r}); "
        "asyncio.run(train(root, root / 'models', root / 'log', print))"
    )
    asking = subprocess.Popen([sys.executable, "-c", code])
    trainer = int(until(lambda: pid_file.read_text() if pid_file.exists() else ""))
    asking.kill()
    asking.wait()
    assert until(lambda: "gone" if _is_gone(trainer) else "")


def _is_gone(pid: int) -> bool:
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


def until(found: Callable[[], str], seconds: float = 20.0) -> str:
    """What is found at last."""
    deadline = time.monotonic() + seconds
    while not (value := found().strip()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return value
