"""Telling residents at once what would wait a little, or for the morning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.session import transaction
from bot.db.tables import Conversation, Notice
from bot.delivery.notices.tell import tell


async def as_they_are(
    _session: AsyncSession, _conversation: Conversation, event: dict[str, Any]
) -> dict[str, Any]:
    """The pictures of an event as the city took them."""
    return event


async def tell_everybody(later: timedelta = timedelta(days=1)) -> int:
    """What is told until `later`: how many turns."""
    async with transaction() as session:
        waiting = sorted(set(await session.scalars(select(Notice.conversation_id))))
    return sum([await tell(one, as_they_are, now=datetime.now(UTC) + later) for one in waiting])
