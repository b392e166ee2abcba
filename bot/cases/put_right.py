"""What a resident puts right of a request of their own, while it is theirs alone and nobody has begun with it."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.added import Said, keep_addition
from bot.cases.audit import record
from bot.cases.following import count_followers
from bot.cases.lookup import find_joined
from bot.cases.people import of_one_person
from bot.cases.places import put_at
from bot.cases.promises import first_promise
from bot.cases.status import Status
from bot.city.current import catalogue
from bot.city.location import Location
from bot.db.tables import ServiceRequest

log = structlog.get_logger(__name__)


async def move_request(
    session: AsyncSession,
    conversation_id: int,
    reference: str,
    location: Location,
    words: str,
    *,
    turn_id: int | None = None,
    at: datetime | None = None,
) -> bool:
    """Put the place right. False where staff have to decide.

    The words are an entry with it, so that staff see why. `turn_id`, `at`: as in `Said`. Safe to repeat.
    """
    request = await _theirs_alone(session, conversation_id, reference)
    if request is None:
        return False
    request.place_text = words
    put_at(request, location)
    said = Said(words, location=location, turn_id=turn_id, at=at)
    if await keep_addition(session, request.id, conversation_id, said):
        record(session, "resident", "request.place_changed", "request", request.reference)
    return True


async def rename_request(
    session: AsyncSession,
    conversation_id: int,
    reference: str,
    service_code: str,
    words: str,
    *,
    turn_id: int | None = None,
    at: datetime | None = None,
) -> bool:
    """Put right what it is about: its service, and with it the department and the day. As `move_request` otherwise."""
    service = catalogue().services.get(service_code)
    request = await _theirs_alone(session, conversation_id, reference)
    if request is None or service is None:
        return False
    before = request.service_code
    if before != service.code:
        # Its answers are to questions of the service it is not: they stay with the words, which say why.
        request.service_code, request.department = service.code, service.department
        request.due_on = first_promise(service, request.created_at)
    if await keep_addition(session, request.id, conversation_id, Said(words, turn_id=turn_id, at=at)):
        record(session, "resident", "request.service_changed", "request", request.reference, before=before)
        log.info("request.service_changed", request_id=request.id, service_code=service.code)
    return True


async def _theirs_alone(session: AsyncSession, conversation_id: int, reference: str) -> ServiceRequest | None:
    """The request, its row ours, where its resident may change it; None where staff decide."""
    request = await find_joined(session, reference, lock=True)
    begun = any(update.from_status is not None for update in request.updates)
    own = request.conversation_id in await of_one_person(session, conversation_id)
    theirs = own and await count_followers(session, request.id) == 1
    return None if begun or request.status != Status.OPEN or not theirs else request
