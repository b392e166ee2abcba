"""Training with what reviewers accepted: apart from the model in use, measured against it, and only then switched in.

Everything happens beside what is served: the examples go into `reviewed.next`, the model into `models/candidate`. Only `switch_in` touches what
is used, in an order that can be ended anywhere: an engine reads the switch last.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.supervisor.engine_environment import compare_command, engine_environment
from bot.supervisor.training import (
    Model,
    fingerprint,
    newest_model,
    reviewed_folder,
    stamp_of,
    train,
    write_stamp,
)

# The evaluation sets that the product ships; a set that is not there is not measured.
SETS = (
    "tests/nlu/acts.jsonl",
    "tests/nlu/spanish_reports.jsonl",
    "tests/nlu/danger.jsonl",
    "tests/nlu/emergencies.yml",
)
# A model that gets so much less of a shipped set right is not switched in by itself.
MOST_LOST = 0.01
SWITCH = "switch.json"  # as bot.engine.switching reads it
CANDIDATE = "candidate"


class NothingBeforeError(RuntimeError):
    """There is no model to go back to."""


class MeasuringError(RuntimeError):
    """The models could not be compared; the message says why."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Of each set what the model in use and the new one understand; see `bot.engine.compare`."""

    sets: tuple[dict[str, Any], ...]

    @property
    def worse(self) -> tuple[str, ...]:
        """The sets for which it should not be switched in: a danger is missed that was not, or too much is lost."""
        return tuple(
            str(one["set"])
            for one in self.sets
            if one["missed_after"] > one["missed_before"]
            or one["before"] - one["after"] > MOST_LOST * max(one["texts"], 1 / MOST_LOST)
        )


def next_folder() -> Path:
    """Where the examples of the next model are written."""
    return reviewed_folder().with_name("reviewed.next")


async def train_candidate(root: Path, models: Path, log: Path, progress: Callable[[str], None]) -> Model:
    """Train with what lies in `next_folder`, apart from the models in use. Raises `TrainingError`."""
    return await train(root, models / CANDIDATE, log, progress, next_folder() / "nlu")


async def compare(root: Path, before: Path, after: Path) -> Comparison:
    """Measure both on every set there is. Raises `MeasuringError`."""
    ours = [next_folder() / "tests" / "reviewed.jsonl"]
    sets = [
        file for file in (*(root / name for name in SETS), *ours) if file.exists() and file.stat().st_size
    ]
    child = await asyncio.create_subprocess_exec(
        *compare_command(root, before, after, sets),
        cwd=root,
        env={**os.environ, **engine_environment(root), "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, errors = await child.communicate()
    if child.returncode != 0:
        raise MeasuringError(errors.decode("utf-8", "replace").strip()[-1_000:] or "it ended without a word")
    lines = told.decode("utf-8").splitlines()
    return Comparison(tuple(json.loads(line) for line in lines if line.startswith("{")))


def switch_in(root: Path, models: Path, candidate: Path) -> Path:
    """Make the candidate the model in use, and keep the one before for `switch_back`; gives its path."""
    taught = reviewed_folder()
    before = taught.with_name("reviewed.before")
    shutil.rmtree(before, ignore_errors=True)
    if taught.exists():
        taught.rename(before)
    else:
        before.mkdir(parents=True)
    next_folder().rename(taught)
    model = models / candidate.name
    in_use = newest_model(models)
    shutil.move(candidate, model)
    write_stamp(model, fingerprint(root))
    os.utime(model)
    _keep_only(models, [model, *([in_use.path] if in_use else [])])
    _write_switch(models, model)
    return model


def switch_back(root: Path, models: Path) -> Path:
    """Make the model that was in use before the last switch the one in use again. Raises `NothingBeforeError`.

    What was taught goes back with it; twice, and the newer one is in use again.
    """
    archives = sorted(models.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    taught = reviewed_folder()
    before = taught.with_name("reviewed.before")
    if len(archives) < 2 or not before.is_dir():
        raise NothingBeforeError
    aside = taught.with_name("reviewed.aside")
    shutil.rmtree(aside, ignore_errors=True)
    taught.rename(aside)
    before.rename(taught)
    aside.rename(before)
    model = archives[-2]
    write_stamp(model, fingerprint(root))
    os.utime(model)
    _write_switch(models, model)
    return model


def _keep_only(models: Path, kept: Sequence[Path]) -> None:
    for archive in models.glob("*.tar.gz"):
        if archive not in kept:
            archive.unlink()
            stamp_of(archive).unlink(missing_ok=True)


def _write_switch(models: Path, model: Path) -> None:
    """Whole or not at all: engines look at it while it is written."""
    fresh = models / f"{SWITCH}.new"
    fresh.write_text(json.dumps({"model": model.name}), encoding="utf-8")
    fresh.replace(models / SWITCH)
