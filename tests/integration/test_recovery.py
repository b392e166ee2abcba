"""What a dead worker leaves behind is found again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import procrastinate
import psycopg
import pytest
from procrastinate import exceptions
from procrastinate.jobs import Status
from procrastinate.manager import JobManager
from sqlalchemy import TextClause, select, text, update

from bot.channels.messages import Channel, Inbound, InboundKind
from bot.conversation.map_links import KEPT_FOR, VALID_FOR, new_map_link
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.receive import receive
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Conversation, MapLink, Message
from bot.worker.job_ends import PatientEnds
from bot.worker.recovery import retry_stalled, sweep

pytestmark = pytest.mark.integration

LONG_AGO = datetime.now(UTC) - timedelta(hours=1)


NAME = "the queue of this test"


@pytest.fixture
async def queue(database: EmbeddedDatabase) -> AsyncIterator[procrastinate.App]:
    connector = procrastinate.PsycopgConnector(
        conninfo=database.url(), min_size=2, max_size=2, kwargs={"application_name": NAME}
    )
    app = procrastinate.App(connector=connector)
    async with app.open_async():
        yield app


async def a_conversation() -> int:
    inbound = Inbound(Channel.SMS, InboundKind.MESSAGE, "SM1", "+13105550123", text="pothole")
    async with transaction() as session:
        return (await receive(session, inbound)).conversation_id


async def jobs() -> list[tuple[str, str, str]]:
    query = "SELECT task_name, status::text, lock FROM procrastinate_jobs ORDER BY id"
    async with transaction() as session:
        return [tuple(row) for row in await session.execute(text(query))]


async def run(statement: str) -> None:
    async with transaction() as session:
        await session.execute(text(statement))


async def test_a_message_without_a_job_is_found_once(queue: procrastinate.App) -> None:
    conversation_id = await a_conversation()
    await run("DELETE FROM procrastinate_jobs")
    assert await sweep(queue) == 0, "it may still be on its way"
    async with transaction() as session:
        await session.execute(update(Message).values(created_at=LONG_AGO))
    assert await sweep(queue) == 1
    assert await sweep(queue) == 0
    assert await jobs() == [("take_turn", "todo", f"conversation:{conversation_id}")]


async def test_the_sweep_forgets_links_that_are_long_over_whoever_they_were_for(
    queue: procrastinate.App,
) -> None:
    conversation_id = await a_conversation()
    long_ago = datetime.now(UTC) - KEPT_FOR - VALID_FOR - timedelta(minutes=1)
    async with transaction() as session:
        await new_map_link(session, conversation_id, None, now=long_ago)
        await new_map_link(session, conversation_id, None, now=long_ago + timedelta(days=1))
        await new_map_link(session, conversation_id, None)
    await sweep(queue)
    async with transaction() as session:
        kept = list(await session.scalars(select(MapLink.expires_at).order_by(MapLink.id)))
    assert len(kept) == 2
    assert min(kept) == long_ago + timedelta(days=1) + VALID_FOR


async def test_a_reply_without_a_job_is_found_once(queue: procrastinate.App) -> None:
    conversation_id = await a_conversation()
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        await queue_replies(session, conversation, [Reply("Where is it?")])
        await session.execute(update(Message).values(created_at=LONG_AGO))
    await run("DELETE FROM procrastinate_jobs WHERE task_name = 'deliver'")
    assert await sweep(queue) == 1
    assert ("deliver", "todo", f"delivery:{conversation_id}") in await jobs()


async def test_the_jobs_of_a_dead_worker_are_given_to_others(queue: procrastinate.App) -> None:
    await a_conversation()
    worker_id = await queue.job_manager.register_worker()
    assert await queue.job_manager.fetch_job(queues=None, worker_id=worker_id) is not None
    assert await retry_stalled(queue) == 0, "its heart still beats"
    await run("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    assert await retry_stalled(queue) == 1
    assert [status for _, status, _ in await jobs()] == ["todo"]


async def a_job_under_way(queue: procrastinate.App) -> procrastinate.jobs.Job:
    await a_conversation()
    worker_id = await queue.job_manager.register_worker()
    job = await queue.job_manager.fetch_job(queues=None, worker_id=worker_id)
    assert job is not None
    return job


async def while_the_database_goes_away(writing: Awaitable[None]) -> None:
    """Write something about a job, and lose the connection in the middle of it, as when the database is restarted."""
    waits = f"SELECT pid FROM pg_stat_activity WHERE application_name = '{NAME}' AND wait_event_type = 'Lock'"  # noqa: S608
    async with transaction() as holds_up:
        await holds_up.execute(text("SELECT 1 FROM procrastinate_jobs FOR UPDATE"))
        task = asyncio.ensure_future(writing)
        async with asyncio.timeout(20):
            while (waiting := await holds_up.scalar(text(waits))) is None:  # noqa: ASYNC110 - the database tells nobody
                await asyncio.sleep(0.01)
        await holds_up.execute(text(f"SELECT pg_terminate_backend({waiting}, 5000)"))
    await task


async def finish(manager: JobManager, job: procrastinate.jobs.Job) -> None:
    await manager.finish_job(job=job, status=Status.SUCCEEDED, delete_job=True)


async def try_again(manager: JobManager, job: procrastinate.jobs.Job) -> None:
    await manager.retry_job(job=job)


ENDS = [(finish, []), (try_again, ["todo"])]


@pytest.mark.parametrize(("end", "left"), ENDS)
async def test_how_a_job_ended_is_written_although_the_database_goes_away_meanwhile(
    queue: procrastinate.App, end: Callable[..., Awaitable[None]], left: list[str]
) -> None:
    job = await a_job_under_way(queue)
    with pytest.raises(exceptions.ConnectorException):
        await while_the_database_goes_away(end(queue.job_manager, job))  # Procrastinate's own
    assert [status for _, status, _ in await jobs()] == ["doing"], "nobody would ever take it up"
    assert await retry_stalled(queue) == 0
    await while_the_database_goes_away(end(PatientEnds(queue.connector), job))
    assert [status for _, status, _ in await jobs()] == left


@pytest.mark.parametrize(("end", "left"), ENDS)
async def test_an_end_whose_answer_was_lost_is_not_written_twice_and_another_workers_job_is_left_alone(
    queue: procrastinate.App,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[..., Awaitable[None]],
    left: list[str],
) -> None:
    job = await a_job_under_way(queue)
    execute, tried = queue.connector.execute_query_async, 0

    async def loses_the_answer(query: str, **values: Any) -> None:
        nonlocal tried
        tried += 1
        await execute(query, **values)
        if tried == 1:
            raise exceptions.ConnectorException from psycopg.OperationalError()

    monkeypatch.setattr(queue.connector, "execute_query_async", loses_the_answer)
    await end(PatientEnds(queue.connector), job)
    assert tried == 2
    assert [status for _, status, _ in await jobs()] == left
    with pytest.raises(exceptions.ConnectorException):
        await end(PatientEnds(queue.connector), job)  # it is not in anybody's hands now


async def _is(condition: TextClause) -> bool:
    """As it is now: what a transaction has seen of other sessions, it goes on seeing."""
    async with transaction() as session:
        return await session.scalar(condition) is not None


async def test_two_jobs_of_one_lock_taken_up_in_the_same_moment_go_one_after_the_other(
    queue: procrastinate.App,
) -> None:
    """What residents said and what they are told have queues of their own, and one lock a conversation."""
    await run("DELETE FROM procrastinate_jobs")
    for name in ("updates", "turns"):
        await queue.configure_task("one", allow_unknown=True, lock="conversation:1", queue=name).defer_async()
    takes = "UPDATE procrastinate_jobs SET status = 'doing' WHERE queue_name = 'turns'"
    waits = text(
        "SELECT 1 FROM pg_stat_activity WHERE application_name = :name AND wait_event_type = 'Lock'"
    ).bindparams(name=NAME)
    for manager in (queue.job_manager, PatientEnds(queue.connector)):
        worker_id = await manager.register_worker()
        async with transaction() as taking:
            await taking.execute(text(takes))
            fetching = asyncio.create_task(manager.fetch_job(["updates"], worker_id))
            async with asyncio.timeout(20):
                while not await _is(waits):  # noqa: ASYNC110 - the database tells nobody
                    await asyncio.sleep(0.01)
        if manager is queue.job_manager:
            with pytest.raises(exceptions.UniqueViolation):
                await fetching  # Procrastinate's own, which a worker takes for a database that is gone
        else:
            assert await fetching is None
        await run("UPDATE procrastinate_jobs SET status = 'todo'")
