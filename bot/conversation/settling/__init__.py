"""What is settled when a message comes in, before any language understanding: one module a matter.

Each has `async def settle(session, arrival) -> bool`: True when nothing is left to understand, but danger where it asked for that
(`arrival.listen_for_danger`). They are asked in the order below, which is part of what they mean; adding a matter is adding a
module and its place in the list.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.settling import (
    automatic,
    buttons,
    circles,
    consent,
    edits,
    erasing,
    groups,
    help_word,
    location_button,
    reactions,
    start,
    strangers,
    unreadable,
)
from bot.conversation.settling.arrival import Arrival

Settle = Callable[[AsyncSession, Arrival], Awaitable[bool]]

MATTERS: tuple[Settle, ...] = (
    edits.settle,  # an edit of nothing is forgotten, whatever its words
    reactions.settle,  # what it quotes are our words, "Reply STOP" among them
    start.settle,
    consent.settle,
    automatic.settle,  # before anything is answered
    buttons.settle,
    location_button.settle,
    help_word.settle,
    erasing.settle,
    unreadable.settle,
    groups.settle,
    strangers.settle,
    circles.settle,  # what nobody settled, for the dialogue
)


async def settle(session: AsyncSession, arrival: Arrival) -> bool:
    """Deal with everything that needs no language understanding. True when nothing is left to do."""
    for matter in MATTERS:
        if await matter(session, arrival):
            return not arrival.for_danger
    return False
