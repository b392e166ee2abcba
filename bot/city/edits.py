"""What staff changed of a city's pack: laid over its files as they are read, so that the files stay as they came.

An edit is a patch of one entry, as RFC 7396 merges them (a key with null goes), with two words more for lists of
entries: `{"removed": true}` takes an entry out, and `"*order"` in the patch of a list says in which order its entries stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

SETTINGS = "settings"  # the file of edits that are no part of a pack: bot.settings
REMOVED: Mapping[str, Any] = {"removed": True}
ORDER = "*order"
_NAMED_BY = {"departments": "name", "words": "name"}  # lists whose entries have no code
_CODE = "code"
_LISTS = frozenset({"departments", "holidays", "questions", "choices"})  # begun where a file has none

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """What is different of the entry at `path` of a file."""

    file: str
    path: Path
    patch: Mapping[str, Any]

    @property
    def entry(self) -> str:
        """Its file and path as one text, for logs and lists."""
        return f"{self.file}/{entry_of(self.path)}"


@dataclass(frozen=True, slots=True, eq=False)
class Edits:
    """All that is in force together. Two of them are never equal, so that what is read with one is kept for that one."""

    edits: tuple[Edit, ...] = field(default=())

    def lay_over(self, file: str, root: Any) -> None:
        """Change what was read of a file. Entries within others come first, so that an order finds them there."""
        own = [edit for edit in self.edits if edit.file == file]
        for edit in sorted(own, key=lambda edit: -len(edit.path)):
            _patch(root, edit.path, edit.patch)

    def of_settings(self) -> dict[str, Any]:
        """Setting → what it is instead of what the environment says."""
        return {
            key: value for edit in self.edits if edit.file == SETTINGS for key, value in edit.patch.items()
        }


NO_EDITS = Edits()


def entry_of(path: Sequence[str]) -> str:
    """A path as one text: `services/pothole`; names may have a slash in them."""
    return "/".join(quote(step, safe=" &") for step in path)


def path_of(entry: str) -> Path:
    """The inverse of `entry_of`."""
    return tuple(unquote(step) for step in entry.split("/")) if entry else ()


def found_at(root: Any, path: Sequence[str]) -> Any:
    """What stands there, entries of lists by their code or name; None where nothing does."""
    for step in path:
        if isinstance(root, Mapping):
            root = root.get(step)
        elif isinstance(root, list):
            root = next((item for item in root if _is_called(item, step)), None)
        else:
            return None
    return (
        {_NAMED_BY["departments"]: root} if isinstance(root, str) and path[:1] == ("departments",) else root
    )


def called(item: Any) -> str:
    """The code of an entry of a list, or its name where it has none."""
    return str(item.get(_CODE, item.get("name", ""))) if isinstance(item, Mapping) else str(item)


def _is_called(item: Any, step: str) -> bool:
    return called(item) == step


def _patch(root: Any, path: Path, patch: Mapping[str, Any]) -> None:
    """Lay one patch over the entry at `path`; an entry that is not there is added, in a list as its last."""
    for step in reversed(path):
        patch = {step: patch}
    _merge(root, patch)


def _merge(target: Any, patch: Mapping[str, Any]) -> None:
    for key, value in patch.items():
        if value is None or value == REMOVED:
            target.pop(key, None)
        elif not isinstance(value, Mapping):
            target[key] = value
        elif isinstance(target.get(key), list) or (key in _LISTS and target.get(key) is None):
            target[key] = target.get(key) or []
            _merge_list(target[key], value, _NAMED_BY.get(key, _CODE))
        else:
            if not isinstance(target.get(key), dict):
                target[key] = {}
            _merge(target[key], value)
            if not target[key]:
                del target[key]


def _merge_list(items: list[Any], patch: Mapping[str, Any], named_by: str) -> None:
    for step, value in patch.items():
        if step == ORDER:
            continue
        place = next((number for number, item in enumerate(items) if _is_called(item, step)), len(items))
        if value is None or value == REMOVED:
            del items[place : place + 1]
            continue
        if place == len(items):
            items.append({named_by: step})
        elif not isinstance(items[place], dict):  # a plain text is short for an entry with nothing but a name
            items[place] = {named_by: items[place]}
        _merge(items[place], value)
    order = patch.get(ORDER)
    if order:
        items.sort(key=lambda item: order.index(called(item)) if called(item) in order else len(order))
