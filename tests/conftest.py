"""Fixtures of every test: a data folder of its own and, where asked for, the real embedded PostgreSQL."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.exploring import pytest_terminal_summary as pytest_terminal_summary  # a hook; sets the profile

# Settings are read from the environment: nothing of the developer's own may leak into a test.
for _name in list(os.environ):
    if _name.startswith(("TWILIO_", "TELEGRAM_", "CITYLINE_")) or _name in {
        "DATABASE_URL",
        "PUBLIC_URL",
        "ENGINE_URLS",
        "ACTIONS_URL",
    }:
        del os.environ[_name]
# A short path: a socket's name may have 107 characters at most.
_DATA = tempfile.TemporaryDirectory(prefix="cityline-test-")
os.environ["CITYLINE_DATA"] = _DATA.name

from argon2 import PasswordHasher  # noqa: E402 - as everything below, after the environment is set

from bot.cases import hashing  # noqa: E402
from bot.db import session as db_session  # noqa: E402
from bot.db.embedded import EmbeddedDatabase, start_embedded  # noqa: E402
from bot.db.migrate import migrate  # noqa: E402
from bot.db.tables import Table  # noqa: E402

# A password costs a third of a second of a core, on purpose, and most tests of the console need three. What it costs is
# tried where hashing itself is (`costly_passwords`), and in every process that a test starts.
_COSTLY = hashing.hasher
hashing.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


# What is imported and collected lives as long as the tests: looking through it again and again took a tenth of their time.
gc.set_threshold(50_000, 50, 50)


def pytest_collection_finish() -> None:
    gc.freeze()


@pytest.fixture
def costly_passwords(monkeypatch: pytest.MonkeyPatch) -> PasswordHasher:
    """Passwords are hashed as the product hashes them."""
    monkeypatch.setattr(hashing, "hasher", _COSTLY)
    return _COSTLY


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The data folder of this test run (`CITYLINE_DATA`)."""
    return Path(_DATA.name)


@pytest.fixture(scope="session")
def database_server(data_folder: Path) -> Iterator[EmbeddedDatabase]:
    """The embedded PostgreSQL of this test run, migrated."""
    server = start_embedded(data_folder / "postgres")
    _without_disk(server)
    migrate(server.url())
    yield server
    server.stop()


# Ten times faster than TRUNCATE, which makes files anew; foreign keys and triggers are off meanwhile.
EMPTY = "; ".join(
    [
        "BEGIN",
        "SET LOCAL session_replication_role = replica",
        *(f'DELETE FROM "{table.name}"' for table in Table.metadata.sorted_tables),  # noqa: S608
        *(f"DELETE FROM procrastinate_{name}" for name in ("events", "jobs", "workers", "periodic_defers")),  # noqa: S608
        "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence",
        "COMMIT",
    ]
)


def _without_disk(server: EmbeddedDatabase) -> None:
    """Commits need not reach the disk: no test of this server outlives a crash of the machine, and each empties all tables."""
    import psycopg

    with psycopg.connect(server.url(), autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def empty_database(database_server: EmbeddedDatabase) -> Iterator[Callable[[], None]]:
    """Empties the database: each example of a property begins with nothing, as each test does."""
    import psycopg

    # One connection for all: a new one knows no table yet, and reading up on forty costs four times what emptying them does.
    with psycopg.connect(database_server.url(), autocommit=True) as connection:

        def empty() -> None:
            connection.execute(EMPTY)

        yield empty


@pytest.fixture(scope="session")
async def connections(database_server: EmbeddedDatabase) -> AsyncIterator[EmbeddedDatabase]:
    """This process' session points at it. One engine for all tests, since each has to read its statements anew."""
    db_session.database_url.cache_clear()
    yield database_server
    await db_session.dispose()


@pytest.fixture
def database(connections: EmbeddedDatabase, empty_database: Callable[[], None]) -> EmbeddedDatabase:
    """The same, emptied."""
    empty_database()
    return connections
