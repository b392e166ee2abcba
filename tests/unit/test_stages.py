"""What runs beside the stages of `make test` is shown in its place, waits for what it needs, and is stopped with what it started."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from types import ModuleType

import psutil
import pytest

from bot.settings import ROOT


@pytest.fixture(scope="module")
def stages() -> ModuleType:
    found = importlib.util.spec_from_file_location("stages", ROOT / "scripts" / "stages.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules["stages"] = module  # dataclasses look themselves up
    found.loader.exec_module(module)
    return module


def test_all_that_runs_beside_comes_in_the_order_in_which_it_is_waited_for(stages: ModuleType) -> None:
    for _, lane in stages.LANES:
        waited_for = [stage for stage in stages.TEST if stage in lane]
        assert waited_for == list(lane)


def test_a_lane_goes_one_after_the_other_and_what_it_says_is_kept(stages: ModuleType) -> None:
    first = stages.Stage("first", ("sh", "-c", "sleep 0.2; date +%s%N"))
    second = stages.Stage("second", ("sh", "-c", "date +%s%N; exit 3"))
    third = stages.Stage("third", ("sh", "-c", "exit 0"))
    beside = stages.run_beside([first, second, third], 0)
    shown: list[str] = []
    results = [beside[name].follow(shown.append) for name in ("first", "second")]
    assert [result.passed for result in results] == [True, False]
    assert int(shown[0]) < int(shown[1])
    assert beside["third"].said.empty(), "what comes after a failure is not begun"


def test_what_is_stopped_stops_what_it_has_started(stages: ModuleType) -> None:
    code = (
        "import signal, subprocess, sys, time\n"
        # Started in the background we may have it ignored, and so would whatever we start.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "child = subprocess.Popen(['sleep', '60'])\n"
        "try:\n"
        "    print(child.pid, flush=True)\n"  # who reads it may interrupt at once
        "    time.sleep(60)\n"
        "except KeyboardInterrupt: print('cleaned up', flush=True)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, process_group=0
    )
    assert process.stdout is not None
    child = psutil.Process(int(process.stdout.readline()))
    began = time.monotonic()
    stages.end(process)
    assert time.monotonic() - began < 20
    assert process.stdout.read() == "cleaned up\n"
    process.stdout.close()
    psutil.wait_procs([child], timeout=5)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_no_two_test_files_of_a_stage_have_one_name() -> None:
    """Where folders are no packages pytest knows a file by its name alone, and collects no second one."""
    for folder in ("unit", "integration", "browser", "journeys", "dialogues"):
        files = [
            path
            for path in (ROOT / "tests" / folder).rglob("test_*.py")
            if not (path.parent / "__init__.py").exists()
        ]
        twice = {path.name for path in files if sum(other.name == path.name for other in files) > 1}
        assert twice == set(), folder
