"""The engine's own Python, apart from ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path


class EngineEnvironmentError(Exception):
    """The environment the engine runs in is not installed."""


def engine_python(root: Path) -> Path:
    """The interpreter of `bot/engine/.venv`. Raises `EngineEnvironmentError`."""
    python = root / "bot" / "engine" / ".venv" / "bin" / "python"
    if not python.exists():
        raise EngineEnvironmentError("The engine's environment is not installed. Run: make install")
    return python


def engine_environment(root: Path) -> Mapping[str, str]:
    """Variables the engine needs besides the settings."""
    return {"PYTHONPATH": str(root)}


def serve_command(root: Path, models: Path, host: str, port: int) -> tuple[str, ...]:
    """How an engine is started, with the newest model of a folder. Raises `EngineEnvironmentError`."""
    address = ("--host", host, "--port", str(port))
    return (str(engine_python(root)), "-m", "bot.engine.serve", "--model", str(models), *address)


def train_command(root: Path, models: Path, also: Path | None = None) -> tuple[str, ...]:
    """How a model is trained into a folder, `also` with the data of another one. Raises `EngineEnvironmentError`."""
    more = ("--also", str(also)) if also else ()
    return (str(engine_python(root)), "-m", "bot.engine.train", "--force", "--out", str(models), *more)


def compare_command(root: Path, before: Path, after: Path, sets: Sequence[Path]) -> tuple[str, ...]:
    """How two models are measured on the same texts. Raises `EngineEnvironmentError`."""
    models = ("--before", str(before), "--after", str(after))
    return (str(engine_python(root)), "-m", "bot.engine.compare", *models, *map(str, sets))


def ready_url(engine_url: str) -> str:
    """Answers 200 once the model is loaded."""
    return f"{engine_url}/webhooks/rest/"
