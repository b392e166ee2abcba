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


def test_taking_back_that_numbers_are_given_up_leaves_each_number_to_who_has_it_now(
    empty_database: str,
) -> None:
    migrate(empty_database)
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO contacts (channel, address, given_up_at) VALUES "
            "('sms', '+13105550123', now()), ('sms', '+13105550123', now()), ('sms', '+13105550123', NULL)"
        )
    downgrade(empty_database, "0025")
    with psycopg.connect(empty_database, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT address, opted_out_at IS NOT NULL FROM contacts ORDER BY id"
        ).fetchall()
    assert rows == [("given-up:1", True), ("given-up:2", True), ("+13105550123", False)]


def test_taking_back_the_words_of_services_leaves_those_of_all(empty_database: str) -> None:
    migrate(empty_database)
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO wordings (key, language, service_code, text, edited_by) VALUES "
            "('resolved', 'en', '', 'Done.', 'cli'), ('resolved', 'en', 'pothole', 'Filled.', 'cli')"
        )
    downgrade(empty_database, "0030")
    with psycopg.connect(empty_database, autocommit=True) as connection:
        assert connection.execute("SELECT text FROM wordings").fetchall() == [("Done.",)]
