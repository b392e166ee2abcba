"""Who looked at whom: noted once for each person, record and quarter of an hour.

A page that refreshes itself is the look that opened it. Lists are no looks: what they show is told by the records that are opened.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import exists, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.references import parse_reference
from bot.cases.sight import Subject
from bot.city.current import city
from bot.db.tables import Conversation, Look, Message, Photo, ServiceRequest

QUARTER = timedelta(minutes=15)
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_MOST_REMEMBERED = 20_000


class RememberedLooks:
    """What this process has noted in the present quarter of an hour, so that opening a record again asks nothing of the database."""

    def __init__(self) -> None:
        self._quarter = _EPOCH
        self._noted: set[tuple[str, Subject, str]] = set()

    def knows(self, actor: str, kind: Subject, key: str, now: datetime) -> bool:
        return self._quarter == quarter_of(now) and (actor, kind, key) in self._noted

    def remember(self, actor: str, kind: Subject, key: str, now: datetime) -> None:
        if self._quarter != quarter_of(now) or len(self._noted) >= _MOST_REMEMBERED:
            self._quarter, self._noted = quarter_of(now), set()
        self._noted.add((actor, kind, key))


def quarter_of(moment: datetime) -> datetime:
    """The beginning of its quarter of an hour; `moment` is aware."""
    return moment - (moment - _EPOCH) % QUARTER


async def note_look(session: AsyncSession, actor: str, kind: Subject, key: str, now: datetime) -> None:
    """Note that `actor` looks at a record. What does not exist cannot be looked at.

    `key`: a reference as it was typed, or the number of the row.
    """
    match kind:
        case Subject.REQUEST:
            key = parse_reference(key, city().reference_prefix) or ""
            known = exists().where(ServiceRequest.reference == key)
        case Subject.CONVERSATION:
            known = exists().where(Conversation.id == int(key))
        case Subject.MESSAGE:
            known = exists().where(Message.id == int(key))
        case Subject.PHOTO:
            known = exists().where(Photo.id == int(key))
    columns = ("actor", "subject_kind", "subject_id", "quarter", "at")
    values = (actor, str(kind), key, quarter_of(now), now)
    row = select(*(literal(value) for value in values)).where(known)
    await session.execute(
        insert(Look).from_select(columns, row).on_conflict_do_nothing(constraint="uq_looks_once")
    )
