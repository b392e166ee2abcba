"""Run the stages of `make check`, `make test` or `make explore`, some beside the others, each with its name and time.

    .venv/bin/python scripts/stages.py check | test | explore [STAGE …]

The first stage that fails ends the run with its name. The last line has pytest's counts over all stages.
"""

from __future__ import annotations

import contextlib
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
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
    needs: str | None = None  # a folder without whose tests there is nothing to do


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

# Nothing in them is shared, and two cores are the least there is. They begin beside the stages before them, which use one.
UNIT = tests("unit", "tests/unit", "-n", "2", "--dist", "worksteal")
CHECK = (
    Stage("lint", (str(BIN / "ruff"), "check", "--quiet", ".")),
    Stage("format", (str(BIN / "ruff"), "format", "--check", "--quiet", ".")),
    Stage("imports", (str(BIN / "lint-imports"), "--no-logo")),
    Stage("types", (str(BIN / "mypy"), "--no-error-summary")),
    UNIT,
)

# Beside the rest with lower priority, in what the others leave of two cores while they wait.
MODEL = Stage("model", (str(BIN / "cityline"), "train"), {"CITYLINE_DATA": str(ROOT / "build")})
BESIDE = (
    MODEL,
    # An engine for each of the two.
    tests("dialogues", "tests/dialogues", "-n", "2", "--dist", "worksteal"),
    Stage(
        "engine",
        # Rasa's environment has its own pytest, without our plugins and their options.
        (
            str(ENGINE_PYTHON),
            *("-m", "pytest", "-q", "-c", os.devnull, "--rootdir", ".", "--confcutdir", "tests/engine"),
            *("tests/engine", "-p", "no:cacheprovider", "-W", "ignore"),
        ),
        ENGINE_ENVIRONMENT,
        needs="tests/engine",
    ),
)

TEST = (
    *CHECK,
    # A database for each. More than cores, since they wait for databases, browsers and processes as much as they work; each
    # takes 0.3 GB, so that 8 GB are enough for all that runs at once.
    tests("integration", "tests/integration", "-n", "3", "--dist", "worksteal"),
    tests("browser", "tests/browser", "-n", "3", "--dist", "worksteal"),
    MODEL,
    # Those that share a city one after the other, each with one of its own beside them: they mostly wait. A city takes 1.2 GB.
    tests("journeys", "tests/journeys", "-n", "3", "--dist", "loadscope"),
    *BESIDE[1:],
)


# What runs beside the rest, one stage of a lane after the other, and how nice it is to the others.
LANES = ((0, (UNIT,)), (5, BESIDE))


# Properties alone, with new examples each time, and all that fail are told.
def properties(name: str, path: str) -> Stage:
    options = ("-m", "hypothesis", "-n", "2", "--dist", "worksteal", "-o", "timeout=3600")
    return Stage(name, tests(name, path, *options).command, {"EXPLORE": "1"})


EXPLORE = (
    properties("explore", "tests/unit"),
    properties("explore on the database", "tests/integration"),
    # Each on both channels, not on one of them.
    MODEL,
    Stage("dialogues", BESIDE[1].command, {"EXPLORE": "1"}),
    # Four times as many deaths as in `make test`.
    Stage(
        "deaths",
        tests("deaths", "tests/journeys/test_nothing_lost.py", "-s").command,
        {"EXPLORE": "1", "FAULT_CONVERSATIONS": "400"},
    ),
)
KINDS = {"check": CHECK, "test": TEST, "explore": EXPLORE}


@dataclass
class Result:
    """What became of a stage: the lines it said, whether it passed, how long it took."""

    stage: Stage
    lines: list[str] = field(default_factory=list)
    passed: bool = False
    seconds: float = 0.0


def main(kind: str, only: list[str]) -> int:
    stages = [
        stage
        for stage in KINDS[kind]
        if (not only or stage.name in only)
        and (stage.needs is None or any((ROOT / stage.needs).rglob("test_*.py")))
    ]
    began = time.monotonic()
    counts: dict[str, int] = {}
    beside: dict[str, Beside] = {}
    for niceness, lane in LANES:
        beside |= run_beside([stage for stage in stages if stage in lane], niceness)
    for stage in stages:
        say(f"── {stage.name} " + "─" * max(4, 60 - len(stage.name)))
        result = beside[stage.name].follow(show) if stage.name in beside else run(stage, show)
        add_counts(result.lines, counts)
        say(f"{'✓' if result.passed else '✗'} {stage.name}: {result.seconds:.1f} s\n")
        if not result.passed:
            say(f"✗ {stage.name} failed. Alone: .venv/bin/python scripts/stages.py {kind} '{stage.name}'")
            say(summary(counts, time.monotonic() - began))
            return 1
    say(summary(counts, time.monotonic() - began))
    return 0


def show(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


class Beside:
    """A stage that runs in the background; what it says is kept until somebody follows it."""

    def __init__(self) -> None:
        self.said: queue.SimpleQueue[str | Result] = queue.SimpleQueue()

    def follow(self, show: Callable[[str], None]) -> Result:
        """Show what it has said and what it says, and give its result once it is over."""
        while isinstance(said := self.said.get(), str):
            show(said)
        return said


def run_beside(stages: list[Stage], niceness: int) -> dict[str, Beside]:
    """Run stages one after the other in the background, up to the first that fails."""
    beside = {stage.name: Beside() for stage in stages}

    def work() -> None:
        for stage in stages:
            result = run(stage, beside[stage.name].said.put, niceness)
            beside[stage.name].said.put(result)
            if not result.passed:
                break

    # A daemon: when a stage fails, nobody waits for what runs beside it.
    threading.Thread(target=work, daemon=True).start()
    return beside


RUNNING: list[subprocess.Popen[str]] = []  # beside the others


def run(stage: Stage, show: Callable[[str], None], niceness: int | None = None) -> Result:
    """Run one stage to its end; `show` gets each line as it comes. With a niceness it runs beside others, in a process group of its own."""
    began = time.monotonic()
    result = Result(stage)
    nice = ("nice", "-n", str(niceness)) if niceness and shutil.which("nice") else ()
    with subprocess.Popen(
        (*nice, *stage.command),
        cwd=ROOT,
        env={**_environment(), **stage.environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        # No session of its own: Linux shares the cores out among sessions first, whatever the niceness within them.
        process_group=0 if niceness is not None else None,
    ) as process:
        if niceness is not None:
            RUNNING.append(process)
        assert process.stdout is not None
        for line in process.stdout:
            result.lines.append(line)
            show(line)
    # 5: pytest found nothing to run, as where a whole folder needs what is not there.
    result.passed = process.returncode == 0 or (process.returncode == 5 and "pytest" in stage.command)
    result.seconds = time.monotonic() - began
    return result


def end(process: subprocess.Popen[str]) -> None:
    """Interrupt what still runs beside a stage that failed, so that it stops the databases and engines it has started."""
    for sign in (signal.SIGINT, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)


def _environment() -> dict[str, str]:
    """Ours, and Python keeps what it compiled: tests start processes by the hundred, each of which would compile it all anew."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def add_counts(lines: list[str], counts: dict[str, int]) -> None:
    """Add what pytest's last line says, e.g. "40 passed, 1 skipped in 4.75s"."""
    last = [found for line in lines if re.search(r" in \d[\d.]*s", line) and (found := COUNT.findall(line))]
    for number, what in last[-1] if last else ():
        key = "errors" if what == "error" else what
        counts[key] = counts.get(key, 0) + int(number)


def summary(counts: dict[str, int], seconds: float) -> str:
    order = ("failed", "errors", "passed", "skipped", "xfailed", "xpassed")
    told = ", ".join(f"{counts[key]} {key}" for key in order if key in counts) or "no tests ran"
    return f"{told} in {seconds:.1f}s"


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in KINDS:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # Who starts us in the background may have it ignored, and whatever we start would never hear that it is interrupted.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1], sys.argv[2:]))
    finally:
        for process in RUNNING:
            end(process)
