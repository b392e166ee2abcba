"""Who of staff has a request or a conversation open, over all web processes."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.sight import Subject, is_in_sight, requests_in_sight
from bot.cases.staff import StaffMember
from bot.db.tables import ServiceRequest, Staff, Viewer
from bot.web.access import MAX_ID

# A process says once a minute what its streams have open; what it has not said for so long was left by one that died.
LASTS = timedelta(minutes=3)
MOST_SUBJECTS = 20  # of one browser; more tabs than that are open, and nobody is at them

_SUBJECT = re.compile(r"^[rc][0-9]{1,19}$")


def read_subjects(named: str) -> tuple[str, ...]:
    """The subjects in `r12,c34`, each once; what is none is left out."""
    found = dict.fromkeys(part for part in named.split(",") if _SUBJECT.match(part))
    return tuple(found)[:MOST_SUBJECTS]


async def enter(
    session: AsyncSession, staff_id: int, subjects: Sequence[str], now: datetime
) -> tuple[int, ...]:
    """Somebody opened these; gives the rows that say so."""
    if not subjects:
        return ()
    rows = [{"staff_id": staff_id, "subject": subject, "until": now + LASTS} for subject in subjects]
    return tuple(await session.scalars(insert(Viewer).returning(Viewer.id), rows))


async def stay(session: AsyncSession, rows: Collection[int], now: datetime) -> None:
    """They still have them open. What nobody has said for long is swept out on the way."""
    if rows:
        await session.execute(update(Viewer).where(Viewer.id.in_(rows)).values(until=now + LASTS))
    await session.execute(delete(Viewer).where(Viewer.until < now))


async def leave(session: AsyncSession, rows: Collection[int]) -> None:
    """They closed them."""
    await session.execute(delete(Viewer).where(Viewer.id.in_(rows)))


async def sees(session: AsyncSession, staff: StaffMember, subject: str) -> bool:
    """Whether a request or a conversation is one that this member of staff may see."""
    kind, number = subject[0], int(subject[1:])
    if number > MAX_ID:
        return False
    if kind == "c":
        return await is_in_sight(session, staff, Subject.CONVERSATION, str(number))
    query = select(ServiceRequest.id).where(ServiceRequest.id == number, requests_in_sight(staff))
    return await session.scalar(query) is not None


async def others_here(session: AsyncSession, subject: str, staff_id: int, now: datetime) -> list[str]:
    """Names of the others who have it open, in the order of the alphabet."""
    rows = await session.scalars(
        select(Staff.name)
        .join(Viewer, Viewer.staff_id == Staff.id)
        .where(Viewer.subject == subject, Viewer.until > now, Staff.id != staff_id)
        .distinct()
        .order_by(Staff.name)
    )
    return list(rows)
