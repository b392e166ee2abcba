"""The embedded server after everything that kills processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from bot.db import embedded
from bot.db.embedded import start_embedded

pytestmark = pytest.mark.integration

# What one process of ours does: start or join, tell the server's id, wait to be killed.
HOLD = (
    "import sys, pathlib, time; from bot.db.embedded import start_embedded; "
    "print(start_embedded(pathlib.Path(sys.argv[1])).pid, flush=True); time.sleep(600)"
)


@pytest.fixture
def folder() -> Iterator[Path]:
    # A short path: a socket's name may have 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="cityline-pg-", ignore_cleanup_errors=True) as name:
        yield Path(name) / "postgres"


def _hold(folder: Path) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def _is_gone(pid: int) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_a_killed_holder_does_not_keep_the_server_for_ever(folder: Path) -> None:
    holder, _ = _hold(folder)
    holder.kill()
    holder.wait()
    database = start_embedded(folder)
    database.stop()
    assert database.pid is not None
    assert _is_gone(database.pid)


def test_the_server_stays_while_another_process_uses_it(folder: Path) -> None:
    holder, pid = _hold(folder)
    database = start_embedded(folder)
    assert database.pid == pid
    database.stop()
    with psycopg.connect(database.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    holder.kill()
    holder.wait()
    start_embedded(folder).stop()


def test_a_killed_server_is_started_again_with_its_data(folder: Path) -> None:
    database = start_embedded(folder)
    assert database.pid is not None
    with psycopg.connect(database.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    killed = database.pid
    os.kill(killed, signal.SIGKILL)
    assert _is_gone(killed)
    assert database.restart_if_down()
    assert database.pid != killed
    assert not database.restart_if_down()
    with psycopg.connect(database.url()) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    database.stop()


def test_the_id_of_a_dead_server_that_somebody_else_has_now_is_not_taken_for_it(folder: Path) -> None:
    holder, pid = _hold(folder)
    holder.kill()
    holder.wait()
    os.kill(pid, signal.SIGKILL)
    assert _is_gone(pid)
    noted = folder / "postmaster.pid"
    lines = noted.read_text().splitlines()
    lines[0] = str(os.getpid())  # as after a restart of a container, where ids begin anew
    noted.write_text("\n".join(lines) + "\n")
    assert json.loads((folder / ".handle_pids.json").read_text()) == [holder.pid]
    database = start_embedded(folder)
    with psycopg.connect(database.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    database.stop()


def test_the_handle_of_a_dead_process_that_nobody_has_collected_is_forgotten(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as dead:
        assert dead.stdout is not None
        dead.stdout.read()  # it has ended, and is collected only when this block ends
        deadline = time.monotonic() + 10
        while embedded.is_alive(dead.pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        noted = tmp_path / ".handle_pids.json"
        noted.write_text(json.dumps([dead.pid, os.getpid()]))
        embedded._forget_dead_handles(tmp_path)
        assert json.loads(noted.read_text()) == [os.getpid()]
