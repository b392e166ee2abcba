"""What is said when work fails: each unexpected exception once, with its type and where it came through, never a value."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import structlog
from procrastinate.exceptions import ConnectorException
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.failures import FailureKind, kind_of, reason_of
from bot.logs import log_unexpected

log = structlog.get_logger(__name__)

DATABASE_GONE = (
    ConnectorException,
    OperationalError,
    InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds until a loop that failed begins again
SAID_AGAIN_AFTER = 60.0  # seconds


class Loud:
    """Says what people must mend at once, and again every minute as long as it lasts, instead of every time."""

    def __init__(self) -> None:
        self._said: dict[str, float] = {}

    def misconfigured(self, task: str, reason: str) -> None:
        now = time.monotonic()
        if now - self._said.get(f"{task} {reason}", float("-inf")) >= SAID_AGAIN_AFTER:
            self._said[f"{task} {reason}"] = now
            log.error("work.misconfigured", task=task, reason=reason)


_loud = Loud()


async def watch_jobs(process_job: Callable[[], Awaitable[Any]], context: Any, worker: Any) -> Any:
    """Procrastinate's middleware around every job: what was not expected is logged here, and nowhere muted."""
    try:
        return await process_job()
    except Exception as error:
        task, kind = context.job.task_name, kind_of(error)
        if kind is FailureKind.MISCONFIGURED:
            _loud.misconfigured(task, str(error) if hasattr(error, "failure") else reason_of(error))
        elif hasattr(error, "seconds") or hasattr(error, "failure"):
            log.info("job.postponed", task=task, job_id=context.job.id, reason=type(error).__name__)
        else:
            log_unexpected(log, "job.failed", error, task=task, job_id=context.job.id, failure=kind)
        raise


async def keep_going(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run what runs for ever beside the jobs. When it fails it is logged and begun again, a little later each time;
    only a database that is gone ends it, since that ends everything."""
    wait = FIRST_WAIT
    while True:
        began = time.monotonic()
        try:
            await work()
            return
        except DATABASE_GONE:
            raise
        except Exception as error:
            log_unexpected(log, "loop.failed", error, loop=name)
        wait = FIRST_WAIT if time.monotonic() - began > LONGEST_WAIT else min(wait * 2, LONGEST_WAIT)
        await asyncio.sleep(wait)
