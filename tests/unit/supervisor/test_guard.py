from __future__ import annotations

import pytest

from bot.supervisor.guard import surviving


@pytest.mark.parametrize(
    ("lines", "pids"),
    [
        ([], set()),
        (["+1\n", "+2\n"], {1, 2}),
        (["+1\n", "-1\n", "+3\n"], {3}),
        (["-9\n"], set()),
    ],
)
def test_when_the_supervisor_dies_the_guard_kills_who_is_left(lines: list[str], pids: set[int]) -> None:
    assert surviving(lines) == pids


def test_a_supervisor_that_tidied_up_leaves_the_guard_nothing_to_do() -> None:
    assert surviving(["+1\n", "-1\n", "quit\n"]) is None
