"""Residents' files that do not come, for whoever runs the machines: how many, since when, and whose fault it looks like."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.photos import WORTH_ASKING
from bot.db.tables import Media, Message
from bot.failures import FailureKind
from bot.photos.store import PhotoStoreAwayError


class Fault(StrEnum):
    """What a file that does not come waits for."""

    STORE = "store"  # our own store takes none: its disk is full, or it is away
    SETTING = "setting"  # the provider does not let us have it: a credential is wrong
    AWAY = "away"  # the provider, the database or the network

    @property
    def sentence(self) -> str:
        """For staff: what it waits for, and what to do."""
        return _SENTENCES[self]


_SENTENCES = {
    Fault.STORE: "The photo store takes none: is its disk full? Each is kept at its provider meanwhile and tried again for a day.",
    Fault.SETTING: "The provider refuses to hand them out: look at its credentials in the settings.",
    Fault.AWAY: "What they come from does not answer. They are tried again for a day.",
}


@dataclass(frozen=True, slots=True)
class LateFiles:
    """Files that wait for one reason; residents were told that they have not come yet."""

    fault: Fault
    count: int
    since: datetime  # when the first of them was sent


async def late_files(session: AsyncSession, now: datetime) -> list[LateFiles]:
    """What has been waiting for longer than usual, the store's first."""
    rows = await session.execute(
        select(Media.failure, Media.reason, func.count(), func.min(Message.created_at))
        .join(Message, Message.id == Media.message_id)
        .where(Media.state == "waiting", Media.failure.is_not(None), Message.created_at < now - WORTH_ASKING)
        .group_by(Media.failure, Media.reason)
    )
    found: dict[Fault, list[tuple[int, datetime]]] = defaultdict(list)
    for failure, reason, count, since in rows:
        found[_fault(failure or "", reason or "")].append((count, since))
    return [
        LateFiles(fault, sum(count for count, _ in found[fault]), min(since for _, since in found[fault]))
        for fault in Fault
        if fault in found
    ]


def _fault(failure: str, reason: str) -> Fault:
    if reason.startswith(PhotoStoreAwayError.__name__):
        return Fault.STORE
    return Fault.SETTING if failure == FailureKind.MISCONFIGURED else Fault.AWAY
