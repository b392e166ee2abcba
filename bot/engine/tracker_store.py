"""Rasa's SQL tracker store with two statements a turn instead of four, and no events read twice.

Stock: the session's events are selected through the ORM, and counted again before new ones are saved, each row an
ORM object. Here: one SELECT of the JSON, one multi-row INSERT. The table and its rows are Rasa's own, so stock Rasa reads them too.

A failure is raised, never swallowed: Rasa's fail-safe wrapper would go on in memory and fork the conversation.
"""

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import psycopg2
from psycopg2.extras import execute_values
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.trackers import DialogueStateTracker

SAVERS = 4  # threads that wait for commits; PostgreSQL makes one flush of commits that wait together

log = logging.getLogger(__name__)

_SELECT = (
    "SELECT data FROM events WHERE sender_id = %s AND id >= COALESCE((SELECT max(id) FROM events "
    "WHERE sender_id = %s AND type_name = 'session_started'), 0) ORDER BY id"
)
_INSERT = "INSERT INTO events (sender_id, type_name, timestamp, intent_name, action_name, data) VALUES %s"
_INDEX = (
    "CREATE INDEX IF NOT EXISTS events_of_session ON events (sender_id, id) "
    "WHERE type_name = 'session_started'"
)


class TurnTrackerStore(SQLTrackerStore):
    """The same table; PostgreSQL only, other dialects take Rasa's own way."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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

        try:
            rows = self._run(select)
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            rows = self._run(select)  # the database was restarted: on a new connection
        if not rows:
            return None
        tracker = DialogueStateTracker.from_dict(
            sender_id, [orjson.loads(data) for (data,) in rows], self.domain.slots
        )
        tracker.events_stored = len(rows)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append the events that are not stored yet."""
        stored = getattr(tracker, "events_stored", None)
        if not self._direct or (stored is None and await self.exists(tracker.sender_id)):
            await super().save(tracker)
            return
        await self.stream_events(tracker) if self.event_broker else None
        new = list(tracker.events)[stored or 0 :]
        if new:
            rows = [_row(tracker.sender_id, added.as_dict()) for added in new]
            # The commit waits for the disk, 5 ms and more: in a thread, so that other conversations go on meanwhile.
            await asyncio.get_running_loop().run_in_executor(
                self._savers,
                lambda: self._run(lambda cursor: execute_values(cursor, _INSERT, rows, page_size=len(rows))),
            )
        tracker.events_stored = len(tracker.events)

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


def _row(sender_id: str, data: dict[str, Any]) -> tuple[Any, ...]:
    return (
        sender_id,
        data["event"],
        data.get("timestamp"),
        ((data.get("parse_data") or {}).get("intent") or {}).get("name"),
        data.get("name"),
        orjson.dumps(data, option=orjson.OPT_SERIALIZE_NUMPY).decode(),
    )
