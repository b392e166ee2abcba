"""From an exception to the one sentence a person can act on."""

from __future__ import annotations

import os


class CommandError(Exception):
    """Something the person at the terminal can mend; the message is the sentence they read."""


def explain(error: Exception) -> tuple[str, int]:
    """The sentence and the exit code for an error that ended a command."""
    from bot.settings import SettingsError

    if isinstance(error, SettingsError):
        return f"A setting is wrong:\n{error}", 2
    if _is_told_as_is(error):
        return _sentence(str(error)), 1
    return _outside(error) or _unexpected(error), 1


def _is_told_as_is(error: Exception) -> bool:
    """Whether the exception's own message was written for a reader of this command."""
    if isinstance(error, CommandError):
        return True
    # Ours: the house writes exception messages as sentences.
    return type(error).__module__.split(".")[0] in ("bot", "actions") and bool(str(error))


def _outside(error: Exception) -> str | None:
    """What went wrong outside of this program, if we know it."""
    name = f"{type(error).__module__}.{type(error).__name__}"
    text = str(error)
    if name.startswith(("sqlalchemy.exc.", "psycopg.")):
        if ("does not exist" in text and "relation" in text) or "UndefinedTable" in text:
            return "The database has no tables yet. Run: cityline migrate"
        if "OperationalError" in name:
            return "The database cannot be reached. Look at DATABASE_URL, or run: cityline doctor"
    if name.startswith("httpx.") and "Connect" in name:
        return "Nobody answers at that address. Is Cityline running? Start it with: make up"
    if isinstance(error, PermissionError):
        return f"No permission for {error.filename}. Who owns that folder?"
    if isinstance(error, OSError) and error.errno == 28:
        return "The disk is full."
    return None


def _unexpected(error: Exception) -> str:
    what = f"Something happened that Cityline did not expect ({type(error).__name__})"
    if os.environ.get("CITYLINE_DEBUG"):
        return f"{what}; the traceback is above."
    return f"{what}. Run it again with `cityline --debug …` to see where, and tell us."


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "\n")) or "\n" in text else f"{text}."
