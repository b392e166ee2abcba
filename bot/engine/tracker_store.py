"""Rasa's SQL tracker store with two statements a turn instead of four, and no events read twice.

Stock: the session's events are selected through the ORM, and counted again before new ones are saved, each row an
ORM object. Here: one SELECT of the JSON, one multi-row INSERT. The table and its rows are Rasa's own, so stock Rasa reads them too.

A failure is raised, never swallowed: Rasa's fail-safe wrapper would go on in memory and fork the conversation.

With a turn's events its replies are stored, in one transaction, under its sender and id (table `taken_turns` of
bot/db/tables/): that row is what makes a turn happen once. Two engines that take the same turn at the same moment cannot
both save it.
"""

import asyncio
import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg2
import psycopg2.errors
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.trackers import DialogueStateTracker

SAVERS = 4  # threads that wait for commits; PostgreSQL makes one flush of commits that wait together

log = logging.getLogger(__name__)

_SELECT = (
    "SELECT data FROM events WHERE sender_id = %s AND id >= COALESCE((SELECT max(id) FROM events "
    "WHERE sender_id = %s AND type_name = 'session_started'), 0) ORDER BY id"
)
_INSERT = b"INSERT INTO events (sender_id, type_name, timestamp, intent_name, action_name, data) VALUES "
_INDEX = (
    "CREATE INDEX IF NOT EXISTS events_of_session ON events (sender_id, id) "
    "WHERE type_name = 'session_started'"
)


_TAKEN = "SELECT replies FROM taken_turns WHERE sender_id = %s AND turn_id = %s"
_TAKE = b"INSERT INTO taken_turns (sender_id, turn_id, replies) VALUES "


@dataclass(frozen=True)
class TakenTurn:
    """A turn that is being saved with its tracker, as `tracker.taken_turn`."""

    turn_id: int
    replies: list[dict[str, Any]]


class TurnTakenError(RuntimeError):
    """The turn was taken already; nothing of this one is saved."""


class TurnTrackerStore(SQLTrackerStore):
    """The same table; PostgreSQL only, other dialects take Rasa's own way."""

    def __init__(self, *args: Any, query: str | dict[str, str] | None = None, **kwargs: Any) -> None:
        """`query`: what libpq is told, as JSON or as a mapping; endpoints.yml can only hold a text."""
        super().__init__(*args, query=json.loads(query) if isinstance(query, str) else query, **kwargs)
        self._direct = self.engine.dialect.name == "postgresql"
        self._of_thread = threading.local()
        self._savers = ThreadPoolExecutor(SAVERS, thread_name_prefix="tracker-save")
        if self._direct:
            self._run(lambda cursor: cursor.execute(_INDEX))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The events since the latest session start, as a tracker; None for an unknown sender."""
        if not self._direct:
            return await super().retrieve(sender_id)

        def select(cursor: Any) -> list[tuple[str]]:
            cursor.execute(_SELECT, (sender_id, sender_id))
            return cursor.fetchall()

        rows = self._run_again(select)
        if not rows:
            return None
        tracker = DialogueStateTracker.from_dict(
            sender_id, [orjson.loads(data) for (data,) in rows], self.domain.slots
        )
        tracker.events_stored = len(rows)
        return tracker

    def replies_of(self, sender_id: str, turn_id: int) -> list[dict[str, Any]] | None:
        """What was answered to a turn, in order; None when it was not taken."""
        if not self._direct:
            return None

        def select(cursor: Any) -> Any:
            cursor.execute(_TAKEN, (sender_id, turn_id))
            return cursor.fetchone()

        row = self._run_again(select)
        return row[0] if row else None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append the events that are not stored yet, and the turn they are of. Raises `TurnTakenError`."""
        stored = getattr(tracker, "events_stored", None)
        if not self._direct or (stored is None and await self.exists(tracker.sender_id)):
            await super().save(tracker)
            return
        await self.stream_events(tracker) if self.event_broker else None
        new = list(tracker.events)[stored or 0 :]
        taken: TakenTurn | None = tracker.__dict__.pop("taken_turn", None)
        if new or taken:
            rows = [_row(tracker.sender_id, added.as_dict()) for added in new]
            # The commit waits for the disk, 5 ms and more: in a thread, so that other conversations go on meanwhile.
            await asyncio.get_running_loop().run_in_executor(
                self._savers, self._run, lambda cursor: _insert(cursor, tracker.sender_id, rows, taken)
            )
        tracker.events_stored = len(tracker.events)

    def _run_again(self, read: Any) -> Any:
        """`_run` for what only reads: once more on a new connection, since the database may have been restarted."""
        try:
            return self._run(read)
        except (psycopg2.DatabaseError, psycopg2.InterfaceError):
            return self._run(read)

    def _run(self, work: Any) -> Any:
        """`work`, one statement, on this thread's own connection; a pool would only cost.

        A connection that failed is given up; the next call makes a new one.
        """
        connection = getattr(self._of_thread, "connection", None)
        if connection is None:
            fairy = self.engine.raw_connection()
            connection = self._of_thread.connection = fairy.connection
            fairy.detach()
            # One statement is a transaction anyway; BEGIN and COMMIT would be two more round trips.
            connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                return work(cursor)
        except psycopg2.Error:
            connection.close()
            self._of_thread.connection = None
            raise


def _insert(cursor: Any, sender_id: str, rows: list[tuple[Any, ...]], taken: TakenTurn | None) -> None:
    """All of it in one round trip. Several statements sent at once are one transaction without being told."""
    statements = []
    if rows:
        values = b",".join(cursor.mogrify("(%s,%s,%s,%s,%s,%s)", row) for row in rows)
        statements.append(_INSERT + values)
    if taken:
        replies = orjson.dumps(taken.replies, option=orjson.OPT_SERIALIZE_NUMPY).decode()
        statements.append(_TAKE + cursor.mogrify("(%s,%s,%s)", (sender_id, taken.turn_id, replies)))
    try:
        cursor.execute(b";".join(statements))
    except psycopg2.errors.UniqueViolation:
        raise TurnTakenError("The turn was taken already.") from None


def _row(sender_id: str, data: dict[str, Any]) -> tuple[Any, ...]:
    return (
        sender_id,
        data["event"],
        data.get("timestamp"),
        ((data.get("parse_data") or {}).get("intent") or {}).get("name"),
        data.get("name"),
        orjson.dumps(data, option=orjson.OPT_SERIALIZE_NUMPY).decode(),
    )
