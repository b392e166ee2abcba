"""A flood waits in its own line, and the line has an end."""

from __future__ import annotations

import asyncio

import pytest

from bot.web.slots import BusyError, Slots


async def test_so_many_work_at_once_so_many_wait_and_the_rest_is_turned_away_at_once() -> None:
    slots, gate = Slots(at_once=2, in_line=3, of_one_place=10), asyncio.Event()
    working, most = 0, 0

    async def work(number: int) -> str:
        nonlocal working, most
        try:
            async with slots.taken(str(number)):
                working += 1
                most = max(most, working)
                await gate.wait()
                working -= 1
                return "done"
        except BusyError:
            return "busy"

    tasks = [asyncio.create_task(work(number)) for number in range(50)]
    await asyncio.sleep(0)
    assert sum(task.done() for task in tasks) == 45
    gate.set()
    results = await asyncio.gather(*tasks)
    assert (results.count("done"), results.count("busy"), most) == (5, 45, 2)
    async with slots.taken("again"):
        pass


async def test_one_place_cannot_fill_the_line_for_others() -> None:
    slots = Slots(at_once=1, in_line=9, of_one_place=2)
    async with slots.taken("flood"):
        waiting = asyncio.create_task(slots.taken("flood").__aenter__())
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            async with slots.taken("flood"):
                pass
        other = asyncio.create_task(slots.taken("clerk").__aenter__())
        await asyncio.sleep(0)
        assert not other.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    await other  # the clerk is next; who gave up holds nothing
