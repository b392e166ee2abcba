"""Writing down that a resident is to be told of an update: in the transaction of the update, with the job that tells it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.city.current import city
from bot.conversation.consent import is_not_told
from bot.db.jobs import enqueue_notices
from bot.db.tables import Conversation, Message, Notice, Update
from bot.delivery.notices.hours import quiet_hours, told_at
from bot.settings import settings


class NoticeState(StrEnum):
    WAITING = "waiting"
    TOLD = "told"
    # `why`: what kept it from being told, as `bot.conversation.consent.Barrier`, or MUTED
    SUPPRESSED = "suppressed"


MUTED = "muted"  # they do not want to hear of this request


async def give_notice(
    session: AsyncSession,
    conversation_id: int,
    update: Update,
    event: Mapping[str, Any],
    *,
    urgent: bool = False,
    held_for: timedelta = timedelta(0),
    now: datetime | None = None,
) -> None:
    """Have the resident of a conversation told of `event`; who does not want to hear is not told, and the row says why.

    `held_for`: so long it can be taken back, and nobody hears of it, not even who is in the middle of a conversation.
    `now` is aware.
    """
    conversation = await session.get_one(Conversation, conversation_id)
    last_said = await last_said_in(session, conversation_id)
    now = now or datetime.now(UTC)
    barrier = is_not_told(conversation.contact)
    # Kept with what is told: it may be asked again when nothing else knows.
    told = {**event, "urgent": True} if urgent else dict(event)
    notice = Notice(
        update_id=update.id, conversation_id=conversation_id, event=told, created_at=now, due_at=now
    )
    if barrier is not None and barrier.keeps_updates:
        notice.state, notice.why = NoticeState.SUPPRESSED, barrier.why
        session.add(notice)
        return
    quiet = quiet_hours(settings().quiet_hours)
    notice.state = NoticeState.WAITING
    notice.due_at, notice.why = told_at(now, quiet, city().time_zone, last_said, urgent=urgent)
    if held_for:
        notice.held_until = now + held_for
        notice.due_at = max(notice.due_at, notice.held_until)
    session.add(notice)
    await session.flush()
    await enqueue_notices(session, conversation_id, notice.due_at)


async def last_said_in(session: AsyncSession, conversation_id: int) -> datetime | None:
    """When the resident of a conversation wrote last."""
    return await session.scalar(
        select(Message.created_at)
        .where(Message.conversation_id == conversation_id, Message.direction == "in")
        .order_by(Message.id.desc())
        .limit(1)
    )
