"""Who was told of updates, who is told later, and who is not and why. Told is to whom it went out, not whom we meant to tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.states import OutboundState
from bot.db.tables import Message, Notice, Turn, Update
from bot.delivery.notices.give import NoticeState
from bot.delivery.notices.put_back import PUT_BACK
from bot.delivery.notices.take_back import UNDONE

WENT_OUT = (OutboundState.SENT, OutboundState.DELIVERED, OutboundState.READ)
UNDER_WAY = (OutboundState.QUEUED, OutboundState.SENDING)
# What a notice comes to beside its own states.
ON_ITS_WAY, FAILED = "on its way", "failed"


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


@dataclass(slots=True)
class Telling:
    """What became of the notices of one update."""

    counts: Counter[str] = field(
        default_factory=Counter
    )  # "told", "waiting: quiet", "suppressed: carrier", …
    waits_until: datetime | None = None  # aware; the last of those who are told later

    @property
    def told(self) -> int:
        """Residents to whom it went out."""
        return self.counts[NoticeState.TOLD]

    @property
    def on_its_way(self) -> int:
        return self.counts[ON_ITS_WAY]

    @property
    def not_told(self) -> int:
        """Residents who do not want to hear of it or could not be reached; not those of whom it was taken back."""
        suppressed = sum(n for what, n in self.counts.items() if what.startswith(NoticeState.SUPPRESSED))
        taken_back = self.counts[f"{NoticeState.SUPPRESSED}: {UNDONE}"] + self.put_back
        return suppressed + self.counts[FAILED] - taken_back

    @property
    def put_back(self) -> int:
        """Residents who were not told, since it was put back before."""
        return self.counts[f"{NoticeState.SUPPRESSED}: {PUT_BACK}"]


async def tellings_of(session: AsyncSession, update_ids: Sequence[int]) -> Mapping[int, Telling]:
    """Update id → what became of telling it; an update that nobody was to be told of is not in it."""
    rows = await session.execute(
        select(
            Notice.update_id,
            Notice.state,
            Notice.why,
            Notice.due_at,
            Turn.finished_at,
            func.bool_or(Message.state.in_(WENT_OUT)),
            func.bool_or(Message.state.in_(UNDER_WAY)),
        )
        .outerjoin(Turn, Turn.id == Notice.turn_id)
        .outerjoin(Message, and_(Message.turn_id == Notice.turn_id, Message.direction == "out"))
        .where(Notice.update_id.in_(update_ids))
        .group_by(Notice.id, Turn.id)
        .order_by(Notice.id)
    )
    tellings: dict[int, Telling] = {}
    for update_id, state, why, due_at, finished_at, went_out, under_way in rows:
        telling = tellings.setdefault(update_id, Telling())
        if state == NoticeState.TOLD:
            telling.counts[_outcome(finished_at, went_out=went_out, under_way=under_way)] += 1
            continue
        telling.counts[f"{state}: {why}" if why else state] += 1
        if state == NoticeState.WAITING:
            telling.waits_until = max(telling.waits_until or due_at, due_at)
    return tellings


async def told_of(session: AsyncSession, update_ids: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    """Update id → how many residents are "told", "on its way", "failed", "waiting: quiet", "suppressed: carrier" and so on."""
    tellings = await tellings_of(session, update_ids)
    return {update_id: dict(sorted(telling.counts.items())) for update_id, telling in tellings.items()}


def _outcome(finished_at: datetime | None, *, went_out: bool | None, under_way: bool | None) -> str:
    """Of a notice whose turn was made: whether its words have gone out."""
    if went_out:
        return NoticeState.TOLD
    return ON_ITS_WAY if under_way or finished_at is None else FAILED
