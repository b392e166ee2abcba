"""TensorFlow is left out where nothing needs it, and where something does, the engine says so or goes where it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.engine.lean import FULL, needing_tensorflow

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / "config.yml"
WITH_DIET = """
language: en
pipeline:
- name: bot.engine.nlu.reading.Reading
- name: WhitespaceTokenizer
- name: DIETClassifier
policies:
- name: RulePolicy
- name: rasa.core.policies.ted_policy.TEDPolicy
"""


def _begun_with(config: Path) -> subprocess.CompletedProcess[str]:
    script = (
        "from pathlib import Path; from bot.engine.lean import suit; import sys\n"
        f"suit(Path({str(config)!r}))\n"
        "import tensorflow; print(sys.prefix); print(tensorflow.__version__)"
    )
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_our_own_configuration_needs_no_tensorflow() -> None:
    assert needing_tensorflow(OURS) == []
    begun = _begun_with(OURS)
    assert begun.stdout.splitlines() == [sys.prefix, "0.absent"], begun.stderr


def test_a_component_of_rasa_that_learns_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text(WITH_DIET)
    assert needing_tensorflow(tmp_path / "config.yml") == [
        "DIETClassifier",
        "rasa.core.policies.ted_policy.TEDPolicy",
    ]


@pytest.mark.skipif(FULL.exists(), reason="the full environment is installed: it is used")
def test_where_it_is_not_installed_the_command_that_installs_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text(WITH_DIET)
    begun = _begun_with(tmp_path / "config.yml")
    assert begun.returncode == 1
    assert begun.stderr.splitlines() == [
        "config.yml names DIETClassifier, which needs TensorFlow. Run: make install-tensorflow"
    ]


@pytest.mark.skipif(not FULL.exists(), reason="make install-tensorflow was not run")
def test_where_it_is_installed_the_engine_goes_on_there(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text(WITH_DIET)
    begun = _begun_with(tmp_path / "config.yml")
    assert begun.stdout.splitlines() == [str(FULL.parents[1]), "2.12.0"], begun.stderr
