"""A pack with what staff changed written into its files, comments and all."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.city.current import ServedCity
from bot.city.edits import SETTINGS, Edits
from bot.settings import Settings

SETTINGS_FILE = "settings.env"


def export_pack(pack: Path, edits: Edits, folder: Path) -> tuple[str, ...]:
    """Write the pack with its edits to an empty or new folder; gives the names of the files that differ.

    Changed settings become lines for `.env` in `settings.env`. Raises FileExistsError, or `PackError` where the pack does not hold.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(folder)
    shutil.copytree(pack, folder, dirs_exist_ok=True)
    files = sorted({edit.file for edit in edits.edits})
    for name in files:
        if name == SETTINGS:
            (folder / SETTINGS_FILE).write_text(_as_environment(edits.of_settings()), "utf-8")
        else:
            _write(folder / name, edits)
    ServedCity(folder).check()
    return tuple(SETTINGS_FILE if name == SETTINGS else name for name in files)


def _write(path: Path, edits: Edits) -> None:
    yaml = _yaml()
    root: Any = yaml.load(path.read_text("utf-8")) if path.exists() else {}
    edits.lay_over(path.name, root)
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(root, file)


def _yaml() -> YAML:
    """As the packs are written: comments, quotes and long lines stay, lists are indented, null is said."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 100_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(
        type(None), lambda representer, _: representer.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return yaml


def _as_environment(changed: dict[str, Any]) -> str:
    names = {name: Settings.model_fields[name].alias or name for name in changed}
    return "".join(f"{names[name]}={value}\n" for name, value in sorted(changed.items()))
