"""What an exception means for the work that failed, and what may be kept of it."""

from __future__ import annotations

import errno

import httpx
import psycopg
import pytest
import sqlalchemy.exc as sql
from psycopg import errors as pg

from bot.failures import FailureKind, frames_of, kind_of, reason_of
from bot.photos.refusal import Refusal


class SaysItself(Exception):  # noqa: N818
    failure = FailureKind.MISCONFIGURED


def through_sqlalchemy(cause: Exception, *, lost: bool = False) -> sql.DBAPIError:
    return sql.DBAPIError("SELECT 1", {}, cause, connection_invalidated=lost)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (psycopg.OperationalError("gone"), FailureKind.TRANSIENT),
        (pg.AdminShutdown("restarting"), FailureKind.TRANSIENT),
        (pg.DeadlockDetected("again"), FailureKind.TRANSIENT),
        (pg.DiskFull("no room"), FailureKind.TRANSIENT),
        (psycopg.DatabaseError("no message from the libpq"), FailureKind.TRANSIENT),
        (through_sqlalchemy(psycopg.OperationalError("gone")), FailureKind.TRANSIENT),
        (through_sqlalchemy(psycopg.DatabaseError("lost")), FailureKind.TRANSIENT),
        (through_sqlalchemy(pg.DataError("odd"), lost=True), FailureKind.TRANSIENT),
        (sql.TimeoutError("no connection is free"), FailureKind.TRANSIENT),
        (httpx.ReadTimeout("slow"), FailureKind.TRANSIENT),
        (OSError(errno.ENOSPC, "no room"), FailureKind.TRANSIENT),
        (pg.UndefinedTable("not migrated"), FailureKind.MISCONFIGURED),
        (through_sqlalchemy(pg.InsufficientPrivilege("no right")), FailureKind.MISCONFIGURED),
        (SaysItself(), FailureKind.MISCONFIGURED),
        (psycopg.DataError("fields cannot contain NUL"), FailureKind.DETERMINISTIC),
        (through_sqlalchemy(pg.NumericValueOutOfRange("too large")), FailureKind.DETERMINISTIC),
        (pg.UniqueViolation("twice"), FailureKind.DETERMINISTIC),
        (ValueError("odd"), FailureKind.DETERMINISTIC),
        (ZeroDivisionError(), FailureKind.DETERMINISTIC),
    ],
)
def test_what_is_away_comes_back_and_what_is_odd_stays_odd(error: Exception, kind: FailureKind) -> None:
    assert kind_of(error) is kind


def test_what_is_kept_names_type_and_place_and_never_the_words() -> None:
    with pytest.raises(ValueError, match="resident") as raised:
        Refusal("what a resident wrote")
    assert reason_of(raised.value) == "ValueError", "no line of ours was in it"
    assert not any("resident" in line for line in frames_of(raised.value))


def test_of_several_failures_at_once_the_first_is_told() -> None:
    group = ExceptionGroup("several", [KeyError("a secret"), ValueError("another")])
    assert reason_of(group) == "KeyError"
