"""Real processes, small ones: they print, they die, they refuse to go."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from bot.supervisor import process as process_module
from bot.supervisor.process import Events, Process, ProcessPlan

SLEEP = "import time; print('ready.now', flush=True); time.sleep(600)"


@dataclass
class Heard:
    started: list[int] = field(default_factory=list)
    ended: list[tuple[int, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def events(self) -> Events:
        def started(name: str, pid: int) -> None:
            self.started.append(pid)
            self.changed.set()

        def ended(name: str, pid: int, code: int, pause: float) -> None:
            self.ended.append((code, pause))
            self.changed.set()

        def error(name: str, line: str) -> None:
            self.errors.append(line)
            self.changed.set()

        return Events(started, ended, error)

    async def starts(self, count: int) -> None:
        async with asyncio.timeout(20):
            while len(self.started) < count:
                self.changed.clear()
                await self.changed.wait()


@pytest.fixture
async def heard() -> Heard:
    return Heard()


@pytest.fixture
async def run(tmp_path: Path, heard: Heard) -> AsyncIterator[object]:
    made: list[Process] = []

    def start(code: str, **plan: str) -> Process:
        process = Process(
            ProcessPlan("small", (sys.executable, "-c", code), ready_word="ready.now", **plan),  # type: ignore[arg-type]
            tmp_path,
            heard.events(),
        )
        made.append(process)
        process.start()
        return process

    yield start
    for process in made:
        await process.stop()


def assert_dies(process: psutil.Process) -> None:
    """Within ten seconds. In a container nobody may collect the dead: a zombie is dead enough."""
    deadline = time.monotonic() + 10
    with contextlib.suppress(psutil.NoSuchProcess):
        while process.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline, "it still runs"
            time.sleep(0.02)


async def test_a_process_that_dies_is_started_again_after_a_growing_pause(run, heard: Heard) -> None:
    run("import sys; sys.exit(3)")
    await heard.starts(3)
    assert heard.ended[:2] == [(3, 0.5), (3, 1.0)]


async def test_a_killed_process_is_replaced_by_a_new_one(run, heard: Heard) -> None:
    process = run(SLEEP)
    await asyncio.wait_for(process.spoke.wait(), 20)
    first = process.pid
    os.kill(first, signal.SIGKILL)
    await heard.starts(2)
    assert heard.ended == [(-signal.SIGKILL, 0.5)]
    assert process.pid not in (None, first)


async def test_a_stopped_process_is_gone_and_stays_gone(run, heard: Heard) -> None:
    process = run(SLEEP)
    await asyncio.wait_for(process.spoke.wait(), 20)
    pid = process.pid
    await process.stop()
    assert not psutil.pid_exists(pid)
    assert heard.ended == []


async def test_a_process_that_will_not_go_is_killed_with_what_it_started(
    run, heard: Heard, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(process_module, "PATIENCE", 0.3)
    code = f"""
        import pathlib, signal, subprocess, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"])
        pathlib.Path({str(tmp_path / "child")!r}).write_text(str(child.pid))
        print("ready.now", flush=True)
        time.sleep(600)
    """
    process = run(textwrap.dedent(code))
    await asyncio.wait_for(process.spoke.wait(), 20)
    grandchild = psutil.Process(int((tmp_path / "child").read_text()))
    await process.stop()
    assert_dies(grandchild)


async def test_output_is_kept_and_errors_are_told(run, heard: Heard, tmp_path: Path) -> None:
    process = run(
        "print('2026-11-22 [error    ] delivery.failed message_id=4'); print('fine'); "
        "print('ready.now', flush=True); import time; time.sleep(600)"
    )
    await asyncio.wait_for(process.spoke.wait(), 20)
    assert heard.errors == ["2026-11-22 [error    ] delivery.failed message_id=4"]
    assert (tmp_path / "small.log").read_text().splitlines()[1:] == ["fine", "ready.now"]
    assert list(process.log.tail)[-1] == "ready.now"


async def test_ctrl_c_in_the_terminal_does_not_reach_a_child(run, heard: Heard) -> None:
    process = run(SLEEP)
    await asyncio.wait_for(process.spoke.wait(), 20)
    assert os.getpgid(process.pid) != os.getpgid(0)


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_nothing_survives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    code = f"""
        import asyncio, pathlib, sys
        from bot.supervisor.process import Events, Process, ProcessPlan

        async def main():
            quiet = Events(lambda *_: None, lambda *_: None, lambda *_: None)
            plan = ProcessPlan("small", (sys.executable, "-c", {SLEEP!r}), ready_word="ready.now")
            process = Process(plan, pathlib.Path({str(tmp_path)!r}), quiet)
            process.start()
            await process.spoke.wait()
            print(process.pid, flush=True)
            await asyncio.sleep(600)

        asyncio.run(main())
    """
    supervisor = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    child = psutil.Process(int(supervisor.stdout.readline()))
    supervisor.kill()
    supervisor.wait()
    assert_dies(child)
