"""Reading an update's JSON field by field: what is not of the kind it should be counts as absent.

The library's `Update.de_json` trusts Telegram: one field of another kind fails the whole update, and what it does not
know yet is out of reach. A resident's words must not hang on either.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.channels.text import clean, clean_name

Json = Mapping[str, Any]

MAX_WHOLE = 2**63 - 1  # what a column of the database holds; Telegram's own numbers stay below 2**53
_NOTHING: Json = {}


def part(value: Any, name: str) -> Json:
    """An object; empty when it is absent or something else."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, Mapping) else _NOTHING


def parts(value: Any, name: str) -> list[Json]:
    """A list of objects, without what is none."""
    found = value.get(name) if isinstance(value, Mapping) else None
    if not isinstance(found, Sequence) or isinstance(found, str):
        return []
    return [one for one in found if isinstance(one, Mapping)]


def words(value: Json, name: str) -> str:
    """Text, made storable; "" when there is none."""
    found = value.get(name)
    return clean(found) if isinstance(found, str) else ""


def name_of(value: Json, name: str) -> str | None:
    """A short text on one line."""
    found = value.get(name)
    return clean_name(found) or None if isinstance(found, str) else None


def whole(value: Json, name: str) -> int | None:
    found = value.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or abs(found) > MAX_WHOLE:
        return None
    return found


def degrees(value: Json, name: str, most: float) -> float | None:
    """A finite number of at most `most` either way."""
    found = value.get(name)
    if not isinstance(found, int | float) or isinstance(found, bool) or not abs(found) <= most:
        return None
    return float(found) if math.isfinite(found) else None


def moment(value: Json, name: str) -> datetime | None:
    """A Unix time as aware UTC; None also for one that no calendar has."""
    seconds = whole(value, name)
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None
