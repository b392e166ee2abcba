"""What a resident puts right of a request of their own, while it is theirs alone and nobody has begun with it.

It is written as what staff put right is (`bot.cases.correcting`): what stood there before is in the history, and their first
words for the place stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.added import Said, keep_addition
from bot.cases.correcting import NothingToCorrectError, Wanted, put_right
from bot.cases.following import count_followers
from bot.cases.lookup import find_joined
from bot.cases.moves import RESIDENT
from bot.cases.people import of_one_person
from bot.cases.status import Status
from bot.city.current import catalogue
from bot.city.location import Location
from bot.db.tables import ServiceRequest


@dataclass(frozen=True, slots=True)
class Renamed:
    """A request that is of another service now."""

    due_on: date | None = None  # another day by which it is promised


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
    await _put_right(session, request, Wanted(place=location), at)
    said = Said(words, location=location, turn_id=turn_id, at=at)
    await keep_addition(session, request.id, conversation_id, said)
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
) -> Renamed | None:
    """Put right what it is about: its service, and with it the department and the day. None where staff have to decide.

    The words are an entry with it, as in `move_request`.
    """
    request = await _theirs_alone(session, conversation_id, reference)
    if request is None or service_code not in catalogue().services:
        return None
    due_on = await _put_right(session, request, Wanted(service_code), at)
    await keep_addition(session, request.id, conversation_id, Said(words, turn_id=turn_id, at=at))
    return Renamed(due_on)


async def _put_right(
    session: AsyncSession, request: ServiceRequest, wanted: Wanted, at: datetime | None
) -> date | None:
    """What is wanted stands there, with an entry of the history unless it did; gives another day that it is promised for."""
    try:
        _, correction = await put_right(session, request.reference, wanted, RESIDENT, at or datetime.now(UTC))
    except NothingToCorrectError:
        return None
    return correction.due_on


async def _theirs_alone(session: AsyncSession, conversation_id: int, reference: str) -> ServiceRequest | None:
    """The request, its row ours, where its resident may change it; None where staff decide."""
    request = await find_joined(session, reference, lock=True)
    begun = any(one.from_status is not None and one.author != RESIDENT for one in request.updates)
    own = request.conversation_id in await of_one_person(session, conversation_id)
    theirs = own and await count_followers(session, request.id) == 1
    return None if begun or request.status != Status.OPEN or not theirs else request
