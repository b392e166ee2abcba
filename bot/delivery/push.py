"""Pushing a change of a request into the conversations that follow it: the change and the pushes commit together."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.updates import Change, change_request, is_public, is_resolving, subscribed_conversations
from bot.db.jobs import enqueue_turn
from bot.db.tables import Conversation, ServiceRequest, Turn, Update


async def update_request(session: AsyncSession, change: Change) -> Update:
    """Change a request and tell everyone who follows it. Raises as `change_request` does.

    A push is a turn of its own in each conversation, so it waits for the turn that is being taken, and
    the dialogue knows what the resident's next answer ("not fixed", a photo) is about.
    """
    update = await change_request(session, change)
    if is_public(update, len(change.photo_ids)):
        request = await session.get_one(ServiceRequest, update.request_id)
        for conversation_id in await subscribed_conversations(session, request.id):
            await _push(session, conversation_id, request, update, change.photo_ids)
    return update


async def _push(
    session: AsyncSession,
    conversation_id: int,
    request: ServiceRequest,
    update: Update,
    photo_ids: tuple[int, ...],
) -> None:
    conversation = await session.get_one(Conversation, conversation_id)
    contact = conversation.contact
    if contact.opted_out_at is not None or contact.wants_updates is False:
        return
    event = {
        "reference": request.reference,
        "service_code": request.service_code,
        "place": request.address,
        "status": update.to_status,
        "public_text": update.public_text,
        "update_id": update.id,
        "photos": list(photo_ids),
        "resolving": is_resolving(update),
    }
    session.add(
        Turn(
            conversation_id=conversation_id,
            update_id=update.id,
            engine_message={
                "message": "/EXTERNAL_request_update",
                "metadata": {
                    "update": event,
                    "message_id": None,
                    "photos": [],
                    "photos_refused": [],
                    "pin": None,
                    "edited": False,
                    "language_hint": contact.language,
                },
            },
        )
    )
    await session.flush()
    await enqueue_turn(session, conversation_id)
