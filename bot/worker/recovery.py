"""Picking up what a dead process left behind.

A worker that was killed leaves jobs in `doing`, which hold the locks of their conversations; its heartbeat
tells. And should a job ever be lost, the message it was for is still there: the sweep finds it.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import procrastinate
import structlog
from procrastinate import exceptions
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.map_links import forget_map_links
from bot.conversation.states import InboundState, OutboundState
from bot.db.jobs import enqueue_delivery, enqueue_exchange, enqueue_media, enqueue_notices, enqueue_turn
from bot.db.session import transaction
from bot.db.tables import Media, Message, Notice, TakenTurn, Turn
from bot.delivery.notices.give import NoticeState
from bot.keeping.clocks import Clock
from bot.settings import settings
from bot.sync.links import waiting
from bot.worker.clocks import run_once
from bot.worker.reported_photos import enqueue_forgotten

log = structlog.get_logger(__name__)

HEARTBEAT = 1.0  # seconds between signs of life of a worker
STALLED_AFTER = 6.0  # seconds without one, after which its jobs are given to others
SWEEP_EVERY = 60.0
FORGOTTEN_AFTER = timedelta(minutes=2)  # a message that waits so long, without a job, was forgotten
# What the engine answered is asked for again within seconds, by a worker that was stopped perhaps within hours.
REPLIES_KEPT_FOR = timedelta(days=3)


async def keep_recovering(app: procrastinate.App) -> None:
    """Look after stalled jobs every few seconds and after forgotten messages every minute, for ever."""
    next_sweep = 0.0

    async def recover(_: datetime) -> None:
        await sweep(app)

    while True:
        await retry_stalled(app)
        now = asyncio.get_running_loop().time()
        if now >= next_sweep:
            await run_once(Clock.RECOVERY, recover)
            next_sweep = now + SWEEP_EVERY
        await asyncio.sleep(STALLED_AFTER / 3)


async def retry_stalled(app: procrastinate.App) -> int:
    """Give the jobs of dead workers to the living; gives their number."""
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER)
    count = 0
    for job in stalled:
        try:
            await app.job_manager.retry_job(job)
        except exceptions.ConnectorException:
            continue  # another worker was faster
        count += 1
        log.warning("job.recovered", job_id=job.id, task=job.task_name)
    return count


async def sweep(app: procrastinate.App) -> int:
    """Enqueue work for messages, turns and files that wait without a job; gives the number of jobs made."""
    before = datetime.now(UTC) - FORGOTTEN_AFTER
    system = settings().sync
    async with transaction() as session:
        unread = set(
            await session.scalars(
                select(Message.conversation_id)
                .where(Message.state == InboundState.RECEIVED, Message.created_at < before)
                .distinct()
            )
        )
        unread |= set(
            await session.scalars(
                select(Turn.conversation_id)
                .where(Turn.finished_at.is_(None), Turn.created_at < before)
                .distinct()
            )
        )
        unsent = set(
            await session.execute(
                select(Message.conversation_id, Message.channel)
                .where(
                    Message.state.in_([OutboundState.QUEUED, OutboundState.SENDING]),
                    Message.created_at < before,
                )
                .distinct()
            )
        )
        unfetched = list(
            await session.execute(
                select(Media.id, Message.channel)
                .join(Message, Media.message_id == Message.id)
                .where(Media.state == "waiting", Message.created_at < before)
            )
        )
        untold = await _untold(session, before)
        apart = await waiting(session, system, before) if system != "none" else []
    busy = {job.lock for status in ("todo", "doing") for job in await _jobs(app, status)}
    forgotten = 0
    async with transaction() as session:
        for conversation_id in sorted(unread):
            if f"conversation:{conversation_id}" not in busy:
                await enqueue_turn(session, conversation_id)
                forgotten += 1
        for conversation_id, channel in sorted(unsent):
            if f"delivery:{conversation_id}" not in busy:
                await enqueue_delivery(session, conversation_id, channel)
                forgotten += 1
        for media_id, channel in unfetched:
            if f"media:{media_id}" not in busy:
                await enqueue_media(session, media_id, channel)
                forgotten += 1
        for request_id in apart:
            if f"sync:{request_id}" not in busy:
                await enqueue_exchange(session, request_id)
                forgotten += 1
        for conversation_id in untold:
            await enqueue_notices(session, conversation_id, datetime.now(UTC))
            forgotten += 1
        forgotten += await enqueue_forgotten(session, before, busy)
        await forget_map_links(session)
        await session.execute(
            delete(TakenTurn).where(TakenTurn.taken_at < datetime.now(UTC) - REPLIES_KEPT_FOR)
        )
    if forgotten:
        log.warning("sweep.forgotten_found", jobs=forgotten)
    return forgotten


async def _untold(session: AsyncSession, before: datetime) -> list[int]:
    """Conversations in which something was to be told before that time."""
    rows = await session.scalars(
        select(Notice.conversation_id)
        .where(Notice.state == NoticeState.WAITING, Notice.due_at < before)
        .distinct()
    )
    return list(rows)


async def _jobs(app: procrastinate.App, status: str) -> list[procrastinate.jobs.Job]:
    return list(await app.job_manager.list_jobs_async(status=status))
