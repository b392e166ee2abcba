"""The engine's own Python, apart from ours."""

from __future__ import annotations

from collections.abc import Mapping
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
