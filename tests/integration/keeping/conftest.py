"""The table that the engine makes when it first runs."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from bot.db.embedded import EmbeddedDatabase

# As Rasa's SQLTrackerStore makes it.
EVENTS = """
CREATE TABLE IF NOT EXISTS events (
    id serial PRIMARY KEY, sender_id varchar(255) NOT NULL, type_name varchar(255) NOT NULL, timestamp double precision,
    intent_name varchar(255), action_name varchar(255), data text
)
"""


@pytest.fixture
def engine_tables(database: EmbeddedDatabase) -> Iterator[None]:
    """The tracker's table, empty; it is taken away again."""
    with psycopg.connect(database.url(), autocommit=True) as connection:
        connection.execute(EVENTS)
        connection.execute("TRUNCATE events")
        yield
        connection.execute("DROP TABLE events")
