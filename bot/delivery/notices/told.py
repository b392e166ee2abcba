"""Who was told of updates, who is told later, and who is not and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import Message, Notice, Update


@dataclass(frozen=True, slots=True)
class Told:
    """One update, one resident: whether it was told, and what became of the messages that told it."""

    notice: Notice
    messages: tuple[Message, ...]  # in order; none before it is told


async def told_of_request(session: AsyncSession, request_id: int) -> list[Told]:
    """Who was told of a request, in the order in which it happened."""
    notices = await session.scalars(
        select(Notice)
        .join(Update, Update.id == Notice.update_id)
        .where(Update.request_id == request_id)
        .order_by(Notice.id)
    )
    found = list(notices)
    turns = {notice.turn_id for notice in found if notice.turn_id is not None}
    messages: dict[int, list[Message]] = {}
    query = select(Message).where(Message.turn_id.in_(turns), Message.direction == "out").order_by(Message.id)
    for message in await session.scalars(query) if turns else ():
        messages.setdefault(message.turn_id or 0, []).append(message)
    return [Told(notice, tuple(messages.get(notice.turn_id or 0, ()))) for notice in found]


async def told_of(session: AsyncSession, update_ids: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    """Update id → how many residents are "told", "waiting: quiet", "suppressed: carrier" and so on."""
    rows = await session.execute(
        select(Notice.update_id, Notice.state, Notice.why, func.count())
        .where(Notice.update_id.in_(update_ids))
        .group_by(Notice.update_id, Notice.state, Notice.why)
        .order_by(Notice.update_id, Notice.state, Notice.why)
    )
    told: dict[int, dict[str, int]] = {}
    for update_id, state, why, count in rows:
        told.setdefault(update_id, {})[f"{state}: {why}" if why else state] = count
    return told
