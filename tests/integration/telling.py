"""Telling residents at once what would wait a little, or for the morning."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.city.current import city
from bot.db.session import transaction
from bot.db.tables import Conversation, Notice
from bot.delivery.notices.tell import tell


async def as_they_are(
    _session: AsyncSession, _conversation: Conversation, event: dict[str, Any]
) -> dict[str, Any]:
    """The pictures of an event as the city took them."""
    return event


def noon_after(moment: datetime) -> datetime:
    """The next noon of the city: nobody is told at night."""
    local = moment.astimezone(city().time_zone)
    day = local.date() + timedelta(days=local.hour >= 12)
    return datetime.combine(day, time(12), local.tzinfo).astimezone(UTC)


async def tell_everybody(later: timedelta = timedelta(days=1)) -> int:
    """What is told until the noon after `later`: how many turns."""
    now = noon_after(datetime.now(UTC) + later)
    async with transaction() as session:
        waiting = sorted(set(await session.scalars(select(Notice.conversation_id))))
    return sum([await tell(one, as_they_are, now=now) for one in waiting])
