"""What the bot understood, for the transcript: beside the last message of each turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import Message, Turn

# What may be left out of what is kept.
_NOTHING = dict.fromkeys(
    (
        "language", "intent", "meant", "choice", "before", "after", "readings", "services", "service", "place", "vague", "parts", "danger",
        "question", "end", "gloss",
    )
)  # fmt: skip
_NO_PLACE = {"words": "", "outcome": "", "name": ""}


async def understood_by_message(
    session: AsyncSession, messages: Sequence[Message]
) -> dict[int, Mapping[str, Any]]:
    """What the turns of `messages` were understood as, by the id of the last message of each.

    A turn of before it was kept, one that was parked, and one of which the words have gone, have none.
    """
    last = {
        message.turn_id: message.id
        for message in messages
        if message.direction == "in" and message.turn_id is not None
    }
    if not last:
        return {}
    rows = await session.execute(
        select(Turn.id, Turn.understood).where(Turn.id.in_(last), Turn.understood.is_not(None))
    )
    return {last[turn_id]: _whole(understood) for turn_id, understood in rows if understood}


def _whole(understood: Mapping[str, Any]) -> Mapping[str, Any]:
    place = understood.get("place")
    return {**_NOTHING, **understood, "place": {**_NO_PLACE, **place} if place else None}
