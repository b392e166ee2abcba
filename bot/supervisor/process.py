"""One process: started in a group of its own, its output kept, restarted with growing pauses."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bot.supervisor.backoff import Backoff
from bot.supervisor.logfile import LogFile, is_error

PATIENCE = 10.0  # seconds between asking a process to stop and killing it; a worker lets its turns end in 8
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(frozen=True, slots=True)
class ProcessPlan:
    """What to start, and how to see that it can answer."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_url: str | None = None  # answers 200 once it is ready
    ready_word: str | None = None  # or: what its log says then
    port: int | None = None  # that must be free before it starts
    niceness: int = 0  # how far it steps back when the processor is short, 0 to 19


@dataclass(frozen=True, slots=True)
class Events:
    """Whom a process tells what happens to it."""

    started: Callable[[str, int], None]  # name, pid
    ended: Callable[[str, int, int, float], None]  # name, pid, code, seconds until the next start
    error: Callable[[str, str], None]  # name, line of its log


class Process:
    """Keeps what a plan describes running until `stop`."""

    def __init__(self, plan: ProcessPlan, log_folder: Path, events: Events) -> None:
        self.plan = plan
        self.log = LogFile(log_folder / f"{plan.name}.log")
        self.starts = 0
        self.pid: int | None = None
        self.spoke = asyncio.Event()  # its log had the ready word
        self._events = events
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep_running(), name=self.plan.name)

    def retire(self) -> None:
        """Do not start it again once it ends."""
        self._stopping.set()

    async def stop(self) -> None:
        """Ask the process to end, kill its whole group when it does not, and wait until it is gone."""
        self.retire()
        if self._task is None:
            return
        self.signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(asyncio.shield(self._task), PATIENCE)
        except TimeoutError:
            self.signal(signal.SIGKILL)
            await self._task
        self.log.close()

    def signal(self, number: int) -> None:
        """Send a signal to the process and everything it started."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    async def _keep_running(self) -> None:
        backoff = Backoff()
        while not self._stopping.is_set():
            began = time.monotonic()
            code, pid = await self._run_once()
            if self._stopping.is_set():
                return
            pause = backoff.pause_after(time.monotonic() - began)
            self._events.ended(self.plan.name, pid, code, pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _run_once(self) -> tuple[int, int]:
        child = await asyncio.create_subprocess_exec(
            *self.plan.command,
            env={**os.environ, **self.plan.environment, "PYTHONUNBUFFERED": "1"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the terminal is for the supervisor alone
            preexec_fn=partial(settle_child, os.getpid(), self.plan.niceness),
        )
        self.starts += 1
        self.pid = child.pid
        self._events.started(self.plan.name, child.pid)
        if self._stopping.is_set():  # asked to stop while it was being started
            self.signal(signal.SIGTERM)
        assert child.stdout is not None  # noqa: S101 - we asked for a pipe
        reading = asyncio.create_task(self._read(child.stdout))
        code = await child.wait()
        self.signal(signal.SIGKILL)  # what it started itself and left behind
        self.pid = None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reading, 1.0)
        return code, child.pid

    async def _read(self, output: asyncio.StreamReader) -> None:
        while data := await output.read(65_536):
            for line in self.log.write(data):
                if self.plan.ready_word is not None and self.plan.ready_word in line:
                    self.spoke.set()
                if is_error(line):
                    self._events.error(self.plan.name, line)


def settle_child(supervisor: int, niceness: int) -> None:
    """What the child does to itself before it becomes the process."""
    if niceness:
        os.nice(niceness)
    if sys.platform == "linux":
        _die_with_parent(supervisor)


# Loaded here: between fork and exec nothing may be imported.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with_parent(supervisor: int) -> None:
    """Let the kernel kill this process when the supervisor dies, however it dies (Linux only)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != supervisor:  # it died before we could say so
            os._exit(1)
