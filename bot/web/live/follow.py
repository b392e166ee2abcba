"""Follows the log of changes on one connection of its own, for as long as it is not cancelled."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

import psycopg
import structlog
from psycopg import conninfo
from sqlalchemy import func, select

from bot.db.changes import CHANNEL, EVERYTHING, News, Reader
from bot.db.session import database_url, transaction
from bot.logs import log_unexpected
from bot.settings import settings

log = structlog.get_logger(__name__)

# What commits within it is read at once, and told in one go: ten reads a second at most, however much changes.
GATHER = 0.1  # seconds
LOOK = 30.0  # seconds until the log is read unasked: nothing should come of it
LOOK_WHEN_DEAF = 2.0  # the same where notifications do not come through
SHORTEST_WAIT, LONGEST_WAIT = 0.5, 10.0  # seconds until the next try to connect

Tell = Callable[[News], None]


async def follow(tell: Tell) -> None:
    """Connect and `tell` what changes; again and again where the database goes away.

    The first call of `tell` has no topics: from then on nothing is missed. After a gap everything may have changed, since the log
    is not kept over a crash.
    """
    topics: frozenset[str] = frozenset()
    wait = SHORTEST_WAIT
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                conninfo.make_conninfo(listen_address(), **KEEPALIVE), autocommit=True
            ) as connection:
                reader = Reader(connection)
                tell(News(topics, await reader.begin()))
                topics, wait = frozenset({EVERYTHING}), SHORTEST_WAIT
                await _keep_reading(connection, reader, tell)
        except psycopg.OperationalError as error:
            log.warning("live.database_gone", error=type(error).__name__)
        except Exception as error:  # of ours: open pages must not stay deaf until the next restart
            log_unexpected(log, "live.failed", error)
        await asyncio.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT)


# A machine that vanished is noticed within a minute, though nothing is ever sent to it.
NAME = "cityline-live"  # of the connection, as pg_stat_activity shows it
KEEPALIVE: dict[str, str | int] = {
    "application_name": NAME,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "connect_timeout": 10,
}


def listen_address() -> str:
    """Where notifications can be heard: not through a pooler that gives each transaction another connection."""
    return settings().listen_url or database_url()


async def _keep_reading(
    connection: psycopg.AsyncConnection[tuple[str, ...]], reader: Reader, tell: Tell
) -> None:
    look = LOOK if await _hears(connection) else LOOK_WHEN_DEAF
    while True:
        if (news := await reader.read()).topics:
            tell(news)
        async for _ in connection.notifies(timeout=look, stop_after=1):
            pass
        await asyncio.sleep(GATHER)


async def _hears(connection: psycopg.AsyncConnection[tuple[str, ...]]) -> bool:
    """Whether notifications of others come through. Behind a pooler LISTEN is answered with success and heard by nobody."""
    token = secrets.token_hex(8)
    async with transaction() as session:
        await session.execute(select(func.pg_notify(CHANNEL, token)))
    async for notice in connection.notifies(timeout=LOOK_WHEN_DEAF):
        if notice.payload == token:
            return True
    log.warning("live.deaf", advice="set CITYLINE_LISTEN_URL to an address without transaction pooling")
    return False
