"""Bringing a database to the current schema: ours by Alembic, the job queue's by Procrastinate's own SQL."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from bot.db.queue_schema import ensure_queue_schema
from bot.db.session import sqlalchemy_url
from bot.db.tables import Table

MIGRATIONS = Path(__file__).parent / "migrations"
# Any number that nobody else uses on this database: two processes that start together take turns.
_LOCK = 311_000_001
_PAUSE = 0.2  # seconds


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _alone(url: str) -> Iterator[Connection]:
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.connect() as connection:
            # Asked for again and again instead of waited for: a statement that waits holds a snapshot, and an index that
            # another process makes beside the work would wait for that, and both for ever.
            while not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}):
                connection.commit()
                time.sleep(_PAUSE)
            connection.commit()
            try:
                yield connection
            finally:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
                connection.commit()
    finally:
        engine.dispose()


def migrate(url: str) -> str:
    """Upgrade to the newest revision and give its name. Safe to run from several processes at once."""
    with _alone(url) as connection:
        command.upgrade(_config(connection), "head")
        connection.commit()
        ensure_queue_schema(connection)
        return current_revision(connection) or ""


def downgrade(url: str, revision: str) -> None:
    """Go back to `revision` ("base" empties the schema)."""
    with _alone(url) as connection:
        command.downgrade(_config(connection), revision)
        connection.commit()


def current_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str:
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None  # noqa: S101 - the folder of migrations is never empty
    return head


def is_current(url: str) -> bool:
    """Whether the database has the schema that this code expects."""
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.connect() as connection:
            return current_revision(connection) == newest_revision()
    finally:
        engine.dispose()


def differences(url: str) -> list[str]:
    """What the tables in the code and in the database do not agree on; empty when all is well."""
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection,
                opts={"include_name": lambda name, kind, _: kind != "table" or name in Table.metadata.tables},
            )
            return [str(difference) for difference in compare_metadata(context, Table.metadata)]
    finally:
        engine.dispose()
