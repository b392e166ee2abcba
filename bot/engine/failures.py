"""Why a turn failed, as the worker needs to know it: the taxonomy of `bot/failures.py`, told over HTTP.

The engine stands in an environment of its own and imports nothing of the house; the three words are the same.
Never the exception's message: it may quote the resident.
"""

from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TRANSIENT, DETERMINISTIC, MISCONFIGURED = "transient", "deterministic", "misconfigured"
STATUS = {TRANSIENT: 503, MISCONFIGURED: 503, DETERMINISTIC: 500}

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Failure:
    """What failed: kind, and type and place of the exception."""

    kind: str
    reason: str


def failure_of(error: BaseException) -> Failure:
    """What an exception out of a turn means. What the action server said of its own failure wins."""
    for each in _chain(error):
        told = _told_by_actions(each)
        if told is not None:
            return told
    kinds = {kind for each in _chain(error) if (kind := _kind(each))}
    kind = next((kind for kind in (MISCONFIGURED, TRANSIENT) if kind in kinds), DETERMINISTIC)
    return Failure(kind, _reason(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _kind(error: BaseException) -> str | None:
    import aiohttp
    import psycopg2
    from psycopg2 import errors
    from rasa.core.lock_store import LockError

    if isinstance(error, (errors.UndefinedTable, errors.UndefinedColumn)):
        return MISCONFIGURED
    # A connection that is lost in the middle of an answer is a bare DatabaseError, without any code of PostgreSQL's.
    if type(error) is psycopg2.DatabaseError and error.pgcode is None:
        return TRANSIENT
    # The database or the action server is away, or another turn of this conversation is still being taken.
    away = (psycopg2.OperationalError, psycopg2.InterfaceError, aiohttp.ClientConnectionError)
    if isinstance(error, (*away, asyncio.TimeoutError, ConnectionError, LockError)):
        return TRANSIENT
    return None


def _told_by_actions(error: BaseException) -> Failure | None:
    from rasa.utils.endpoints import ClientResponseError

    if not isinstance(error, ClientResponseError):
        return None
    try:
        told = json.loads(error.text)
        kind, reason = str(told["failure"]), str(told["reason"])
    except (ValueError, TypeError, KeyError):
        kind = TRANSIENT if error.status in (502, 503, 504) else DETERMINISTIC
        reason = f"the action server answered {error.status}"
    return Failure(kind if kind in STATUS else DETERMINISTIC, reason)


def _reason(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _is_ours(frame.filename)] or list(frames)
    if not ours:
        return type(error).__name__
    frame = ours[-1]
    name = Path(frame.filename)
    shown = name.relative_to(_ROOT).as_posix() if _is_ours(frame.filename) else name.name
    return f"{type(error).__name__} at {shown}:{frame.lineno} in {frame.name}"


def _is_ours(filename: str) -> bool:
    path = Path(filename)
    return _ROOT in path.parents and ".venv" not in path.parts
