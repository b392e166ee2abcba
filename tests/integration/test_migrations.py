"""The database and the code agree, and every migration can be walked both ways."""

from __future__ import annotations

import psycopg
import pytest

from bot.db.embedded import EmbeddedDatabase
from bot.db.migrate import differences, downgrade, is_current, migrate, newest_revision

pytestmark = pytest.mark.integration


@pytest.fixture
def empty_database(database_server: EmbeddedDatabase) -> str:
    with psycopg.connect(database_server.url("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS migrations")
        connection.execute("CREATE DATABASE migrations")
    return database_server.url("migrations")


def test_an_empty_database_becomes_current_and_stays_so(empty_database: str) -> None:
    assert not is_current(empty_database)
    assert migrate(empty_database) == newest_revision()
    assert migrate(empty_database) == newest_revision()
    assert is_current(empty_database)


def test_the_migrations_make_exactly_the_tables_of_the_code(empty_database: str) -> None:
    migrate(empty_database)
    assert differences(empty_database) == []


def test_every_migration_can_be_taken_back(empty_database: str) -> None:
    migrate(empty_database)
    downgrade(empty_database, "base")
    migrate(empty_database)
    assert is_current(empty_database)
