"""Who was not told of an update of a request and why, each resident by themselves: who filed it, and whoever follows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from bot.conversation.consent import Barrier
from bot.conversation.states import OutboundState
from bot.db.tables import Conversation, Message
from bot.delivery.notices.give import MUTED, NoticeState
from bot.delivery.notices.put_back import PUT_BACK
from bot.delivery.notices.take_back import UNDONE
from bot.delivery.notices.told import WENT_OUT, Told, told_of_request
from bot.web.console.people import contact_name


@dataclass(frozen=True, slots=True)
class NotTold:
    """One resident who heard nothing of an update, or not all of it."""

    conversation_id: int
    name: str
    why: str  # a sentence after "the resident", or after "not delivered" of what failed
    failed: int | None = None  # the message that can be sent again
    in_part: bool = False  # another message of the same telling went out


async def load_not_told(session: AsyncSession, request_id: int) -> Mapping[int, tuple[NotTold, ...]]:
    """Update id → who was not told of it, in the order in which they follow."""
    found = [(told, reason) for told in await told_of_request(session, request_id) if (reason := _why(told))]
    names = await _names(session, (told.notice.conversation_id for told, _ in found))
    by_update: dict[int, list[NotTold]] = {}
    for told, (why, failed) in found:
        conversation_id = told.notice.conversation_id
        in_part = any(message.state in WENT_OUT for message in told.messages)
        one = NotTold(conversation_id, names[conversation_id], why, failed, in_part)
        by_update.setdefault(told.notice.update_id, []).append(one)
    return {update_id: tuple(people) for update_id, people in by_update.items()}


def _why(told: Told) -> tuple[str, int | None] | None:
    """Why, and the message to send again; None for who is told, is told later, or has nothing to hear any more."""
    notice = told.notice
    if notice.state == NoticeState.SUPPRESSED:
        return None if notice.why in (PUT_BACK, UNDONE) else (_barred(notice.why), None)
    failed = [message for message in told.messages if message.state == OutboundState.FAILED]
    if failed:
        return failed[0].detail or "", failed[0].id
    kept = [message for message in told.messages if message.state == OutboundState.SUPPRESSED]
    return (kept[0].detail or "does not want messages", None) if _nothing_else(kept, told.messages) else None


def _nothing_else(kept: list[Message], messages: tuple[Message, ...]) -> bool:
    return bool(kept) and len(kept) == len(messages)


def _barred(why: str | None) -> str:
    if why == MUTED:
        return "does not want to hear of this request"
    return Barrier(why).sentence if why in set(Barrier) else "could not be told"


async def _names(session: AsyncSession, conversation_ids: Iterable[int]) -> Mapping[int, str]:
    wanted = select(Conversation).where(Conversation.id.in_(set(conversation_ids)))
    rows = await session.scalars(wanted.options(joinedload(Conversation.contact)))
    return {row.id: contact_name(row.contact) for row in rows}
