"""The one way to the database: `transaction()` gives a session that commits when its block ends well."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from bot.settings import Settings, settings


@lru_cache(maxsize=1)
def database_url() -> str:
    """`DATABASE_URL`, or the URL of the embedded server, which is started if it does not run."""
    return resolve_database_url(settings())


def resolve_database_url(config: Settings) -> str:
    if config.database_url:
        return config.database_url
    from bot.db.embedded import start_embedded

    return start_embedded(config.data.absolute() / "postgres").url()


def sqlalchemy_url(url: str) -> str:
    """The same address in SQLAlchemy's spelling, driver named."""
    return "postgresql+psycopg://" + url.split("://", 1)[1]


# Connections of one process, and no more: PostgreSQL has 100 for all machines together unless it is told otherwise, and
# whom it turns away is a resident whose text Twilio may not bring again. A short wait for a connection costs nobody anything.
CONNECTIONS = 8
WAIT_FOR_CONNECTION = 5.0  # seconds

# Nothing of ours waits for the world with a transaction open. One that stands still belongs to a process that was stopped
# or to a machine that is gone, and holds its locks against all others: the database ends it.
LONGEST_SILENCE = 30.0  # seconds

_engine: AsyncEngine | None = None
_ask_before_use = True
_sessions: async_sessionmaker[AsyncSession] | None = None


def engine() -> AsyncEngine:
    """The engine of this process."""
    global _engine, _sessions
    if _engine is None:
        _engine = create_async_engine(
            sqlalchemy_url(database_url()),
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=WAIT_FOR_CONNECTION,
            pool_recycle=1800,
            # A database that was restarted leaves dead connections behind. Who cannot try again asks
            # before use, at the cost of a round trip each time.
            pool_pre_ping=_ask_before_use,
            # Texts, numbers and addresses are parameters: an error message must not carry them.
            hide_parameters=True,
        )
        event.listen(_engine.sync_engine, "connect", _bound_silence)
        _sessions = async_sessionmaker(_engine, expire_on_commit=False)
    return _engine


def _bound_silence(connection: Any, _record: object) -> None:
    """Of a connection that was just made. Asked for here, not in the address: proxies refuse options there."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET idle_in_transaction_session_timeout = {int(LONGEST_SILENCE * 1000)}")
    connection.commit()


def trust_connections() -> None:
    """For a process whose work is tried again anyway: use connections without asking whether they live."""
    global _ask_before_use
    _ask_before_use = False


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncSession]:
    """A session in one transaction: committed at the end of the block, rolled back if it raises."""
    engine()
    assert _sessions is not None  # noqa: S101 - engine() made it
    async with _sessions() as session, session.begin():
        yield session


async def dispose() -> None:
    """Close all connections (at the end of a process, and between tests)."""
    global _engine, _sessions
    if _engine is not None:
        await _engine.dispose()
    _engine = None
    _sessions = None
