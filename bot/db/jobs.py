"""Putting work into the queue *inside* the transaction that makes it necessary.

A rollback takes the job with it; a commit cannot lose it. The tasks themselves are in `bot.worker`;
they are named here so that inner parts can ask for work without knowing who does it.

Each kind of work has a queue of its own, and a worker has slots of its own for each: an engine that hangs holds up turns
and nothing else, a slow file holds up files.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import procrastinate
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# Only defers on connections that are passed in; it never opens one of its own.
_deferrer = procrastinate.App(connector=procrastinate.PsycopgConnector())


class Queue(StrEnum):
    TURNS = "turns"  # what residents said
    UPDATES = (
        "updates"  # what residents are to be told of their requests: turns, too, with slots of their own
    )
    DELIVERIES = "deliveries"
    MEDIA = "media"  # files of residents, and what else can wait
    SYNC = "sync"  # what goes to and comes from the city's other systems


class TaskName(StrEnum):
    TAKE_TURN = "take_turn"
    TELL_NOTICES = "tell_notices"
    DELIVER = "deliver"
    BRING_IN = "bring_in"
    BRING_IN_REPORTED = "bring_in_reported"
    DELETE_PROVIDER_MEDIA = "delete_provider_media"
    ANSWER_BUTTON = "answer_button"
    DELETE_PHOTO_FILES = "delete_photo_files"
    FORGET_GOODBYE = "forget_goodbye"
    EXCHANGE = "exchange"
    ESCALATE_DANGER = "escalate_danger"


# A turn's first try goes before a later try of the same conversation that waits for its time (the other half of a text,
# a file, an engine): what it waited for may be there now. See `bot.worker.app.PatientRetry`.
FIRST_TRY, LATER_TRY = 1, 0
# A job that waits for its time holds up those of its lock that are made later, unless they go before it.
IN_TIME = -1


async def enqueue(
    session: AsyncSession,
    task: TaskName,
    queue: Queue,
    lock: str | None = None,
    priority: int = 0,
    at: datetime | None = None,
    **arguments: Any,
) -> None:
    """Defer `task` in the session's transaction, until `at` where it is given (aware).

    Jobs with the same lock run one at a time, in order of priority and age.
    """
    connection = await session.connection()
    raw = (await connection.get_raw_connection()).driver_connection
    await _deferrer.configure_task(
        task, allow_unknown=True, lock=lock, connection=raw, queue=queue, priority=priority, schedule_at=at
    ).defer_async(**arguments)


async def enqueue_turn(session: AsyncSession, conversation_id: int, *, queue: Queue = Queue.TURNS) -> None:
    """Somebody said something in this conversation, or something is to be said there."""
    await enqueue(
        session,
        TaskName.TAKE_TURN,
        queue,
        lock=f"conversation:{conversation_id}",
        priority=FIRST_TRY,
        conversation_id=conversation_id,
    )


async def enqueue_notices(session: AsyncSession, conversation_id: int, at: datetime) -> None:
    """A resident is to be told of an update at that time. Without a lock: what is due first goes first."""
    await enqueue(session, TaskName.TELL_NOTICES, Queue.UPDATES, at=at, conversation_id=conversation_id)


async def enqueue_delivery(
    session: AsyncSession, conversation_id: int, channel: str, *, at: datetime | None = None
) -> None:
    """There are messages to send in this conversation: now, or at a time (aware) until which nothing else waits for them."""
    await enqueue(
        session,
        TaskName.DELIVER,
        Queue.DELIVERIES,
        lock=f"delivery:{conversation_id}",
        priority=0 if at is None else IN_TIME,
        at=at,
        conversation_id=conversation_id,
        channel=channel,
    )


async def enqueue_media(session: AsyncSession, media_id: int, channel: str) -> None:
    """A file of a resident is to be fetched."""
    await enqueue(
        session, TaskName.BRING_IN, Queue.MEDIA, lock=f"media:{media_id}", media_id=media_id, channel=channel
    )


async def enqueue_forget_goodbye(session: AsyncSession, conversation_id: int) -> None:
    """When what waits in this conversation is sent, nobody needs to be known by it any more."""
    await enqueue(
        session,
        TaskName.FORGET_GOODBYE,
        Queue.DELIVERIES,
        lock=f"delivery:{conversation_id}",  # after the delivery, which has the same lock
        conversation_id=conversation_id,
    )


async def enqueue_exchange(session: AsyncSession, request_id: int) -> None:
    """A request and its record in another system may differ. One exchange of a request at a time, so that all goes in order."""
    await enqueue(session, TaskName.EXCHANGE, Queue.SYNC, lock=f"sync:{request_id}", request_id=request_id)


async def hold_exchange(session: AsyncSession, request_id: int, until: datetime) -> None:
    """The exchange that waits for a request goes later, so that what changed can be taken back before. `until` is aware."""
    await session.execute(
        text(
            "UPDATE procrastinate_jobs SET scheduled_at = greatest(scheduled_at, :until)"
            " WHERE lock = :lock AND task_name = :task AND status = 'todo'"
        ),
        {"until": until, "lock": f"sync:{request_id}", "task": TaskName.EXCHANGE},
    )


async def enqueue_escalation(session: AsyncSession, danger_id: int, at: datetime) -> None:
    """Unless somebody has seen to it by then, everybody is told."""
    await enqueue(session, TaskName.ESCALATE_DANGER, Queue.DELIVERIES, at=at, danger_id=danger_id)
