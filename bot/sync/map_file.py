"""Reading a city's `sync.yml`: one part for each system, every mistake a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

Naming = TypeVar("Naming", bound=BaseModel)


class SyncMapError(ValueError):
    """The file is missing or wrong; the message says what, a line for each mistake."""


class Part(BaseModel):
    """A part of the file, or of a part: what it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_part(path: Path, name: str, model: type[Naming]) -> Naming:
    """The part of a system. Raises `SyncMapError`."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SyncMapError(f"{path}: there is no such file. docs/howto/{name}.md shows one.") from None
    except (yaml.YAMLError, UnicodeDecodeError, OSError):
        raise SyncMapError(f"{path}: this is no YAML.") from None
    part = content.get(name) if isinstance(content, dict) else None
    if not isinstance(part, dict):
        raise SyncMapError(f"{path}: it should have a part `{name}`.")
    try:
        return model.model_validate(part)
    except ValidationError as error:
        lines = (
            f"{path}: {'.'.join(str(step) for step in problem['loc']) or name}: "
            f"{problem['msg'].removeprefix('Value error, ')}."
            for problem in error.errors(include_url=False, include_input=False)
        )
        raise SyncMapError("\n".join(lines)) from None
