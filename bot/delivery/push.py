"""Pushing a change of a request into the conversations that follow it: the change and the pushes commit together."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.lookup import find_request
from bot.cases.merging import merge_requests, split_follower
from bot.cases.promises import is_overdue, promise_later, with_figures
from bot.cases.updates import Change, change_request, is_public, is_resolving, subscribed_conversations
from bot.city.current import calendar
from bot.db.tables import ServiceRequest, Update
from bot.delivery.notices.give import give_notice


async def update_request(session: AsyncSession, change: Change, *, now: datetime | None = None) -> Update:
    """Change a request and have everyone told who follows it. Raises as `change_request` does. `now` is aware.

    What is told is a turn of its own in each conversation, so it waits for the turn that is being taken, and the
    dialogue knows what the resident's next answer ("not fixed", a photo) is about.
    """
    update = await change_request(session, change)
    if is_public(update, len(change.photo_ids)):
        request = await session.get_one(ServiceRequest, update.request_id)
        event = _event(request, update, photos=list(change.photo_ids), resolving=is_resolving(update))
        for conversation_id in await subscribed_conversations(session, request.id):
            await give_notice(session, conversation_id, update, event, urgent=change.urgent, now=now)
    return update


async def tell_of_delays(session: AsyncSession, now: datetime, most: int = 50) -> int:
    """Give requests that missed their day another one and tell who follows them, each once; gives how many. `now` is aware."""
    today = now.astimezone(calendar().time_zone).date()
    late = await session.scalars(
        select(ServiceRequest)
        .where(
            is_overdue(today),
            ServiceRequest.late_told_at.is_(None),
            ServiceRequest.merged_into_id.is_(None),
            # The others have no next day: here they would stand before those that have one, for ever.
            ServiceRequest.service_code.in_(with_figures()),
        )
        .order_by(ServiceRequest.due_on, ServiceRequest.id)
        .limit(most)
    )
    told = 0
    for request in late.all():
        update = await promise_later(session, request, now)
        if update is None:
            continue
        told += 1
        for conversation_id in await subscribed_conversations(session, request.id):
            await give_notice(session, conversation_id, update, _event(request, update, late=True))
    return told


async def join_requests(session: AsyncSession, reference: str, into: str, author: str) -> Update:
    """Join one request into another and tell the residents of the first. Raises as `merge_requests` does."""
    update = await merge_requests(session, reference, into, author)
    source = await session.get_one(ServiceRequest, update.request_id)
    target = await find_request(session, into)
    event = _event(source, update, joined=target.reference)
    for conversation_id in await subscribed_conversations(session, source.id):
        await give_notice(session, conversation_id, update, event)
    return update


async def take_out(session: AsyncSession, reference: str, conversation_id: int, author: str) -> str:
    """Give a follower a request of their own, tell them, and give its reference. Raises as `split_follower` does."""
    own = await find_request(session, await split_follower(session, reference, conversation_id, author))
    await session.refresh(own, attribute_names=["updates"])
    update = own.updates[-1]
    if conversation_id in await subscribed_conversations(session, own.id):
        await give_notice(session, conversation_id, update, _event(own, update, taken_out_of=reference))
    return own.reference


def _event(request: ServiceRequest, update: Update, **more: Any) -> dict[str, Any]:
    """What the dialogue is told; a plain mapping, since it goes to the engine as it is."""
    return {
        "reference": request.reference,
        "request_id": request.id,
        "service_code": request.service_code,
        "place": request.address,
        "status": update.to_status,
        "note_only": update.from_status == update.to_status and update.resolution is None,
        "resolution": update.resolution,
        "referred_to": update.referred_to,
        "due_on": update.due_on.isoformat() if update.due_on else None,
        "public_text": update.public_text,
        "update_id": update.id,
        "photos": [],
        "resolving": False,
        "ends_work": is_resolving(update),
        **more,
    }
