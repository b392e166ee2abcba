"""How it stands with the other system: of one request, and as a whole. For console, command and doctor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import SyncSystem
from bot.failures import FailureKind
from bot.settings import settings
from bot.sync.links import Pushed, counts, link_of
from bot.sync.systems import page_of

NAMES = {"servicenow": "ServiceNow", "open311": "the Open311 system"}


@dataclass(frozen=True, slots=True)
class Linked:
    """A request's record over there."""

    system: str  # as people call it
    number: str  # as their staff call it; "" before it is made
    page: str  # its address; "" where there is none
    exchanged_at: datetime | None  # the last exchange that went well
    waiting_since: datetime | None
    problem: str  # of this request
    untold: int  # words of ours that it does not take
    left_to_staff: bool  # nothing is tried again before somebody wants it


@dataclass(frozen=True, slots=True)
class SystemStanding:
    """A system as a whole."""

    system: str
    linked: int
    waiting: int
    oldest: datetime | None  # of those that wait
    failed: int  # requests that are left to staff
    read_at: datetime | None  # when its changes were read last
    paused_until: datetime | None
    problem: str
    loud: bool  # people have to mend it: nothing goes meanwhile


async def linked(session: AsyncSession, request_id: int) -> Linked | None:
    """None where the city has no other system, or knew none when the request changed last."""
    name = settings().sync
    link = await link_of(session, name, request_id) if name != "none" else None
    if link is None:
        return None
    return Linked(
        system=NAMES[name],
        number=link.remote_number if link.remote_id else "",
        page=page_of(settings(), link.remote_id) if link.remote_id else "",
        exchanged_at=link.exchanged_at,
        waiting_since=link.pending_since,
        problem=link.problem,
        untold=len(Pushed.of(link).untold),
        left_to_staff=link.failure == FailureKind.DETERMINISTIC,
    )


async def system_standing(session: AsyncSession) -> SystemStanding | None:
    """None where the city has no other system."""
    name = settings().sync
    if name == "none":
        return None
    state = await session.get(SyncSystem, name)
    number = await counts(session, name)
    return SystemStanding(
        system=NAMES[name],
        linked=number.linked,
        waiting=number.waiting,
        oldest=number.oldest,
        failed=number.failed,
        read_at=state.read_at if state else None,
        paused_until=state.paused_until if state else None,
        problem=state.problem if state else "",
        loud=state is not None and state.failure == FailureKind.MISCONFIGURED,
    )
