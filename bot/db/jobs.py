"""Putting work into the queue *inside* the transaction that makes it necessary.

A rollback takes the job with it; a commit cannot lose it. The tasks themselves are in `bot.worker`;
they are named here so that inner parts can ask for work without knowing who does it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import procrastinate
from sqlalchemy.ext.asyncio import AsyncSession

# Only defers on connections that are passed in; it never opens one of its own.
_deferrer = procrastinate.App(connector=procrastinate.PsycopgConnector())


QUEUE = "conversations"


class TaskName(StrEnum):
    TAKE_TURN = "take_turn"
    DELIVER = "deliver"
    DELETE_PROVIDER_MEDIA = "delete_provider_media"
    DELETE_PHOTO_FILES = "delete_photo_files"
    FORGET_GOODBYE = "forget_goodbye"


async def enqueue(session: AsyncSession, task: TaskName, lock: str | None = None, **arguments: Any) -> None:
    """Defer `task` in the session's transaction. Jobs with the same lock run one at a time, in order."""
    connection = await session.connection()
    raw = (await connection.get_raw_connection()).driver_connection
    await _deferrer.configure_task(
        task, allow_unknown=True, lock=lock, connection=raw, queue=QUEUE
    ).defer_async(**arguments)


async def enqueue_turn(session: AsyncSession, conversation_id: int) -> None:
    """Somebody said something in this conversation, or something is to be said there."""
    await enqueue(
        session, TaskName.TAKE_TURN, lock=f"conversation:{conversation_id}", conversation_id=conversation_id
    )


async def enqueue_delivery(session: AsyncSession, conversation_id: int, channel: str) -> None:
    """There are messages to send in this conversation."""
    await enqueue(
        session,
        TaskName.DELIVER,
        lock=f"delivery:{conversation_id}",
        conversation_id=conversation_id,
        channel=channel,
    )


async def enqueue_forget_goodbye(session: AsyncSession, conversation_id: int) -> None:
    """When what waits in this conversation is sent, nobody needs to be known by it any more."""
    await enqueue(
        session,
        TaskName.FORGET_GOODBYE,
        lock=f"delivery:{conversation_id}",  # after the delivery, which has the same lock
        conversation_id=conversation_id,
    )
