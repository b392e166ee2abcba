"""The engine's tracker reaches the database as `DATABASE_URL` says, TLS included."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
from pathlib import Path

import psycopg
import pytest

from bot.db.embedded import EmbeddedDatabase
from bot.settings import ROOT
from bot.supervisor.engine_environment import engine_environment, engine_python
from tests.integration.tls_front import CERTIFICATES, SSL_REQUEST, TlsFront

pytestmark = pytest.mark.integration

READ = """
import json, sys
from bot.engine.serve import tracker_settings
print(json.dumps(tracker_settings(sys.argv[1])))
"""
# As rasa does it: endpoints.yml, with the variables that serve.py sets.
CONNECT = """
import os, sys
from bot.engine.serve import tracker_settings
os.environ |= tracker_settings(sys.argv[1]) | {"ACTIONS_WEBHOOK": "http://127.0.0.1:1"}
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain
TrackerStore.create(AvailableEndpoints.read_endpoints("endpoints.yml").tracker_store, Domain.empty())
"""


def in_engine(script: str, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(engine_python(ROOT)), "-c", script, url],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env=engine_environment(ROOT),
    )


def settings_for(url: str) -> dict[str, object]:
    out, _ = in_engine(READ, url).communicate(timeout=60)
    settings = json.loads(out)
    return {**settings, "TRACKER_QUERY": json.loads(settings["TRACKER_QUERY"])}


def test_everything_that_libpq_is_told_is_told_to_the_tracker_as_well(tmp_path: Path) -> None:
    tls = {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem", "sslcert": "/c.pem", "sslkey": "/k.pem"}
    more = tls | {
        "connect_timeout": "7",
        "application_name": "cityline",
        "target_session_attrs": "read-write",
    }
    query = "&".join(f"{name}={value}" for name, value in more.items())
    read = settings_for(f"postgresql://ann%40city:p%2Fw@db.internal:6432/cityline?{query}")
    assert read == {
        "TRACKER_USER": "ann@city",
        "TRACKER_PASSWORD": "p/w",
        "TRACKER_DB": "cityline",
        "TRACKER_QUERY": {"host": "db.internal", "port": "6432", **more},
    }


def test_a_socket_and_several_hosts_are_read_as_libpq_reads_them() -> None:
    socket_url = settings_for("postgresql://postgres:@/cityline?host=%2Ftmp%2Fpg")
    assert socket_url["TRACKER_QUERY"] == {"host": "/tmp/pg", "port": "5432"}  # noqa: S108 - a name
    two = settings_for("postgresql://u@one:5432,two:5433/db")
    assert two["TRACKER_QUERY"] == {"host": "one,two", "port": "5432,5433"}


@pytest.mark.parametrize(
    ("mode", "asks_for_tls"), [("require", True), ("verify-full", True), ("disable", False)]
)
def test_the_tracker_asks_the_server_for_tls_where_the_url_wants_it(mode: str, asks_for_tls: bool) -> None:
    first: list[bytes] = []
    asked = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            connection, _ = server.accept()
            with connection:
                first.append(connection.recv(8))
                asked.set()

        thread = threading.Thread(target=listen)
        thread.start()
        port = server.getsockname()[1]
        engine = in_engine(CONNECT, f"postgresql://u:p@127.0.0.1:{port}/db?sslmode={mode}&gssencmode=disable")
        try:
            assert asked.wait(90)
        finally:
            engine.kill()
            engine.communicate()
            thread.join()
    assert (first[0] == SSL_REQUEST) is asks_for_tls


@pytest.mark.parametrize(("root", "trusted"), [("server.pem", True), ("stranger.pem", False)])
def test_the_tracker_and_our_own_processes_speak_tls_with_the_server_they_trust_and_no_other(
    database_server: EmbeddedDatabase, root: str, trusted: bool
) -> None:
    front = TlsFront(database_server)
    try:
        url = (
            f"postgresql://postgres@localhost:{front.port}/cityline?gssencmode=disable"
            f"&sslmode=verify-full&sslrootcert={CERTIFICATES / root}"
        )
        engine = in_engine(CONNECT, url)
        engine.communicate(timeout=120)
        assert (engine.returncode == 0) is trusted
        assert (front.served > 0, front.refused > 0) == (trusted, not trusted)
        if trusted:
            with psycopg.connect(url) as connection:
                assert connection.pgconn.ssl_in_use
        else:
            with pytest.raises(psycopg.OperationalError, match="certificate"):
                psycopg.connect(url)
    finally:
        front.close()
