"""`cityline up` with real processes, all but the engine and the actions, which these settings say run elsewhere."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from bot.settings import ROOT
from tests.ports import free_ports

pytestmark = [pytest.mark.integration, pytest.mark.faults]

PATIENCE = 60.0  # seconds on a busy machine


class Up:
    """One running `cityline up`."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.port = port
        self.log = data / "up.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command(), cwd=ROOT, env=self.environment(), stdout=log, stderr=log
            )

    def command(self) -> list[str]:
        return [sys.executable, "-m", "bot.cli", "up"]

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "CITYLINE_DATA": str(self.data),
            "CITYLINE_PORT": str(self.port),
            # Addresses for documentation (RFC 5737): nobody answers, and they are not of this machine.
            "ENGINE_URLS": "http://192.0.2.1:8315",
            "ACTIONS_URL": "http://192.0.2.1:8316",
        }

    def said(self) -> str:
        return self.log.read_text()

    def until(self, condition: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"not within {PATIENCE:.0f} s: {what}\n{self.said()}"
            time.sleep(0.05)

    def until_said(self, words: str) -> None:
        self.until(lambda: words in self.said(), words)

    def child(self, name: str) -> psutil.Process | None:
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):
                if child.cmdline()[-2:] == ["bot.cli", name]:
                    return child
        return None

    def postmaster(self) -> psutil.Process:
        return psutil.Process(int((self.data / "postgres" / "postmaster.pid").read_text().split()[0]))

    def everything(self) -> list[psutil.Process]:
        return [*psutil.Process(self.process.pid).children(recursive=True), self.postmaster()]


def _is_dead(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@contextlib.contextmanager
def started(data: Path, port: int) -> Iterator[Up]:
    running = Up(data, port)
    try:
        running.until(
            lambda: "Ready after" in running.said() or running.process.poll() is not None, "a start"
        )
        yield running
    finally:
        running.process.terminate()
        running.process.wait(30)


def test_it_starts_leaves_nothing_when_killed_starts_again_restarts_what_dies_and_stops_cleanly() -> None:
    """One life, since a start takes six seconds of a core."""
    # A short path: a socket's name may have 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="cl-up-", ignore_cleanup_errors=True) as folder:
        port = free_ports(2)
        with started(Path(folder), port) as up:
            _tells_where_to_go(up)
            assert re.search(r"Login +admin +\w{5}-\w{5}-\w{5}-\w{5}", up.said())
            _killed(up)
        with started(Path(folder), port) as up:
            _tells_where_to_go(up)
            assert "Login" not in up.said()  # the account is there already
            _restarts_what_dies(up)
            _is_alone(up)
            _stops_cleanly(up)


def _tells_where_to_go(up: Up) -> None:
    said = up.said()
    assert "Ready after" in said
    assert f"http://127.0.0.1:{up.port}/console" in said
    assert f"http://127.0.0.1:{up.port + 1}/" in said
    with httpx.Client(trust_env=False) as client:
        assert client.get(f"http://127.0.0.1:{up.port}/health").status_code == 200
        assert client.get(f"http://127.0.0.1:{up.port + 1}/").status_code == 200


def _restarts_what_dies(up: Up) -> None:
    worker = up.child("worker")
    assert worker is not None
    worker.kill()
    up.until_said("worker was ended by SIGKILL; starting it again in 0.5 s")
    up.until(lambda: (now := up.child("worker")) is not None and now.pid != worker.pid, "another worker")

    up.postmaster().kill()
    up.until_said("PostgreSQL was gone; it runs again")


def _is_alone(up: Up) -> None:
    second = subprocess.run(
        up.command(),
        env=up.environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert second.returncode == 1
    assert re.search(rf"Port {up.port}\b.*is in use. Is Cityline running already\?", second.stderr)


def _stops_cleanly(up: Up) -> None:
    processes = up.everything()
    assert len(processes) >= 5  # worker, web, simulator, the guard, PostgreSQL
    began = time.monotonic()
    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(30) == 0
    assert time.monotonic() - began < 15
    assert [process for process in processes if not _is_dead(process)] == []


def _killed(up: Up) -> None:
    """Nothing is left of it."""
    processes = up.everything()
    up.process.kill()
    up.process.wait(10)
    up.until(lambda: all(_is_dead(process) for process in processes), "everything dead")
