"""Reading the audit trail: changes and looks in one row, the newest first, narrowed and by pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.references import parse_reference
from bot.city.current import city
from bot.db.tables import Audit, Look

PAGE = 50
LOOKED = "looked"  # the action of a look


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody did, or looked at."""

    id: int
    at: datetime  # aware UTC
    actor: str  # "staff:<username>", "resident", "system", "cli", …
    action: str  # "request.filed"; `LOOKED`
    subject_kind: str
    subject_id: str
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def is_look(self) -> bool:
        return self.action == LOOKED


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What of the trail is wanted; "" and None for all."""

    who: str = ""  # an actor, or the username of one of staff
    about: str = ""  # a reference, the number of a conversation, or any other name of a record
    what: str = ""  # the beginning of an action ("staff."), or `LOOKED`, or "changed"
    since: date | None = None  # days of the city, both included
    until: date | None = None

    @property
    def narrows(self) -> bool:
        return self != TrailFilter()


@dataclass(frozen=True, slots=True)
class TrailPage:
    entries: Sequence[Entry]
    more: bool

    @property
    def cursor(self) -> str:
        """Where the next page begins; see `read_cursor`."""
        if not self.entries:
            return ""
        last = self.entries[-1]
        return f"{last.at.isoformat()}~{int(last.is_look)}~{last.id}"


Position = tuple[datetime, int, int]


def read_cursor(cursor: str) -> Position | None:
    """The position that a page begins after; None for the first page, or a cursor that is none."""
    try:
        moment, look, number = cursor.split("~")
        position = datetime.fromisoformat(moment), int(look), int(number)
    except ValueError:
        return None
    return position if position[0].tzinfo and 0 < position[2] < 2**63 and look in ("0", "1") else None


async def read_trail(
    session: AsyncSession, wanted: TrailFilter, cursor: str = "", limit: int = PAGE
) -> TrailPage:
    """A page of the trail. Each table gives its own newest along an index; the two are merged here."""
    after = read_cursor(cursor)
    entries: list[Entry] = []
    if wanted.what != LOOKED:
        entries += await _changes(session, wanted, after, limit + 1)
    if wanted.what in ("", LOOKED):
        entries += await _looks(session, wanted, after, limit + 1)
    entries.sort(key=lambda one: (one.at, one.is_look, one.id), reverse=True)
    return TrailPage(entries[:limit], len(entries) > limit)


async def _changes(
    session: AsyncSession, wanted: TrailFilter, after: Position | None, limit: int
) -> list[Entry]:
    query = select(Audit).where(*_narrowed(Audit, wanted), *_behind(Audit, after, 0))
    if wanted.what not in ("", "changed"):
        query = query.where(Audit.action.startswith(wanted.what, autoescape=True))
    rows = await session.scalars(query.order_by(Audit.at.desc(), Audit.id.desc()).limit(limit))
    return [
        Entry(row.id, row.at, row.actor, row.action, row.subject_kind, row.subject_id, row.detail)
        for row in rows
    ]


async def _looks(
    session: AsyncSession, wanted: TrailFilter, after: Position | None, limit: int
) -> list[Entry]:
    query = select(Look).where(*_narrowed(Look, wanted), *_behind(Look, after, 1))
    rows = await session.scalars(query.order_by(Look.at.desc(), Look.id.desc()).limit(limit))
    return [Entry(row.id, row.at, row.actor, LOOKED, row.subject_kind, row.subject_id) for row in rows]


def _narrowed(table: type[Audit] | type[Look], wanted: TrailFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.who:
        conditions.append(table.actor.in_([wanted.who, f"staff:{wanted.who.lower()}"]))
    if wanted.about:
        reference = parse_reference(wanted.about, city().reference_prefix)
        subjects = [wanted.about] if reference is None else [reference]
        # The kind leads the index; there are few of them.
        conditions.append(table.subject_kind.in_(_KINDS))
        conditions.append(table.subject_id.in_(subjects))
    if wanted.since is not None:
        conditions.append(table.at >= _begins(wanted.since))
    if wanted.until is not None:
        conditions.append(table.at < _begins(wanted.until + timedelta(days=1)))
    return conditions


# Every kind of record that the trail tells of; a test holds it to what the code writes.
_KINDS = (
    "alert",
    "api_key",
    "audit",
    "city",
    "contact",
    "conversation",
    "example",
    "installation",
    "message",
    "photo",
    "report",
    "request",
    "requests",
    "staff",
    "telling",
    "training",
    "wording",
)


def _behind(table: type[Audit] | type[Look], after: Position | None, look: int) -> list[ColumnElement[bool]]:
    """Older than where the page before ended; of one moment looks come first."""
    if after is None:
        return []
    moment, ended_with_look, number = after
    if look == ended_with_look:
        return [tuple_(table.at, table.id) < tuple_(literal(moment), literal(number))]
    return [table.at <= moment if ended_with_look else table.at < moment]


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), city().time_zone).astimezone(UTC)
