"""Whether there is a model of the present training files, and making one.

A model's fingerprint is the hash of everything it was trained from. It is kept in a file beside the model,
so copying a model to another machine, or `git checkout`, which changes times, trains nothing anew.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.settings import settings
from bot.supervisor.engine_environment import engine_environment, train_command
from bot.supervisor.logfile import TAIL
from bot.supervisor.process import settle_child

TRAINED_FROM = ("config.yml", "domain.yml", "domain", "data", "bot/engine/nlu", "bot/engine/uv.lock")
STAMP = ".trained-from.json"
SUFFIXES = frozenset({".yml", ".yaml", ".json", ".jsonl", ".py", ".lock", ".txt", ".csv"})


class TrainingError(Exception):
    """Training ended without a model; the message has the last lines it said."""


@dataclass(frozen=True, slots=True)
class Model:
    path: Path
    fingerprint: str | None  # None: nobody knows what it was trained from


def reviewed_folder() -> Path:
    """What reviewers taught here and the model in use has learnt; it lies with the data, not with the code, which an upgrade replaces."""
    return settings().data.absolute() / "reviewed"


def fingerprint(root: Path) -> str:
    """SHA-256 over names and contents of everything a model is trained from, what reviewers taught included."""
    digest = hashlib.sha256()
    for path in sorted(_training_files(root)):
        digest.update(str(path.relative_to(root)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for name in ("questions.yml", "services.yml"):  # wherever the pack is
        file = settings().city_pack / name
        if file.exists():
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    for file in sorted((reviewed_folder() / "nlu").rglob("*.yml")):
        digest.update(file.parent.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _training_files(root: Path) -> set[Path]:
    found: set[Path] = set()
    for name in TRAINED_FROM:
        path = root / name
        if path.is_file():
            found.add(path)
        elif path.is_dir():
            found.update(
                file
                for file in path.rglob("*")
                if file.suffix in SUFFIXES and file.is_file() and "__pycache__" not in file.parts
            )
    return found


def newest_model(models: Path) -> Model | None:
    """The newest model in a folder."""
    archives = sorted(models.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not archives:
        return None
    return Model(archives[-1], _read_stamp(archives[-1]))


def needs_training(root: Path, models: Path) -> bool:
    """Whether there is no model, or only one of other training files."""
    model = newest_model(models)
    return model is None or model.fingerprint != fingerprint(root)


def write_stamp(model: Path, trained_from: str) -> None:
    """Note the fingerprint of what a model was trained from."""
    stamp_of(model).write_text(json.dumps({"trained_from": trained_from}))


def stamp_of(model: Path) -> Path:
    """Where the fingerprint of a model is noted."""
    return model.with_name(model.name.removesuffix(".tar.gz") + STAMP)


def _read_stamp(model: Path) -> str | None:
    try:
        value = json.loads(stamp_of(model).read_text()).get("trained_from")
    except (OSError, ValueError):
        return None
    return value if isinstance(value, str) else None


async def train(
    root: Path, models: Path, log: Path, progress: Callable[[str], None], also: Path | None = None
) -> Model:
    """Train in the engine's environment; `progress` gets the line being written, `log` all of them.

    `also` is a folder with more data; without one it is what reviewers taught, where they did.

    Raises `TrainingError`, `EngineEnvironmentError`.
    """
    before = newest_model(models)
    taught = reviewed_folder() / "nlu"
    also = also or (taught if taught.is_dir() else None)
    trained_from = fingerprint(root)  # now: what is edited while it trains is not in the model
    for folder in (models, log.parent):
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    child = await asyncio.create_subprocess_exec(
        *train_command(root, models, also),
        cwd=root,
        # The city may be named in `.env`, which the engine does not read.
        env={
            **os.environ,
            **engine_environment(root),
            "CITYLINE_CITY": settings().city,
            "PYTHONUNBUFFERED": "1",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        # Whoever ends us means the training as well: it would go on for minutes, unheard.
        preexec_fn=partial(settle_child, os.getpid(), 0),
    )
    tail = await _follow(child, log, progress)
    model = newest_model(models)
    if await child.wait() != 0 or model is None or (before is not None and model.path == before.path):
        raise TrainingError("Training ended without a model:\n" + "\n".join(tail))
    write_stamp(model.path, trained_from)
    _remove_lone_stamps(models)
    return Model(model.path, trained_from)


def _remove_lone_stamps(models: Path) -> None:
    """Training removes old models; what we noted of them goes as well."""
    for stamp in models.glob(f"*{STAMP}"):
        if not stamp.with_name(stamp.name.removesuffix(STAMP) + ".tar.gz").exists():
            stamp.unlink()


async def _follow(
    child: asyncio.subprocess.Process, log: Path, progress: Callable[[str], None]
) -> deque[str]:
    tail: deque[str] = deque(maxlen=TAIL)
    assert child.stdout is not None  # noqa: S101 - we asked for a pipe
    with log.open("w", encoding="utf-8") as file:
        try:
            while data := await child.stdout.read(4096):
                text = data.decode("utf-8", "replace")
                file.write(text)
                for line in text.replace("\r", "\n").splitlines():
                    if line.strip():
                        tail.append(line.strip())
                        progress(line.strip())
        except asyncio.CancelledError:
            child.kill()
            raise
    return tail
