"""Staff who are named in a note, as `@ana`: they find it on a page of their own until they have seen it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.sight import requests_in_sight
from bot.cases.staff import StaffMember
from bot.db.tables import Mention, ServiceRequest, Staff, Update

# As `bot.cases.staff` lets usernames be; not within an e-mail address.
_NAMED = re.compile(r"(?<![\w@.])@([a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?)", re.IGNORECASE)
MOST = 20  # people in one note


@dataclass(frozen=True, slots=True)
class Mentioned:
    """One note that names somebody."""

    id: int
    request: ServiceRequest
    author: str
    note: str
    at: datetime  # aware UTC
    seen: bool


def named_in(note: str) -> tuple[str, ...]:
    """The usernames that a note names, each once, in their order."""
    return tuple(dict.fromkeys(found.lower() for found in _NAMED.findall(note)))[:MOST]


async def keep_mentions(session: AsyncSession, written: Update) -> None:
    """Keep who is named in the note of an update; names that nobody has, closed accounts and its author are passed over."""
    names = named_in(written.internal_note)
    if not names:
        return
    people = await session.scalars(
        select(Staff).where(Staff.username.in_(names), Staff.disabled_at.is_(None)).order_by(Staff.id)
    )
    for person in people:
        if written.author != f"staff:{person.username}":
            row = insert(Mention).values(
                update_id=written.id, staff_id=person.id, created_at=written.created_at
            )
            await session.execute(row.on_conflict_do_nothing())


async def count_unseen(session: AsyncSession, staff: StaffMember) -> int:
    """How many notes that name them somebody has not seen, of requests that they may see."""
    query = select(func.count()).where(Mention.staff_id == staff.id, Mention.seen_at.is_(None))
    if staff.confined:
        query = query.join_from(Mention, Update, Update.id == Mention.update_id)
        query = query.join(ServiceRequest, ServiceRequest.id == Update.request_id)
        query = query.where(requests_in_sight(staff))
    return await session.scalar(query) or 0


async def mentions_of(
    session: AsyncSession,
    staff: StaffMember,
    *,
    before: int | None = None,
    limit: int = 50,
    unseen: bool = False,
) -> Sequence[Mentioned]:
    """Notes that name somebody on requests that they may see, the newest first; `before`: older than this mention. `unseen`: those alone."""
    query = (
        select(Mention, Update, ServiceRequest)
        .join(Update, Update.id == Mention.update_id)
        .join(ServiceRequest, ServiceRequest.id == Update.request_id)
        .where(Mention.staff_id == staff.id, requests_in_sight(staff))
        .order_by(Mention.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Mention.id < before)
    if unseen:
        query = query.where(Mention.seen_at.is_(None))
    return [
        Mentioned(
            one.id, request, written.author, written.internal_note, one.created_at, one.seen_at is not None
        )
        for one, written, request in await session.execute(query)
    ]


async def see_mentions(
    session: AsyncSession, staff_id: int, now: datetime, *, mention_id: int | None = None
) -> None:
    """Somebody has seen a note that names them; without `mention_id` all of them. Safe to repeat. `now` is aware."""
    query = update(Mention).where(Mention.staff_id == staff_id, Mention.seen_at.is_(None))
    if mention_id is not None:
        query = query.where(Mention.id == mention_id)
    await session.execute(query.values(seen_at=now))


async def see_mentions_on(session: AsyncSession, request_id: int, author: str, now: datetime) -> None:
    """Who changes a request, or answers in a note, has seen what names them there. `now` is aware."""
    if not author.startswith("staff:"):
        return
    person = select(Staff.id).where(Staff.username == author.removeprefix("staff:")).scalar_subquery()
    there = select(Update.id).where(Update.request_id == request_id)
    await session.execute(
        update(Mention)
        .where(Mention.staff_id == person, Mention.seen_at.is_(None), Mention.update_id.in_(there))
        .values(seen_at=now)
    )
