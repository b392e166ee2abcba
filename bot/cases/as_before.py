"""How a request stands before a step, and bringing it back there when the step is undone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.outward import changed
from bot.db.tables import ServiceRequest, Update

_MOVES = ("status", "resolution", "ended_at")
_HANDS = ("department", "crew", "assignee_id", "passed_back_at")
_TIMES = ("ended_at", "passed_back_at")


def standing(request: ServiceRequest, *, hands: bool = True) -> dict[str, Any]:
    """Where a request stands, and who has it unless `hands` is False, as JSON keeps it."""
    names = (*_MOVES, *(_HANDS if hands else ()))
    return {name: _kept(getattr(request, name)) for name in names}


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


async def stand_again(
    session: AsyncSession,
    request: ServiceRequest,
    before: Mapping[str, Any],
    undoes: Update,
    note: str,
    now: datetime,
    author: str,
) -> Update:
    """Bring a request whose row is locked back to where it stood (`standing`), and give the entry of its history. `now` is aware.

    No `move`: that would ask again for the words that brought it there, and they were told.
    """
    at = max(now, request.updated_at)  # as in `move`
    moves = (request.status, request.resolution) != (before["status"], before["resolution"])
    entry = Update(
        request_id=request.id,
        from_status=request.status,
        to_status=before["status"],
        resolution=before["resolution"] if moves else None,
        internal_note=note,
        author=author,
        undoes_id=undoes.id,
        created_at=at,
    )
    session.add(entry)
    for name in (*_MOVES, *_HANDS):
        if name in before:
            value = before[name]
            setattr(request, name, datetime.fromisoformat(value) if value and name in _TIMES else value)
    request.updated_at = at
    await session.flush()
    await changed(session, request.id)
    return entry
