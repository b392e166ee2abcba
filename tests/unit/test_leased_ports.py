"""The ports of two test runs beside each other never meet."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.ports import BLOCK, free_ports

ROOT = Path(__file__).resolve().parents[2]


def another_run(folder: Path) -> int:
    """The ports that a second process is given while this one lives."""
    code = "from tests.ports import free_ports; print(free_ports(2))"
    environment = {**os.environ, "TMPDIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return int(done.stdout)


def test_ports_are_one_run_s_before_anything_listens_there() -> None:
    ours = {free_ports(2), free_ports(2)}
    assert len(ours) == 2
    assert all(abs(another_run(Path(tempfile.gettempdir())) - first) >= BLOCK for first in ours)


def test_a_run_that_ended_gives_its_ports_back(tmp_path: Path) -> None:
    first = another_run(tmp_path)
    with (tmp_path / "cityline-test-ports" / str(first)).open("ab") as lease:
        fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
