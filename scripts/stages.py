"""Run the stages of `make check` or `make test`, one after the other, each with its name and time.

    .venv/bin/python scripts/stages.py check | test [STAGE …]

The first stage that fails ends the run with its name. The last line has pytest's counts over all stages.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
ENGINE_PYTHON = ROOT / "bot" / "engine" / ".venv" / "bin" / "python"
COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)\b")


@dataclass(frozen=True)
class Stage:
    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    needs: str | None = None  # a path without which there is nothing to do


def tests(name: str, path: str, *options: str) -> Stage:
    command = (str(BIN / "python"), "-m", "pytest", "-q", path, *options)
    return Stage(name, command, needs=path)


ENGINE_ENVIRONMENT = {
    "PYTHONPATH": str(ROOT),
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
}

CHECK = (
    Stage("lint", (str(BIN / "ruff"), "check", "--quiet", ".")),
    Stage("format", (str(BIN / "ruff"), "format", "--check", "--quiet", ".")),
    Stage("imports", (str(BIN / "lint-imports"), "--no-logo")),
    Stage("types", (str(BIN / "mypy"), "--no-error-summary")),
    tests("unit", "tests/unit"),
)

TEST = (
    *CHECK,
    tests("integration", "tests/integration"),
    Stage(
        "training data",
        (
            str(ENGINE_PYTHON),
            *("-m", "rasa", "data", "validate", "--quiet"),
            *("--config", "config.yml", "--domain", "domain.yml", "--data", "data"),
        ),
        ENGINE_ENVIRONMENT,
    ),
    Stage(
        "engine",
        # Rasa's environment has its own pytest, without our plugins and their options.
        (
            str(ENGINE_PYTHON),
            *("-m", "pytest", "-q", "-c", os.devnull, "--rootdir", ".", "tests/engine"),
            *("-p", "no:cacheprovider", "-W", "ignore"),
        ),
        ENGINE_ENVIRONMENT,
        needs="tests/engine",
    ),
    tests("understanding", "tests/nlu"),
    tests("dialogues", "tests/dialogues"),
    tests("journeys", "tests/journeys"),
    tests("browser", "tests/browser"),
)


def main(kind: str, only: list[str]) -> int:
    stages = {"check": CHECK, "test": TEST}[kind]
    began = time.monotonic()
    counts: dict[str, int] = {}
    for stage in stages:
        if only and stage.name not in only:
            continue
        if stage.needs is not None and not any((ROOT / stage.needs).rglob("test_*.py")):
            continue
        if not run(stage, counts):
            say(f"✗ {stage.name} failed. Alone: .venv/bin/python scripts/stages.py {kind} '{stage.name}'")
            say(summary(counts, time.monotonic() - began))
            return 1
    say(summary(counts, time.monotonic() - began))
    return 0


def run(stage: Stage, counts: dict[str, int]) -> bool:
    """Run one stage, its output passed on as it comes; add its test counts to `counts`."""
    say(f"── {stage.name} " + "─" * max(4, 60 - len(stage.name)))
    began = time.monotonic()
    last_counts: list[tuple[str, str]] = []
    with subprocess.Popen(
        stage.command,
        cwd=ROOT,
        env={**os.environ, **stage.environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            if re.search(r" in \d[\d.]*s", line) and (found := COUNT.findall(line)):
                last_counts = found
    for number, what in last_counts:
        key = "errors" if what == "error" else what
        counts[key] = counts.get(key, 0) + int(number)
    # 5: pytest found nothing to run, as where a whole folder needs what is not there.
    passed = process.returncode in ((0, 5) if "pytest" in stage.command else (0,))
    say(f"{'✓' if passed else '✗'} {stage.name}: {time.monotonic() - began:.1f} s\n")
    return passed


def summary(counts: dict[str, int], seconds: float) -> str:
    order = ("failed", "errors", "passed", "skipped", "xfailed", "xpassed")
    told = ", ".join(f"{counts[key]} {key}" for key in order if key in counts) or "no tests ran"
    return f"{told} in {seconds:.1f}s"


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in ("check", "test"):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
