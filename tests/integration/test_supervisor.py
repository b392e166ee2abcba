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

pytestmark = pytest.mark.integration

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


@pytest.fixture
def up() -> Iterator[Up]:
    # A short path: a socket's name may have 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="cl-up-", ignore_cleanup_errors=True) as folder:
        running = Up(Path(folder), free_ports(2))
        try:
            running.until(
                lambda: "Ready after" in running.said() or running.process.poll() is not None, "a start"
            )
            yield running
        finally:
            running.process.terminate()
            running.process.wait(30)


def test_it_starts_tells_where_to_go_restarts_what_dies_and_stops_cleanly(up: Up) -> None:
    said = up.said()
    assert f"http://127.0.0.1:{up.port}/console" in said
    assert f"http://127.0.0.1:{up.port + 1}/" in said
    assert re.search(r"Login +admin +\w{5}-\w{5}-\w{5}-\w{5}", said)
    with httpx.Client(trust_env=False) as client:
        assert client.get(f"http://127.0.0.1:{up.port}/health").status_code == 200
        assert client.get(f"http://127.0.0.1:{up.port + 1}/").status_code == 200

    worker = up.child("worker")
    assert worker is not None
    worker.kill()
    up.until_said("worker was ended by SIGKILL; starting it again in 0.5 s")
    up.until(lambda: (now := up.child("worker")) is not None and now.pid != worker.pid, "another worker")

    up.postmaster().kill()
    up.until_said("PostgreSQL was gone; it runs again")

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

    processes = up.everything()
    assert len(processes) >= 5  # worker, web, simulator, the guard, PostgreSQL
    began = time.monotonic()
    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(30) == 0
    assert time.monotonic() - began < 15
    assert [process for process in processes if not _is_dead(process)] == []


def test_nothing_is_left_when_it_is_killed_itself_and_it_starts_again(up: Up) -> None:
    processes = up.everything()
    up.process.kill()
    up.process.wait(10)
    up.until(lambda: all(_is_dead(process) for process in processes), "everything dead")

    again = Up(up.data, up.port)
    try:
        again.until_said("Ready after")
        assert "Login" not in again.said()  # the account is there already
    finally:
        again.process.terminate()
        assert again.process.wait(30) == 0
