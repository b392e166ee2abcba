"""The files of a city as they are read for forms: as plain values, with the edits or without."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.city.edits import NO_EDITS, SETTINGS, Edits
from bot.city.entries import Entries
from bot.editing.kind import Kind
from bot.settings import CHANGEABLE, load_settings


def file_of(kind: Kind, pack: Path, edits: Edits = NO_EDITS) -> Any:
    """What the file of a kind holds, to read and not to change. Raises `PackError` where it cannot be read."""
    if kind.file != SETTINGS:
        return _file(pack / kind.file, edits)
    root: Any = _settings()
    edits.lay_over(SETTINGS, root)
    return root


@lru_cache(maxsize=16)
def _file(path: Path, edits: Edits) -> Any:
    """Some of a pack's files are large, and each page of the console reads them twice."""
    if path.exists():
        return Entries(path, edits).root.values
    root: dict[str, Any] = {}
    edits.lay_over(path.name, root)
    return root


def _settings() -> dict[str, dict[str, Any]]:
    """As the environment has them, by what they are about."""
    config = load_settings()
    values = {name: getattr(config, name) for name in CHANGEABLE}
    kept = {name: value for name, value in values.items() if name.startswith("keep_")}
    return {"keeping": kept, "telling": {name: values[name] for name in values if name not in kept}}
