"""What a failure means for the work that failed: one taxonomy for turns, media, deliveries and polling.

* transient: it may succeed later, unchanged. Tried again with growing waits, for as long as the work is worth
  anything; an engine, a provider or a database that is away fails this way, and nothing is parked for it.
* deterministic: the same work would fail again. After a few tries it is set aside where people see it, and everything
  behind it goes on.
* misconfigured: a setting or a credential of ours is wrong. Nothing is lost and nothing is parked: it is tried again
  until people have mended it, and said loudly at once.

What is kept of a failure is its kind, the exception's type and where in our code it happened: never its message, which
may quote a resident.
"""

from __future__ import annotations

import traceback
from enum import StrEnum
from pathlib import Path

import httpx
import psycopg
import sqlalchemy.exc as sql
from psycopg import errors as pg

_ROOT = Path(__file__).resolve().parent.parent


class FailureKind(StrEnum):
    TRANSIENT = "transient"
    DETERMINISTIC = "deterministic"
    MISCONFIGURED = "misconfigured"


# How often work that fails deterministically is tried in all. More than once, since what looks deterministic can be a
# deployment that was half done; few, since a resident waits meanwhile.
TRIES = 3


# What is away comes back: the database (restarts, deadlocks and full disks among the OperationalErrors), the network, a
# disk, a pool whose connections are all in use.
_AWAY = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    pg.IdleInTransactionSessionTimeout,  # this process stood still for long; its transaction was taken from it
    sql.TimeoutError,
    httpx.TransportError,
    OSError,
    TimeoutError,
)
# Our own database is not as the code needs it: not migrated, or its role lacks a right.
_SET_UP_WRONGLY = (pg.UndefinedTable, pg.UndefinedColumn, pg.UndefinedFunction, pg.InsufficientPrivilege)


def kind_of(error: BaseException) -> FailureKind:
    """What an exception means. One that says it itself (`failure`, a FailureKind) is believed."""
    told = getattr(error, "failure", None)
    if isinstance(told, FailureKind):
        return told
    cause = error.orig if isinstance(error, sql.DBAPIError) else error
    if isinstance(cause, _SET_UP_WRONGLY):
        return FailureKind.MISCONFIGURED
    # A connection that is lost in the middle of an answer may be a bare DatabaseError, without any code of PostgreSQL's.
    bare = type(cause) is psycopg.DatabaseError and cause.sqlstate is None
    lost = bare or (isinstance(error, sql.DBAPIError) and error.connection_invalidated)
    if lost or isinstance(cause, _AWAY):
        return FailureKind.TRANSIENT
    return FailureKind.DETERMINISTIC


def reason_of(error: BaseException) -> str:
    """What may be kept of an exception: "KeyError at bot/city/places.py:112 in resolve"."""
    error = _single(error)
    place = code_location(error)
    return f"{type(error).__name__} at {place}" if place else type(error).__name__


def code_location(error: BaseException) -> str | None:
    """The innermost line of our own code through which it came: "bot/city/places.py:112 in resolve"."""
    ours: str | None = None
    for frame in traceback.extract_tb(_single(error).__traceback__):
        try:
            path = Path(frame.filename).resolve().relative_to(_ROOT)
        except ValueError:
            continue
        if path.parts[0] in ("bot", "actions") and ".venv" not in path.parts:
            ours = f"{path.as_posix()}:{frame.lineno} in {frame.name}"
    return ours


def frames_of(error: BaseException, most: int = 12) -> list[str]:
    """Where an exception came through, innermost last, without any line of source or value."""
    return [
        f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(_single(error).__traceback__)[-most:]
    ]


def _single(error: BaseException) -> BaseException:
    """The first exception of a group, which itself says nothing."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
