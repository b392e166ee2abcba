from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.supervisor import logfile
from bot.supervisor.logfile import LogFile, is_error


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2026-11-22T19:40:01Z [error    ] delivery.failed message_id=4", True),
        ('{"event": "delivery.failed", "level": "error"}', True),
        ("2026-11-22 19:40:01 ERROR    rasa.core.agent  - Could not load model", True),
        ("2026-11-22T19:40:01Z [info     ] delivery.sent  errors=0", False),
        ("0 errors found, no ERRORS at all", False),
        ("", False),
    ],
)
def test_errors_are_told_from_the_rest_in_every_format_our_processes_write(line: str, expected: bool) -> None:
    assert is_error(line) is expected


@given(
    st.lists(
        st.text(
            st.characters(
                codec="utf-8", exclude_characters="\n\x1b", exclude_categories=["Cc", "Zl", "Zp", "Zs"]
            )
        )
    ),
    st.integers(1, 7),
)
def test_lines_are_whole_however_the_pipe_cuts_them(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], size: int
) -> None:
    log = LogFile(tmp_path_factory.mktemp("logs") / "x.log")
    data = "".join(line + "\n" for line in lines).encode()
    got = [line for at in range(0, len(data), size) for line in log.write(data[at : at + size])]
    log.close()
    assert got == lines
    assert log.path.read_text(encoding="utf-8") == "".join(line + "\n" for line in lines)


def test_a_last_line_without_an_end_is_kept(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "x.log")
    log.write(b"killed in the mid")
    log.close()
    assert log.path.read_text() == "killed in the mid\n"


def test_the_file_is_rotated_before_it_grows_beyond_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logfile, "MAX_BYTES", 1000)
    log = LogFile(tmp_path / "x.log")
    for _ in range(100):
        log.write(b"x" * 99 + b"\n")
    log.close()
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["x.log", "x.log.1", "x.log.2", "x.log.3"]
    assert all(path.stat().st_size <= 1000 for path in tmp_path.iterdir())


def test_colours_do_not_get_into_the_file(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "x.log")
    assert log.write(b"\x1b[31mred\x1b[0m\n") == ["red"]
    log.close()


FULL = """
import resource, signal, sys
from pathlib import Path
from bot.supervisor.logfile import LogFile

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # as Python does by itself: the write fails, the process lives
folder = Path(sys.argv[1])
log = LogFile(folder / "x.log")
assert log.write(b"before\\n") == ["before"]
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (12, limits[1]))
for number in range(3):
    assert log.write(f"{number} is too long for this disk\\n".encode()) == [f"{number} is too long for this disk"]
assert log.tail[-1] == "2 is too long for this disk", "who shows why a process ended has it"
if sys.argv[2] == "room again":
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert log.write(b"after\\n") == ["after"]
log.close()
"""


@pytest.mark.parametrize("end", ["room again", "full to the end"])
def test_a_disk_without_room_for_logs_stops_nothing_and_the_file_says_what_it_lacks(
    tmp_path: Path, end: str
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), end], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stderr
    lines = (tmp_path / "x.log").read_text().splitlines()
    assert lines[0] == "before"
    if end == "room again":
        assert lines[-2:] == ["(3 lines could not be written)", "after"], lines
