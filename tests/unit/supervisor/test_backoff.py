from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.supervisor.backoff import FIRST, LONGEST, WELL_AFTER, Backoff


def test_pauses_double_from_half_a_second_to_ten_seconds() -> None:
    backoff = Backoff()
    assert [backoff.pause_after(0.1) for _ in range(8)] == [0.5, 1, 2, 4, 8, 10, 10, 10]


def test_a_minute_of_health_forgives_earlier_failures() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.pause_after(1)
    assert backoff.pause_after(WELL_AFTER) == FIRST


@given(st.lists(st.floats(0, 200)))
def test_a_pause_is_never_longer_than_the_longest_nor_shorter_than_the_first(lives: list[float]) -> None:
    backoff = Backoff()
    assert all(FIRST <= backoff.pause_after(life) <= LONGEST for life in lives)
