"""Words of requests that were finished long ago: the request stays as a figure, with its service, place on the map and dates."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.status import FINISHED
from bot.db.tables import Addition, Feedback, ServiceRequest, Subscriber, Update


async def forget_request_words(session: AsyncSession, before: datetime, limit: int) -> int:
    """Remove description, summary, answers, additions, notes, comments and followers' words of at most `limit` requests.

    Gives their number.
    """
    ids = await session.scalars(
        select(ServiceRequest.id)
        .where(
            ServiceRequest.updated_at < before,
            ServiceRequest.status.in_([str(status) for status in FINISHED]),
            or_(
                ServiceRequest.description != "",
                ServiceRequest.place_text != "",
                ServiceRequest.answers != {},
                exists().where(Addition.request_id == ServiceRequest.id),
                ServiceRequest.public_summary != "",
                ServiceRequest.staff_description != "",
            ),
        )
        .order_by(ServiceRequest.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = list(ids)
    for statement in (
        update(ServiceRequest)
        .where(ServiceRequest.id.in_(found))
        .values(description="", place_text="", answers={}, public_summary="", staff_description=""),
        update(Update)
        .where(Update.request_id.in_(found))
        .values(public_text="", internal_note="", corrected=Update.corrected.op("-")("description")),
        update(Feedback).where(Feedback.request_id.in_(found)).values(comment=None),
        update(Subscriber).where(Subscriber.request_id.in_(found)).values(words="", place_text=""),
        delete(Addition).where(Addition.request_id.in_(found)),
    ):
        await session.execute(statement.execution_options(synchronize_session=False))
    return len(found)
