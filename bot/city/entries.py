"""Reading a pack's YAML entry by entry, so that every mistake is told with its file, entry and key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.city.edits import NO_EDITS, Edits
from bot.city.errors import PackError


class Entries:
    """One YAML file being read: typed look-ups that note problems instead of stopping at the first."""

    def __init__(self, path: Path, edits: Edits = NO_EDITS) -> None:
        self.file = path.name
        self.problems: list[str] = []
        try:
            loaded = yaml.load(path.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader
        except FileNotFoundError:
            raise PackError(
                [f"{path.name}: there is no such file in the city pack {path.parent.name}."]
            ) from None
        except yaml.YAMLError as error:
            raise PackError([f"{path.name}: not readable as YAML: {error}."]) from None
        if not isinstance(loaded, dict):
            raise PackError([f"{path.name}: should be a mapping of keys to values."])
        edits.lay_over(path.name, loaded)
        self.root = Entry(self, "", loaded)

    def done(self) -> None:
        """Raise `PackError` with everything noted so far, if anything was."""
        if self.problems:
            raise PackError(self.problems)


class Entry:
    """One mapping within the file; `where` names it in messages ("services.pothole")."""

    def __init__(self, entries: Entries, where: str, values: Mapping[Any, Any]) -> None:
        self._entries = entries
        self.where = where
        self.values = values

    def problem(self, key: str, what: str) -> None:
        """Note what is wrong with one key."""
        path = ".".join(part for part in (self.where, key) if part)
        self._entries.problems.append(f"{self._entries.file}: {path}: {what}.")

    def text(self, key: str, *, default: str | None = None) -> str:
        """A text that is not blank."""
        value = self.values.get(key, default)
        if not isinstance(value, str) or not value.strip():
            self.problem(key, "should be a text (in quotes if it looks like a number or yes/no)")
            return ""
        return value

    def number(self, key: str, *, default: int | None = None) -> int | None:
        """A whole number of zero or more, or `default` where it is missing or null."""
        value = self.values.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.problem(key, "should be a whole number, 0 or more")
            return default
        return value

    def day(self, key: str) -> date:
        """A day, as YAML has it or as a text like 2026-11-28."""
        value = self.values.get(key)
        if isinstance(value, str):
            with suppress(ValueError):
                return date.fromisoformat(value)
        if isinstance(value, date):
            return value
        self.problem(key, "should be a day, as 2026-11-28")
        return date.min

    def flag(self, key: str) -> bool:
        """true or false; missing is false."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            self.problem(key, "should be true or false")
            return False
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; missing or null is empty."""
        value = self.values.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            self.problem(key, "should be a list of texts (numbers in quotes)")
            return ()
        return tuple(value)

    def in_languages(self, key: str, languages: tuple[str, ...]) -> dict[str, str]:
        """A text in each of the languages."""
        found = self.child(key)
        if found is None:
            self.problem(key, f"should have a text in each of {', '.join(languages)}")
            return dict.fromkeys(languages, "")
        return {language: found.text(language) for language in languages}

    def worded(self, key: str, languages: tuple[str, ...]) -> dict[str, str]:
        """A text in each of the languages, or one plain text that reads well in all of them."""
        if isinstance(self.values.get(key), dict):
            return self.in_languages(key, languages)
        return dict.fromkeys(languages, self.text(key))

    def child(self, key: str) -> Entry | None:
        """The mapping below this key, None where it is missing or null."""
        value = self.values.get(key)
        if value is None:
            return None
        where = ".".join(part for part in (self.where, key) if part)
        if not isinstance(value, dict):
            self.problem(key, "should be a mapping")
            return None
        return Entry(self._entries, where, value)

    def children(self, key: str, *, plain: str | None = None) -> Iterator[Entry]:
        """The mappings in the list below this key, each named by its `code` or its place in the list.

        With `plain`, a plain text in the list is short for a mapping with that key alone.
        """
        value = self.values.get(key) or []
        if not isinstance(value, list):
            self.problem(key, "should be a list")
            return
        for number, item in enumerate(value, 1):
            if plain is not None and isinstance(item, str):
                item = {plain: item}
            if not isinstance(item, dict):
                self.problem(f"{key}[{number}]", "should be a mapping")
                continue
            where = ".".join(part for part in (self.where, key) if part)
            yield Entry(self._entries, f"{where}[{item.get('code', number)}]", item)


# The C loader reads a catalogue in a tenth of the time; some builds of PyYAML lack it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
