"""How the house is: what waits and since when, how long residents wait for an answer, what became of what was sent.

All of it is read from the database, so any process tells it for all machines. Each question reads the newest rows by their key, or
a partial index: it costs the same with ten million messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.states import OutboundState
from bot.db.jobs import Queue
from bot.db.tables import Conversation, Message, SetAside, Turn
from bot.delivery.unsettled import Blocked, blocked_channels
from bot.keeping.clocks import Reading, read_clocks
from bot.sync.standing import SystemStanding, system_standing

LATELY = timedelta(minutes=5)
NEWEST = 5_000  # rows that are looked at, at most: at 16 messages a second, five minutes


@dataclass(frozen=True, slots=True)
class Waiting:
    """One queue of jobs."""

    queue: str
    ready: int  # due, and not begun
    running: int
    oldest: float  # seconds since the oldest of the ready ones could have begun


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds that something took lately; None where nothing happened."""

    count: int
    median: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the messages of a channel that were made lately."""

    channel: str
    state: OutboundState
    code: str  # of the provider, for what failed; "" otherwise
    count: int


@dataclass(frozen=True, slots=True)
class Vitals:
    at: datetime
    queues: tuple[Waiting, ...]
    answers: Latency  # from a resident's last message of a turn to its answer
    deliveries: Latency  # from an answer to its being taken by the provider
    outcomes: tuple[Outcome, ...]
    parked: int  # turns that failed every time and wait for people
    set_aside: int  # events of providers that could not be stored
    wanting_person: int  # conversations that nobody has taken over
    blocked: tuple[Blocked, ...]  # channels that cannot send until somebody mends them
    clocks: tuple[Reading, ...]
    system: SystemStanding | None  # the city's other one


async def read_vitals(session: AsyncSession, now: datetime) -> Vitals:
    """How it is at `now` (aware)."""
    return Vitals(
        now,
        await _queues(session, now),
        await _answers(session, now),
        await _deliveries(session, now),
        await _outcomes(session, now),
        await _count(session, select(func.count()).where(Turn.parked_at.is_not(None))),
        await _count(session, select(func.count()).select_from(SetAside)),
        await _count(
            session,
            select(func.count()).where(
                Conversation.wants_person_at.is_not(None), Conversation.taken_over_at.is_(None)
            ),
        ),
        tuple(await blocked_channels(session)),
        tuple(await read_clocks(session, now)),
        await system_standing(session),
    )


async def _count(session: AsyncSession, query: object) -> int:
    return int(await session.scalar(query) or 0)  # type: ignore[call-overload]


# A job is ready from the time for which it was made, or from when it was made: its first event.
_QUEUES = text("""
    SELECT job.queue_name,
           count(*) FILTER (WHERE job.status = 'todo'),
           count(*) FILTER (WHERE job.status = 'doing'),
           extract(epoch FROM CAST(:now AS timestamptz) - min(coalesce(job.scheduled_at, made.at)) FILTER (WHERE job.status = 'todo'))
    FROM procrastinate_jobs AS job
    LEFT JOIN LATERAL (
        SELECT min(event.at) AS at FROM procrastinate_events AS event WHERE event.job_id = job.id AND event.type = 'deferred'
    ) AS made ON true
    WHERE job.status IN ('todo', 'doing') AND (job.scheduled_at IS NULL OR job.scheduled_at <= :now)
    GROUP BY job.queue_name
""")


async def _queues(session: AsyncSession, now: datetime) -> tuple[Waiting, ...]:
    rows = {row[0]: row for row in await session.execute(_QUEUES, {"now": now})}
    return tuple(
        Waiting(queue, int(row[1]), int(row[2]), max(0.0, float(row[3] or 0.0)))
        if (row := rows.get(queue))
        else Waiting(queue, 0, 0, 0.0)
        for queue in Queue
    )


_PERCENTILES = """
    SELECT count(*),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds),
           percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds),
           percentile_cont(0.99) WITHIN GROUP (ORDER BY seconds)
    FROM ({rows}) AS lately
"""
_ANSWERS = text(
    _PERCENTILES.format(
        rows="""
        SELECT extract(epoch FROM turn.finished_at - said.at) AS seconds
        FROM (SELECT id, finished_at FROM turns WHERE update_id IS NULL ORDER BY id DESC LIMIT :newest) AS turn
        JOIN LATERAL (
            SELECT max(created_at) AS at FROM messages WHERE turn_id = turn.id AND direction = 'in'
        ) AS said ON said.at IS NOT NULL
        WHERE turn.finished_at > :since
        """
    )
)
_DELIVERIES = text(
    _PERCENTILES.format(
        rows="""
        SELECT extract(epoch FROM sent_at - coalesce(queued_at, created_at)) AS seconds
        FROM (SELECT direction, created_at, queued_at, sent_at, not_before FROM messages ORDER BY id DESC LIMIT :newest) AS message
        WHERE direction = 'out' AND sent_at > :since AND not_before IS NULL
        """
    )
)


async def _answers(session: AsyncSession, now: datetime) -> Latency:
    return Latency(*(await session.execute(_ANSWERS, _lately(now))).one())


async def _deliveries(session: AsyncSession, now: datetime) -> Latency:
    return Latency(*(await session.execute(_DELIVERIES, _lately(now))).one())


def _lately(now: datetime) -> dict[str, object]:
    return {"since": now - LATELY, "newest": NEWEST}


async def _outcomes(session: AsyncSession, now: datetime) -> tuple[Outcome, ...]:
    newest = (
        select(Message.direction, Message.channel, Message.state, Message.error_code, Message.created_at)
        .order_by(Message.id.desc())
        .limit(NEWEST)
        .subquery()
    )
    code = func.coalesce(newest.c.error_code, "")
    rows = await session.execute(
        select(newest.c.channel, newest.c.state, code, func.count())
        .where(newest.c.direction == "out", newest.c.created_at > now - LATELY)
        .group_by(newest.c.channel, newest.c.state, code)
        .order_by(newest.c.channel, newest.c.state, code)
    )
    return tuple(
        Outcome(channel, OutboundState(state), error, count) for channel, state, error, count in rows
    )
