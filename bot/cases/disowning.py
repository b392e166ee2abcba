"""Taking a number off a request that is not its owner's: a wrong number, a phone with a new owner."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.lookup import find_joined, find_request
from bot.cases.moves import RESIDENT, Move, move
from bot.cases.people import leave_person
from bot.cases.status import Status
from bot.db.tables import Conversation, Subscriber

log = structlog.get_logger(__name__)

NOTE = "The number says that this report is not theirs. It was taken off and gets no more updates."


async def disown_request(
    session: AsyncSession, conversation_id: int, reference: str, at: datetime | None = None
) -> None:
    """Take the conversation off the request (and the one it was joined with); its contact gets no more updates.

    Whoever holds the number now may be somebody new: it is no longer joined with other conversations. The request stays as it is.
    `at`: when they said so, aware; None: now. Safe to repeat. Raises `UnknownRequestError`.
    """
    named = await find_request(session, reference)
    request = await find_joined(session, reference, lock=True)
    gone = await session.scalars(
        delete(Subscriber)
        .where(
            Subscriber.request_id.in_({named.id, request.id}), Subscriber.conversation_id == conversation_id
        )
        .returning(Subscriber.request_id)
    )
    at = at or datetime.now(UTC)
    await leave_person(session, conversation_id)
    conversation = await session.get_one(Conversation, conversation_id)
    conversation.contact.wants_updates = False
    conversation.contact.disowned_at = conversation.contact.disowned_at or at
    for request_id in set(gone):
        one = named if request_id == named.id else request
        await move(session, one, Move(Status(one.status), RESIDENT, internal_note=NOTE), at)
        record(session, "resident", "request.disowned", "request", one.reference)
        log.info("request.disowned", request_id=one.id, conversation_id=conversation_id)
