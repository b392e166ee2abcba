"""Undoing a join within seconds: both requests stand as they did before, and their histories tell of both steps."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.as_before import stand_again
from bot.cases.audit import record
from bot.cases.lookup import UnknownRequestError, lock_request
from bot.cases.merging import MergeError
from bot.cases.moves import Move, move
from bot.cases.people import conversations_of
from bot.cases.status import Status
from bot.db.tables import Addition, Join, Open311Report, RequestPhoto, ServiceRequest, Subscriber, Update

log = structlog.get_logger(__name__)

UNDONE_WITHIN = timedelta(seconds=10)  # what a clerk is shown; long enough to read two references again
# So much longer nobody is told: a click in the last moment is on its way for a while.
ON_ITS_WAY = timedelta(seconds=3)
HELD_FOR = UNDONE_WITHIN + ON_ITS_WAY


class TooLateError(MergeError):
    """The join cannot be undone any more: residents are told, or it was changed since. Take the resident out instead."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


async def find_join(session: AsyncSession, join_id: int) -> Join:
    """Raises `UnknownRequestError`."""
    join = await session.get(Join, join_id)
    if join is None:
        raise UnknownRequestError("There is no such join.")
    return join


async def last_join(session: AsyncSession, source_id: int, target_id: int) -> Join | None:
    """The join of two requests that stands; None where they are not joined, or were before joins could be undone."""
    return await session.scalar(
        select(Join)
        .where(Join.source_id == source_id, Join.target_id == target_id, Join.undone_at.is_(None))
        .order_by(Join.id.desc())
        .limit(1)
    )


async def undo_merge(session: AsyncSession, join_id: int, author: str, now: datetime) -> ServiceRequest:
    """Undo a join and give the request that stands by itself again. `now` is aware.

    Raises `UnknownRequestError`, and `TooLateError` when its time is over or either request was joined or taken out since.
    """
    join = await find_join(session, join_id)
    source = await session.get_one(ServiceRequest, join.source_id)
    target = await session.get_one(ServiceRequest, join.target_id)
    for row in sorted((source, target), key=lambda row: row.id):  # in the order of `merge_requests`
        await lock_request(session, row)
    await session.refresh(join)
    is_as_it_was = source.merged_into_id == target.id and target.merged_into_id is None
    if join.undone_at is not None or not is_as_it_was or now - join.created_at > HELD_FOR:
        raise TooLateError
    await _give_back(session, join)
    await _take_off(session, join)
    closed = await session.get_one(Update, join.update_id)
    note = f"Joining with {target.reference} was undone."
    source.merged_into_id = None
    await stand_again(session, source, join.before, closed, note, now, author)
    undone = f"{source.reference} was joined by mistake: undone."
    await move(session, target, Move(Status(target.status), author, internal_note=undone), now)
    join.undone_at = now
    record(session, author, "request.merge_undone", "request", source.reference, into=target.reference)
    log.info("request.merge_undone", request_id=source.id, into_id=target.id)
    await session.flush()
    return source


async def _give_back(session: AsyncSession, join: Join) -> None:
    """What residents of the source said and sent since the join is of their own request."""
    copied = Subscriber.id.in_(join.made["subscribers"])
    # What they said in another conversation of theirs as well, unless they follow the target there by themselves.
    stay = select(Subscriber.conversation_id).where(Subscriber.request_id == join.target_id, ~copied)
    theirs = conversations_of(select(Subscriber.conversation_id).where(copied))
    for table, last in ((Addition, "last_addition"), (RequestPhoto, "last_photo")):
        await session.execute(
            update(table)
            .where(
                table.request_id == join.target_id,
                table.conversation_id.in_(theirs),
                table.conversation_id.not_in(stay),
                table.id > join.made[last],
            )
            .values(request_id=join.source_id)
            .execution_options(synchronize_session=False)
        )
    # What another system passed on meanwhile is of the request that its key filed, where that is one of the two.
    key_of = select(Open311Report.key_id).where
    await session.execute(
        update(Addition)
        .where(
            Addition.request_id == join.target_id,
            Addition.id > join.made["last_addition"],
            Addition.key_id.in_(key_of(Open311Report.request_id == join.source_id)),
            Addition.key_id.not_in(key_of(Open311Report.request_id == join.target_id)),
        )
        .values(request_id=join.source_id)
        .execution_options(synchronize_session=False)
    )


async def _take_off(session: AsyncSession, join: Join) -> None:
    for table, name in ((Addition, "additions"), (RequestPhoto, "photos"), (Subscriber, "subscribers")):
        await session.execute(
            delete(table)
            .where(table.id.in_(join.made[name]), table.request_id == join.target_id)
            .execution_options(synchronize_session=False)
        )
