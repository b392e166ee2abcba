"""Rasa's own checks: the data are valid, and its story tests pass with the trained model."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bot.supervisor.engine_environment import engine_environment, engine_python
from tests.journeys.stack import ROOT

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1300)]

LONGEST = 1200  # seconds: 35 on a quiet machine, and these run beside all the other tests


def rasa(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **engine_environment(ROOT), "RASA_TELEMETRY_ENABLED": "false"}
    command = (str(engine_python(ROOT)), "-W", "ignore", "-m", "bot.engine.rasa_command", *arguments)
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
    )


def test_the_training_data_are_valid(tmp_path: Path) -> None:
    done = rasa(
        "data",
        "validate",
        "--domain",
        str(ROOT / "domain.yml"),
        "--data",
        str(ROOT / "data"),
        "--config",
        str(ROOT / "config.yml"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    # Payloads have no examples, and actions say most responses: both are meant. Anything else is not.
    said = [line for line in (done.stdout + done.stderr).splitlines() if "Project validation" in line]
    assert not any("failed" in line for line in said), said


def test_the_story_tests_pass(model: Path, tmp_path: Path) -> None:
    stories = str(ROOT / "tests" / "stories")
    done = rasa(
        "test", "core", "--stories", stories, "--model", str(model), "--out", str(tmp_path), cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "None of the test stories failed" in (tmp_path / "failed_test_stories.yml").read_text("utf-8")
