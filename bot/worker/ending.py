"""Tasks that run side by side until one of them has to end them all."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

Tasks = Collection[asyncio.Task[Any]]

SAID_AGAIN_AFTER = 1.0  # seconds


async def until_one_ends(needed: Tasks, others: Tasks) -> None:
    """Wait until one of the `needed` has ended in any way, or one of the `others` has failed: those may end well."""
    running = {*needed, *others}
    while True:
        done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        if not done.isdisjoint(needed) or any(task.cancelled() or task.exception() for task in done):
            return


async def end(tasks: Tasks, said_again_after: float = SAID_AGAIN_AFTER) -> None:
    """Cancel tasks, and wait until each has ended.

    A cancellation that comes in the same moment as what a task waits for can be lost (until Python 3.12,
    `asyncio.wait_for` returns the result in its stead), and the task would go on for ever. So it is said again, until
    it is heard; `said_again_after` seconds leave a task the time that it may take for its own end.
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=said_again_after)


def raise_failures(tasks: Tasks) -> None:
    """Raises, as one group, what ended tasks have failed with; being cancelled is no failure."""
    failures = [error for task in tasks if not task.cancelled() and (error := task.exception()) is not None]
    if failures:
        raise BaseExceptionGroup("work failed", failures)
