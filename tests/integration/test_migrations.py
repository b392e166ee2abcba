"""The database and the code agree, and every migration can be walked both ways."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

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


def test_machines_that_start_together_take_turns_also_where_indexes_are_made_beside_the_work(
    empty_database: str,
) -> None:
    # A process of its own each: Alembic's context is one for all threads.
    script = "import sys; from bot.db.migrate import migrate; print(migrate(sys.argv[1]))"
    started = [
        subprocess.Popen([sys.executable, "-c", script, empty_database], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    told = [one.communicate(timeout=120)[0].split() for one in started]
    assert told == [[newest_revision()]] * 3


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


# How requests stood before they had resolutions: their updates, as (from, to), and what of them was joined.
BEFORE_ENDS = {
    "SM-OPEN": [(None, "open")],
    "SM-BEGUN": [(None, "open"), ("open", "in_progress"), ("in_progress", "in_progress")],
    "SM-HOLD": [(None, "open"), ("open", "on_hold")],
    "SM-DONE": [(None, "open"), ("open", "in_progress"), ("in_progress", "resolved")],
    "SM-AGAIN": [(None, "open"), ("open", "resolved"), ("resolved", "open")],
    "SM-OVER": [(None, "open"), ("open", "resolved"), ("resolved", "closed"), ("closed", "closed")],
    "SM-NO": [(None, "open"), ("open", "closed")],
    "SM-TWICE": [(None, "open"), ("open", "closed"), ("closed", "open"), ("open", "resolved")],
    "SM-SAME": [(None, "open"), ("open", "closed")],  # joined with the first
}


def test_requests_of_before_they_had_ends_come_along_with_all_that_was_said(empty_database: str) -> None:
    migrate(empty_database)
    downgrade(empty_database, "0011")
    with psycopg.connect(empty_database, autocommit=True) as connection:
        for number in (1, 2):
            connection.execute(
                "INSERT INTO contacts (channel, address) VALUES ('sms', %s)", (f"+1310555010{number}",)
            )
            connection.execute("INSERT INTO conversations (contact_id) VALUES (%s)", (number,))
        connection.execute("INSERT INTO photos (sha256, width, height, size) VALUES ('00', 8, 8, 9)")
        for number, (reference, moves) in enumerate(BEFORE_ENDS.items(), start=1):
            connection.execute(
                "INSERT INTO service_requests (reference, idempotency_key, conversation_id, service_code, description, "
                "place_text, address, lat, lon, status, channel, language, updated_at) "
                "VALUES (%s, %s, 1, 'pothole', 'a hole', 'pico', 'Pico Blvd & 4th St', 34.0, -118.4, %s, 'sms', 'en', "
                "%s)",
                (reference, f"draft:{number}", moves[-1][1], datetime(2026, 3, number, tzinfo=UTC)),
            )
            for before, after in moves:
                connection.execute(
                    "INSERT INTO updates (request_id, from_status, to_status, author, public_text) "
                    "VALUES (%s, %s, %s, 'staff:ana', 'words')",
                    (number, before, after),
                )
            connection.execute(
                "INSERT INTO subscribers (request_id, conversation_id, origin) VALUES (%s, 1, 'filed')",
                (number,),
            )
        connection.execute("UPDATE service_requests SET merged_into_id = 1 WHERE reference = 'SM-SAME'")
        connection.execute(
            "INSERT INTO subscribers (request_id, conversation_id, origin, words) VALUES (1, 2, 'followed', 'me too')"
        )
        connection.execute(
            "INSERT INTO feedback (request_id, conversation_id, idempotency_key, verdict, comment) "
            "VALUES (5, 1, 'turn:1', 'not_fixed', 'still there')"
        )
        connection.execute(
            "INSERT INTO request_photos (request_id, photo_id, kind, conversation_id) VALUES (1, 1, 'report', 1)"
        )
    migrate(empty_database)
    assert differences(empty_database) == []
    with psycopg.connect(empty_database) as connection:
        ends = connection.execute(
            "SELECT reference, status, resolution, ended_at = updated_at FROM service_requests ORDER BY id"
        ).fetchall()
        updates = connection.execute(
            "SELECT r.reference, u.to_status, u.resolution FROM updates u JOIN service_requests r "
            "ON r.id = u.request_id WHERE u.to_status IN ('resolved', 'closed') ORDER BY u.id"
        ).fetchall()
        told = connection.execute("SELECT count(*), count(DISTINCT public_text) FROM updates").fetchone()
        (kept,) = connection.execute("SELECT words FROM subscribers WHERE words <> ''").fetchall()
        (judged,) = connection.execute("SELECT verdict, comment FROM feedback").fetchall()
        notices = connection.execute("SELECT count(*) FROM notices").fetchone()
    assert ends == [
        ("SM-OPEN", "open", None, None),
        ("SM-BEGUN", "in_progress", None, None),
        ("SM-HOLD", "on_hold", None, None),
        ("SM-DONE", "resolved", "fixed", True),
        ("SM-AGAIN", "open", None, None),
        ("SM-OVER", "closed", "fixed", True),
        ("SM-NO", "closed", "will_not_do", True),
        ("SM-TWICE", "resolved", "fixed", True),
        ("SM-SAME", "closed", "duplicate", True),
    ]
    assert updates == [
        ("SM-DONE", "resolved", "fixed"),
        ("SM-AGAIN", "resolved", "fixed"),
        ("SM-OVER", "resolved", "fixed"),
        ("SM-OVER", "closed", "fixed"),
        ("SM-OVER", "closed", None),  # a note on what had ended
        ("SM-NO", "closed", "will_not_do"),
        ("SM-TWICE", "closed", "will_not_do"),
        ("SM-TWICE", "resolved", "fixed"),
        ("SM-SAME", "closed", "duplicate"),
    ]
    assert told == (sum(map(len, BEFORE_ENDS.values())), 1)
    assert kept == ("me too",)
    assert judged == ("not_fixed", "still there")
    assert notices == (0,), "nobody is told anew of what is long over"
