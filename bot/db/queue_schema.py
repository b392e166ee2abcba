"""The tables of the job queue, kept current with Procrastinate's own SQL.

A new database gets the schema of the installed version; an older one gets the version's migration files
that it has not had, in the order of their names. The name of the last one is kept in `queue_schema`.
"""

from __future__ import annotations

from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text


def ensure_queue_schema(connection: Connection) -> None:
    """Create or upgrade the queue's tables; commits."""
    connection.execute(text("CREATE TABLE IF NOT EXISTS queue_schema (last_migration text NOT NULL)"))
    last = connection.scalar(text("SELECT last_migration FROM queue_schema"))
    files = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"), key=lambda path: path.name)
    newest = files[-1].name
    if last is None:
        _run(connection, SchemaManager.get_schema())
        connection.execute(text("INSERT INTO queue_schema VALUES (:name)"), {"name": newest})
    elif last < newest:
        for path in files:
            if path.name > last:
                _run(connection, path.read_text(encoding="utf-8"))
        connection.execute(text("UPDATE queue_schema SET last_migration = :name"), {"name": newest})
    connection.commit()


def _run(connection: Connection, script: str) -> None:
    cursor = connection.connection.cursor()
    try:
        cursor.execute(script)  # several statements at once: no parameters, so the driver allows it
    finally:
        cursor.close()
