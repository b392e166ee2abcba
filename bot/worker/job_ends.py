"""How a job is taken up, and how it has ended is written down although the database is away in that moment.

Procrastinate writes it once. Where that fails, the job stays in `doing` with a worker that lives and knows nothing of it any more:
no heartbeat tells, and what its conversation waits for is not begun until that worker stops.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import psycopg
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

# Longer than a restart takes. When a database is away for longer, the heartbeat fails as well, and with it the worker.
PATIENCE = 60.0  # seconds
PAUSE = 0.2  # seconds between two tries; a pool may have several connections that are gone


class PatientEnds(JobManager):
    """The job manager of a worker: as Procrastinate's, but an end that cannot be written is tried again for `PATIENCE` seconds, and
    two jobs of one lock that are taken up in the same moment, from two queues, are no fault of the database's.
    """

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        try:
            return await super().fetch_job(queues, worker_id)
        except UniqueViolation:
            return None  # the other one has the lock: this one's turn comes

    async def finish_job(self, *job: Any, **how: Any) -> None:
        await _until_written(lambda: super(PatientEnds, self).finish_job(*job, **how))

    async def retry_job(self, *job: Any, **when: Any) -> None:
        await _until_written(lambda: super(PatientEnds, self).retry_job(*job, **when))


async def _until_written(write: Callable[[], Awaitable[None]]) -> None:
    began, tried_before = time.monotonic(), False
    while True:
        try:
            return await write()
        except ConnectorException as error:
            away = isinstance(error.__cause__, (psycopg.OperationalError, psycopg.InterfaceError))
            if not away and tried_before:
                return  # it was written, and only the answer was lost
            if not away or time.monotonic() - began > PATIENCE:
                raise
        tried_before = True
        await asyncio.sleep(PAUSE)
