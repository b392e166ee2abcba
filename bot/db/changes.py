"""What changed lately, for whoever shows it: a log that triggers write, in the transaction that changes something.

A mark is a topic, an id and never a word: `r12` a request, `c34` a conversation with its transcript, `w` who waits for a person,
`d` danger that was told, `hr12` who has request 12 open, `login` a login or an account that ended, `*` anything.
`NOTIFY cityline_changes` only says that there is something to read, so that nothing is lost where it was not heard.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import Change

CHANNEL = "cityline_changes"
EVERYTHING = "*"
MOST_TOPICS = 100  # told one by one; more of them are everything

_VERSION = text("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)")
_SINCE = """
    SELECT topic FROM changes
    WHERE xact >= pg_snapshot_xmin(%(seen)s::pg_snapshot)::text::bigint
      AND NOT pg_visible_in_snapshot(xact::text::xid8, %(seen)s::pg_snapshot)
    GROUP BY topic LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class News:
    """What changed, and the version that whoever heard of it has."""

    topics: frozenset[str]
    version: int


async def current_version(session: AsyncSession) -> int:
    """Of what the session reads from now on: the oldest transaction that is not over yet.

    Whoever asks for what changed since misses nothing, and may be told again of what they have.
    """
    return int(await session.scalar(_VERSION) or 0)


async def changed_since(session: AsyncSession, version: int) -> News:
    """What changed since `current_version` gave that number."""
    now = await current_version(session)
    query = select(Change.topic).where(Change.xact >= version).distinct().limit(MOST_TOPICS + 1)
    return News(told(set(await session.scalars(query))), now)


def told(topics: set[str]) -> frozenset[str]:
    """The topics as they are told: too many are everything."""
    return frozenset(topics) if len(topics) <= MOST_TOPICS else frozenset({EVERYTHING})


class Reader:
    """Reads the log on one connection, each mark once. The connection commits by itself."""

    def __init__(self, connection: psycopg.AsyncConnection[tuple[str, ...]]) -> None:
        self._connection = connection
        self._seen = ""

    async def begin(self) -> int:
        """Listen, and read what comes from now on; gives the version as of now."""
        await self._connection.execute(f"LISTEN {CHANNEL}")
        self._seen = await self._snapshot()
        return _oldest(self._seen)

    async def read(self) -> News:
        """What changed since the last time."""
        async with self._connection.transaction():
            # Both see the same: a mark that is not among the topics is not in the snapshot either.
            await self._connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            snapshot = await self._snapshot()
            cursor = await self._connection.execute(_SINCE, {"seen": self._seen, "most": MOST_TOPICS + 1})
            topics = {row[0] for row in await cursor.fetchall()}
        self._seen = snapshot
        return News(told(topics), _oldest(snapshot))

    async def _snapshot(self) -> str:
        cursor = await self._connection.execute("SELECT pg_current_snapshot()::text")
        row = await cursor.fetchone()
        return str(row[0]) if row else ""


def _oldest(snapshot: str) -> int:
    """The oldest transaction that was not over; `10:20:10,14` says it first."""
    return int(snapshot.partition(":")[0])
