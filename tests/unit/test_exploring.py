"""A counter-example of `make explore` is printed as the line that keeps it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from bot.settings import ROOT
from tests.exploring import as_examples

FAILURE = """
    def test_x(fixture, text, number):
E   AssertionError: assert 'a' == 'b'
E   Failing test case: test_x(
E       # The test always failed when commented parts were varied together.
E       fixture=<bot.city.gazetteer.Gazetteer object at 0x7f>,
E       status=<Status.OPEN: 'open'>,
E       text='²\\n',
E       number=0,  # or any other generated value
E   )
"""


def test_a_counter_example_becomes_a_decorator() -> None:
    assert as_examples(FAILURE) == ["test_x: @example(status=Status.OPEN, text='²\\n', number=0)"]
    assert as_examples("nothing failed") == []


PROPERTY = """
from hypothesis import given, strategies as st

@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_odd(number, other):
    print("drew", number)
    assert number < 7
"""


def drawn(folder: Path, **environment: str) -> str:
    (folder / "test_property.py").write_text(PROPERTY)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.exploring", "--rootdir", str(folder), "-s",
         "-p", "no:cacheprovider", "-p", "no:schemathesis", "-c", os.devnull, str(folder)],
        cwd=ROOT, env={**os.environ, "EXPLORE": "", **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout


def test_a_usual_run_draws_the_same_each_time_and_says_what_to_keep(tmp_path: Path) -> None:
    first, second = drawn(tmp_path), drawn(tmp_path)
    assert [line for line in first.splitlines() if line.startswith("drew")] == [
        line for line in second.splitlines() if line.startswith("drew")
    ]
    assert "test_odd: @example(number=7, other=0)" in first


BY_CHANCE = """
from tests.exploring import chance

def test_odd():
    assert chance(7).randrange(10**9) % 2 == 2
"""


def seeds(folder: Path, **environment: str) -> list[str]:
    """The seeds that pytest shows with a test that failed."""
    (folder / "test_chance.py").write_text(BY_CHANCE)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.exploring", "--rootdir", str(folder),
         "-p", "no:cacheprovider", "-p", "no:schemathesis", "-c", os.devnull, str(folder / "test_chance.py")],
        cwd=ROOT, env={**os.environ, "EXPLORE": "", "SEED": "", **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return re.findall(r"SEED=(\d+)", done.stdout)


def test_a_test_that_draws_by_itself_and_fails_tells_its_seed(tmp_path: Path) -> None:
    assert seeds(tmp_path) == ["7"]
    assert seeds(tmp_path, SEED="311") == ["311"]
    (new,) = seeds(tmp_path, EXPLORE="1")
    assert seeds(tmp_path, EXPLORE="1", SEED=new) == [new]
