"""What ends by itself: a question of staff that nobody answers, and work that nobody has found fault with."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.added import has_asked_back
from bot.cases.moves import SYSTEM
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change
from bot.db.tables import ServiceRequest, Update
from bot.delivery.push import update_request
from bot.settings import Settings

MOST = 50  # requests in one transaction


async def end_by_themselves(session: AsyncSession, settings: Settings, now: datetime) -> int:
    """Close what has waited long enough, so many at a time; gives how many. Safe to repeat. `now` is aware.

    A question without an answer is closed kindly, and its resident told. Work that is done is closed for good without
    a word: nothing is new in it.
    """
    unanswered = await _unanswered(session, now - timedelta(days=settings.answer_days))
    for reference in unanswered:
        ended = Change(reference, Status.CLOSED, SYSTEM, resolution=Resolution.NO_ANSWER)
        await update_request(session, ended, now=now)
    done = await _done(session, now - timedelta(days=settings.reopen_days))
    for reference in done:
        await update_request(session, Change(reference, Status.CLOSED, SYSTEM), now=now)
    return len(unanswered) + len(done)


async def _unanswered(session: AsyncSession, before: datetime) -> list[str]:
    """Requests whose resident was asked last before that time, and has not asked back: then it is for us to answer."""
    asked = (
        select(func.max(Update.created_at))
        .where(
            Update.request_id == ServiceRequest.id,
            Update.to_status == Status.WAITING,
            Update.public_text != "",
        )
        .correlate(ServiceRequest)
        .scalar_subquery()
    )
    query = (
        select(ServiceRequest.reference)
        .where(ServiceRequest.status == Status.WAITING, asked < before, ~has_asked_back())
        .order_by(ServiceRequest.id)
        .limit(MOST)
        .with_for_update(skip_locked=True)
    )
    return list(await session.scalars(query))


async def _done(session: AsyncSession, before: datetime) -> list[str]:
    query = (
        select(ServiceRequest.reference)
        .where(ServiceRequest.status == Status.RESOLVED, ServiceRequest.ended_at < before)
        .order_by(ServiceRequest.id)
        .limit(MOST)
        .with_for_update(skip_locked=True)
    )
    return list(await session.scalars(query))
