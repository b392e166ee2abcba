"""Everything running for real, as `cityline up` runs it, on ports and in a folder of its own.

Used by the journeys, the fault tests and the benchmarks. The trained model is shared between runs in
`build/models` (its fingerprint says when it must be trained anew).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "build" / "models"
START_PATIENCE = 300.0  # seconds: with training on a busy machine
PATIENCE = 60.0
HELD = 2.0  # seconds for which the simulator holds an answer until more is said; what it edits is seen after them

Said = list[dict[str, Any]]  # messages of the city, oldest first


@dataclass
class Stack:
    """One running Cityline with its simulator."""

    data: Path
    port: int
    database_url: str
    supervisor: subprocess.Popen[bytes]
    environment: dict[str, str]
    http: httpx.AsyncClient
    started_in: float = 0.0
    _seen: dict[str, int] = field(default_factory=dict)

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def simulator(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    def processes(self) -> dict[str, psutil.Process]:
        """The children of the supervisor by name."""
        found: dict[str, psutil.Process] = {}
        for child in psutil.Process(self.supervisor.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                line = child.cmdline()
                if "bot.engine.serve" in line:
                    found.setdefault("engine", child)
                elif "bot.cli" in line:
                    found.setdefault(line[line.index("bot.cli") + 1], child)
        return found

    def all_processes(self) -> list[psutil.Process]:
        """Supervisor, its children and the database with its backends."""
        postmaster = psutil.Process(int((self.data / "postgres" / "postmaster.pid").read_text().split()[0]))
        top = psutil.Process(self.supervisor.pid)
        found = [top, *top.children(recursive=True), postmaster, *postmaster.children(recursive=True)]
        return list({process.pid: process for process in found}.values())

    def kill(self, name: str) -> int:
        """kill -9 one process; gives its pid."""
        process = self.processes()[name]
        process.kill()
        return process.pid

    async def until_restarted(self, name: str, old_pid: int) -> None:
        """Wait until the supervisor has a new process of that name."""
        await eventually(lambda: self._restarted(name, old_pid), f"{name} runs again")

    def _restarted(self, name: str, old_pid: int) -> bool:
        process = self.processes().get(name)
        return process is not None and process.pid != old_pid

    async def say(self, channel: str, address: str, text: str = "", **extra: Any) -> None:
        """A resident says something on the simulated phone."""
        response = await self.http.post(
            f"{self.simulator}/simulator/phones/{channel}/{address}/say", json={"text": text, **extra}
        )
        response.raise_for_status()

    async def from_city(self, channel: str, address: str, *, more_than: int = -1, wait: float = 0.0) -> Said:
        """What the city said on this phone, once that is `more_than` so many messages or `wait` seconds are over."""
        held = {"from": "city", "count": max(1, more_than + 1), "wait": wait}
        response = await self.http.get(
            f"{self.simulator}/simulator/phones/{channel}/{address}/messages", params=held
        )
        if response.status_code == 404:
            return []
        response.raise_for_status()
        messages: Said = response.json()["messages"]
        return messages

    async def until_said(
        self,
        channel: str,
        address: str,
        enough: Callable[[Said], bool],
        what: str,
        patience: float = PATIENCE,
    ) -> Said:
        """Wait until what the city said on this phone is `enough`; gives it. Fails with `what` after `patience` seconds.

        The simulator tells when there is more, so that dozens who wait take nothing from those they wait for.
        """
        end = time.monotonic() + patience
        said: Said = []
        wait = 0.0
        while True:
            try:
                said = await self.from_city(channel, address, more_than=len(said), wait=wait)
            except httpx.HTTPError:
                await asyncio.sleep(0.2)
            if enough(said):
                return said
            if time.monotonic() > end:
                raise AssertionError(f"did not happen within {patience:.0f} s: {what}")
            if not said:  # a phone that is not there yet is not waited for
                await asyncio.sleep(0.05)
            wait = HELD

    async def answer(self, channel: str, address: str, text: str = "", **extra: Any) -> dict[str, Any]:
        """Say something and wait for the next message of the city."""
        before = len(await self.from_city(channel, address))
        await self.say(channel, address, text, **extra)
        said = await self.until_said(
            channel, address, lambda said: len(said) > before, f"an answer to {text!r}"
        )
        return said[-1]


async def eventually(condition: Any, what: str, patience: float = PATIENCE) -> None:
    """Wait until `condition()` (plain or awaitable) is true; fail with `what` after `patience` seconds."""
    end = time.monotonic() + patience
    while True:
        result = condition()
        if asyncio.iscoroutine(result):
            result = await result
        if result:
            return
        if time.monotonic() > end:
            raise AssertionError(f"did not happen within {patience:.0f} s: {what}")
        await asyncio.sleep(0.05)


def _environment(data: Path, port: int, extra: dict[str, str]) -> dict[str, str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TWILIO_", "TELEGRAM_", "CITYLINE_"))
        and name not in {"DATABASE_URL", "PUBLIC_URL", "ENGINE_URLS", "ACTIONS_URL"}
    }
    return clean | {
        "CITYLINE_DATA": str(data),
        "CITYLINE_PORT": str(port),
        "ENGINE_URLS": f"http://127.0.0.1:{port + 2}",
        "ACTIONS_URL": f"http://127.0.0.1:{port + 3}",
        **extra,
    }


@contextlib.asynccontextmanager
async def running_stack(port: int | None = None, **extra: str) -> AsyncIterator[Stack]:
    """Start `cityline up` and stop it at the end, whatever happened in between. `port`: the first of six that are ours."""
    with tempfile.TemporaryDirectory(prefix="cl-") as folder:
        data = Path(folder)
        MODELS.mkdir(parents=True, exist_ok=True)
        (data / "models").symlink_to(MODELS)
        port = port or free_ports(6)
        environment = _environment(data, port, extra)
        began = time.monotonic()
        with (data / "up.log").open("wb") as log:
            supervisor = subprocess.Popen(  # noqa: ASYNC220 - it outlives this line, and starts at once
                [sys.executable, "-m", "bot.cli", "up"], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        try:
            async with httpx.AsyncClient(timeout=30.0, trust_env=False) as http:
                stack = Stack(data, port, "", supervisor, environment, http)
                await _until_ready(stack)
                stack.database_url = _database_url(data)
                stack.started_in = time.monotonic() - began
                yield stack
        except BaseException:
            # The folder goes away with the run; what the processes said about a failure must not.
            shutil.copytree(data / "logs", ROOT / "build" / "logs-of-failed-run", dirs_exist_ok=True)
            raise
        finally:
            _stop(supervisor)


async def _until_ready(stack: Stack) -> None:
    async def ready() -> bool:
        if stack.supervisor.poll() is not None:
            raise AssertionError("cityline up ended:\n" + (stack.data / "up.log").read_text())
        urls = [f"{stack.web}/ready"]
        if "TWILIO_ACCOUNT_SID" not in stack.environment:
            urls.append(f"{stack.simulator}/simulator/health")
        for url in urls:
            try:
                if (await stack.http.get(url)).status_code != 200:
                    return False
            except httpx.HTTPError:
                return False
        # A process that dies before the supervisor has seen it answer ends the start, as it should: faults come later.
        told = "Ready after" in (stack.data / "up.log").read_text(errors="replace")
        return told and "worker.ready" in _log(stack, "worker")

    await eventually(ready, "everything answers", START_PATIENCE)


def _log(stack: Stack, name: str) -> str:
    path = stack.data / "logs" / f"{name}.log"
    return path.read_text(errors="replace") if path.exists() else ""


def _database_url(data: Path) -> str:
    from bot.db.embedded import DATABASE

    lines = (data / "postgres" / "postmaster.pid").read_text().splitlines()
    return f"postgresql://postgres@/{DATABASE}?host={lines[4]}"


def _stop(supervisor: subprocess.Popen[bytes]) -> None:
    supervisor.send_signal(signal.SIGTERM)
    try:
        supervisor.wait(30)
    except subprocess.TimeoutExpired:
        for child in psutil.Process(supervisor.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                child.kill()
        supervisor.kill()
        supervisor.wait(10)


def memory(processes: Iterable[psutil.Process]) -> int:
    """Bytes of memory of these processes together, shared pages counted once (PSS)."""
    total = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total
