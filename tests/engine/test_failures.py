"""What the engine tells of a failed turn."""

import aiohttp
import psycopg2
import pytest
from psycopg2 import errors
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import ClientResponseError

from bot.engine.failures import DETERMINISTIC, MISCONFIGURED, TRANSIENT, failure_of


def because_of(cause: Exception) -> Exception:
    """As Rasa wraps what went wrong in an action."""
    try:
        try:
            raise cause
        except Exception:
            raise RasaException("Failed to execute custom action, and the words of a resident")  # noqa: B904 - as Rasa does
    except RasaException as error:
        return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (psycopg2.OperationalError("gone"), TRANSIENT),
        (psycopg2.DatabaseError("no message from the libpq"), TRANSIENT),
        (psycopg2.InterfaceError("closed"), TRANSIENT),
        (because_of(aiohttp.ServerDisconnectedError()), TRANSIENT),
        (because_of(ClientResponseError(503, "", '{"failure": "transient", "reason": "x"}')), TRANSIENT),
        (because_of(ClientResponseError(502, "", "<html>")), TRANSIENT),
        (
            because_of(ClientResponseError(503, "", '{"failure": "misconfigured", "reason": "x"}')),
            MISCONFIGURED,
        ),
        (errors.UndefinedTable("taken_turns"), MISCONFIGURED),
        (
            because_of(ClientResponseError(500, "", '{"failure": "deterministic", "reason": "x"}')),
            DETERMINISTIC,
        ),
        (because_of(ClientResponseError(500, "", "no json")), DETERMINISTIC),
        (psycopg2.DataError("odd"), DETERMINISTIC),
        (KeyError("a secret"), DETERMINISTIC),
    ],
)
def test_what_is_away_comes_back_and_what_is_odd_stays_odd(error: Exception, kind: str) -> None:
    failure = failure_of(error)
    assert failure.kind == kind
    assert "resident" not in failure.reason
    assert "secret" not in failure.reason
