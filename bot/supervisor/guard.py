"""The end of everything when the supervisor itself is killed.

A small process that holds one end of a pipe. When the supervisor dies, however it dies, the pipe closes; then
the guard kills the process groups it was told of and lets the embedded PostgreSQL stop. On Linux the kernel has killed the
children by then (see `process`); PostgreSQL, which detaches itself, and other systems need the guard.

Lines on its input: `+pid`, `-pid`, and `quit` for a supervisor that has tidied up itself.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

PATIENCE = 10.0  # seconds for a killed supervisor to be gone


class Guard:
    """The supervisor's end of the pipe."""

    def __init__(self, postgres_folder: Path | None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot.supervisor.guard", str(postgres_folder or "")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )

    def watch(self, pid: int) -> None:
        self._say(f"+{pid}")

    def forget(self, pid: int) -> None:
        self._say(f"-{pid}")

    def dismiss(self) -> None:
        """Everything is stopped: the guard goes home."""
        self._say("quit")
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        try:
            self._process.wait(3.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _say(self, line: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # a guard that was killed is no reason to stop
            if self._process.stdin is not None:
                self._process.stdin.write(line + "\n")
                self._process.stdin.flush()


def surviving(lines: Iterable[str]) -> set[int] | None:
    """The process groups to kill once the input has ended; None when there is nothing to do."""
    pids: set[int] = set()
    for line in lines:
        word = line.strip()
        if word == "quit":
            return None
        if word.startswith("+"):
            pids.add(int(word[1:]))
        elif word.startswith("-"):
            pids.discard(int(word[1:]))
    return pids


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    supervisor = os.getppid()
    pids = surviving(sys.stdin)
    if pids is None:
        return
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    if folder := sys.argv[1]:
        from bot.db.embedded import is_alive, start_embedded

        # The pipe closes before its holder is gone, and who is not gone counts as one who still uses the server.
        began = time.monotonic()
        while is_alive(supervisor) and time.monotonic() - began < PATIENCE:
            time.sleep(0.05)
        # Join, then leave: the server stops unless somebody else still uses it.
        start_embedded(Path(folder)).stop()


if __name__ == "__main__":
    main()
