"""Tasks side by side: one that ends ends them all, and none goes on because a cancellation was lost."""

from __future__ import annotations

import asyncio

import pytest

from bot.worker.ending import end, raise_failures, until_one_ends


async def for_ever() -> None:
    await asyncio.Event().wait()


async def hard_of_hearing(lost: int) -> None:
    """A loop that loses its first cancellations, as Python's `wait_for` did when its answer came in that moment."""
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if not lost:
                raise
            lost -= 1


@pytest.mark.parametrize("lost", [0, 1, 3])
async def test_a_cancellation_that_was_lost_is_said_again(lost: int) -> None:
    task = asyncio.create_task(hard_of_hearing(lost))
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await end([task], said_again_after=0.01)
    assert task.cancelled()


async def test_a_task_has_the_time_it_asks_for_before_it_hears_it_again() -> None:
    ended_well = False

    async def ends_by_itself() -> None:
        nonlocal ended_well
        try:
            await for_ever()
        except asyncio.CancelledError:
            await asyncio.sleep(0.05)
            ended_well = True
            raise

    task = asyncio.create_task(ends_by_itself())
    await asyncio.sleep(0)
    await end([task], said_again_after=60.0)
    assert ended_well


async def test_a_task_that_is_needed_ends_the_wait_in_any_way() -> None:
    needed, other = asyncio.create_task(asyncio.sleep(0)), asyncio.create_task(for_ever())
    await until_one_ends([needed], [other])
    assert not other.done()
    await end([other])
    raise_failures([needed, other])


async def test_another_may_end_well_and_its_failure_ends_the_wait() -> None:
    async def fails() -> None:
        await asyncio.sleep(0.02)
        raise ConnectionError

    needed = asyncio.create_task(for_ever())
    others = [asyncio.create_task(asyncio.sleep(0)), asyncio.create_task(fails())]
    await until_one_ends([needed], others)
    assert all(task.done() for task in others)
    await end([needed])
    with pytest.raises(ExceptionGroup) as raised:
        raise_failures([needed, *others])
    assert [type(error) for error in raised.value.exceptions] == [ConnectionError]
