"""What residents added to a request: entries of their own with their time, never part of what was told first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.filing import add_photos
from bot.cases.outward import changed
from bot.cases.status import Status
from bot.city.location import Location
from bot.db.tables import Addition, RequestPhoto, ServiceRequest, Update

STAFF = "staff:"  # how the author of an update begins, where it is one of staff


@dataclass(frozen=True, slots=True)
class Said:
    """What one turn of a resident adds to a request."""

    words: str = ""
    photo_ids: tuple[int, ...] = ()
    location: Location | None = None  # where they say it is, when that is what they add
    turn_id: int | None = None  # None: said in no turn of the engine's, as in a script
    at: datetime | None = None  # when it was said, aware; None: now
    asks: bool = False  # a question of theirs, which answers nothing
    urgent: bool = False  # they say that it cannot wait


async def keep_addition(session: AsyncSession, request_id: int, conversation_id: int, said: Said) -> bool:
    """Keep it as an entry of its own; False when there is nothing new. The request's row is locked (`lock_request`).

    A turn that is taken again adds nothing: what it said before is told by its number. The words and photos of one turn
    are one entry. What is said twice in two turns is two entries, since "still there" is news each time.
    """
    fresh = await add_photos(
        session, request_id, said.photo_ids, conversation_id, turn_id=said.turn_id, at=said.at
    )
    before = await _of_turn(session, request_id, conversation_id, said.turn_id)
    repeated = any(one.words == said.words for one in before)
    together = next((one for one in before if not one.words or not said.words), None)
    if said.words and not repeated:
        if together is not None and said.turn_id is not None:
            together.words, together.asks = said.words, said.asks
            _place(together, said.location)
        else:
            session.add(_new(request_id, conversation_id, said))
    elif fresh and (together is None or said.turn_id is None):
        session.add(_new(request_id, conversation_id, said))
    await session.flush()
    is_new = bool(fresh) or bool(said.words and not repeated)
    if is_new:
        await changed(session, request_id)
    return is_new


def is_added_to() -> ColumnElement[bool]:
    """The condition for requests to which a resident added something that staff have not answered with any change since."""
    unanswered = or_(ServiceRequest.staff_at.is_(None), ServiceRequest.added_at > ServiceRequest.staff_at)
    return and_(ServiceRequest.added_at.is_not(None), unanswered)


def unanswered_since() -> ScalarSelect[datetime]:
    """Since when what residents added to a request is unanswered; NULL where `is_added_to` does not apply."""
    first = select(func.min(Addition.created_at)).where(*_is_unanswered())
    return first.correlate(ServiceRequest).scalar_subquery()


def _is_unanswered() -> tuple[ColumnElement[bool], ...]:
    """The conditions for what was added to a request after the last change of staff."""
    last_word = (
        select(func.max(Update.created_at))
        .where(Update.request_id == Addition.request_id, Update.author.startswith(STAFF, autoescape=True))
        .correlate(Addition)
        .scalar_subquery()
    )
    unanswered = or_(last_word.is_(None), Addition.created_at > last_word)
    return Addition.request_id == ServiceRequest.id, unanswered


async def found_added(session: AsyncSession, request_ids: Sequence[int]) -> set[int]:
    """Those of the requests to which `is_added_to` applies."""
    query = select(ServiceRequest.id).where(ServiceRequest.id.in_(request_ids), is_added_to())
    return set(await session.scalars(query))


def has_asked_back() -> ColumnElement[bool]:
    """The condition for requests that wait for a resident who waits for staff: they asked what the question of staff means."""
    asked = (
        select(func.max(Update.created_at))
        .where(
            Update.request_id == Addition.request_id,
            Update.to_status == Status.WAITING,
            Update.public_text != "",
        )
        .correlate(Addition)
        .scalar_subquery()
    )
    back = exists().where(
        Addition.request_id == ServiceRequest.id, Addition.asks, Addition.created_at > asked
    )
    return and_(ServiceRequest.status == Status.WAITING, back.correlate(ServiceRequest))


def came_with(photo: RequestPhoto, addition: Addition) -> bool:
    """Whether a photo was sent in the very turn of an addition."""
    in_a_turn = photo.turn_id is not None and photo.turn_id == addition.turn_id
    return in_a_turn and photo.conversation_id == addition.conversation_id


async def _of_turn(
    session: AsyncSession, request_id: int, conversation_id: int, turn_id: int | None
) -> list[Addition]:
    rows = await session.scalars(
        select(Addition)
        .where(
            Addition.request_id == request_id,
            Addition.conversation_id == conversation_id,
            Addition.turn_id == turn_id if turn_id is not None else Addition.turn_id.is_(None),
        )
        .order_by(Addition.id)
    )
    return list(rows)


def _new(request_id: int, conversation_id: int, said: Said) -> Addition:
    row = Addition(
        request_id=request_id,
        conversation_id=conversation_id,
        turn_id=said.turn_id,
        words=said.words,
        asks=said.asks,
        created_at=said.at or datetime.now(UTC),
    )
    _place(row, said.location)
    return row


def _place(row: Addition, location: Location | None) -> None:
    if location is not None:
        row.address, row.lat, row.lon = location.name, location.point.lat, location.point.lon
