"""What a crew, a person or a department has to do, in the order in which one walks it, and what they do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.cases.assignment import Assignment, assignment_of
from bot.cases.sight import requests_in_sight
from bot.cases.staff import StaffMember
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change
from bot.city.geometry import distance_between
from bot.city.location import Point
from bot.db.tables import RequestPhoto, SentForm, ServiceRequest

MOST = 40  # requests: more than anybody walks in a day
MOST_CREWS = 30
# As the indexes say it, word for word: PostgreSQL uses a partial index of a prepared statement only so.
AT_WORK = text("service_requests.status IN ('open', 'in_progress')")


class Whose(StrEnum):
    MINE = "mine"
    DEPARTMENT = "department"  # of who looks
    CREW = "crew"  # a crew by its name


class Step(StrEnum):
    """The buttons of a crew."""

    ON_THE_WAY = "on_the_way"
    DONE = "done"
    WAITS = "waits"  # for something; the words say for what
    NOTHING_THERE = "nothing_there"
    GIVE_BACK = "give_back"  # somebody else should have it; a note says why


@dataclass(frozen=True, slots=True)
class Stop:
    """One request on the way. `metres`: as the crow flies from the one before; None for the first and where there is no place.

    Photos and updates of the request are loaded.
    """

    request: ServiceRequest
    metres: float | None


async def work_of(session: AsyncSession, whose: Whose, staff: StaffMember, crew: str = "") -> list[Stop]:
    """What is to be done, `MOST` at most: the days promised first decide what is on the list, then nearest follows nearest."""
    if whose is Whose.DEPARTMENT and not staff.department:
        return []
    rows = await session.scalars(
        select(ServiceRequest)
        .where(
            AT_WORK,
            ServiceRequest.passed_back_at.is_(None),
            _is_of(whose, staff, crew),
            requests_in_sight(staff),
        )
        .order_by(ServiceRequest.due_on, ServiceRequest.id)
        .limit(MOST)
        .options(
            selectinload(ServiceRequest.photos).selectinload(RequestPhoto.photo),
            selectinload(ServiceRequest.updates),
        )
    )
    return walking_order(list(rows))


def _is_of(whose: Whose, staff: StaffMember, crew: str) -> ColumnElement[bool]:
    if whose is Whose.MINE:
        return ServiceRequest.assignee_id == staff.id
    if whose is Whose.CREW:
        return ServiceRequest.crew == crew
    return ServiceRequest.department == staff.department


async def crews_at_work(session: AsyncSession, staff: StaffMember) -> list[str]:
    """The crews that have anything to do that this person sees, by name. Each is looked up by itself, however much they have."""
    found: list[str] = []
    last = ""
    while len(found) < MOST_CREWS:
        query = select(ServiceRequest.crew).where(
            AT_WORK, ServiceRequest.crew > last, requests_in_sight(staff)
        )
        crew = await session.scalar(query.order_by(ServiceRequest.crew).limit(1))
        if crew is None:
            break
        found.append(crew)
        last = crew
    return found


def walking_order(requests: Sequence[ServiceRequest]) -> list[Stop]:
    """From the first on, always the nearest that is left; what has no place comes last."""
    placed = [(one, point) for one in requests if (point := _point(one)) is not None]
    stops: list[Stop] = []
    here: Point | None = None
    while placed:
        away = [distance_between(here, point) if here else 0.0 for _, point in placed]
        metres = min(away)
        nearest, point = placed.pop(away.index(metres))
        stops.append(Stop(nearest, metres if here else None))
        here = point
    return [*stops, *(Stop(one, None) for one in requests if _point(one) is None)]


def _point(request: ServiceRequest) -> Point | None:
    return Point(request.lat, request.lon) if request.lat is not None and request.lon is not None else None


async def change_of(
    session: AsyncSession,
    request: ServiceRequest,
    step: Step,
    words: str,
    author: str,
    photo_ids: tuple[int, ...] = (),
) -> Change:
    """The change that a button stands for. `words` are for the resident; of `GIVE_BACK` for staff."""
    if step is Step.GIVE_BACK:
        held = await assignment_of(session, request)
        nobody = Assignment(held.department)
        return Change(
            request.reference,
            Status(request.status),
            author,
            internal_note=words,
            assignment=nobody,
            passes_back=True,
        )
    status, resolution = {
        Step.ON_THE_WAY: (Status.IN_PROGRESS, None),
        Step.DONE: (Status.RESOLVED, None),
        Step.WAITS: (Status.ON_HOLD, None),
        Step.NOTHING_THERE: (Status.CLOSED, Resolution.NOTHING_FOUND),
    }[step]
    return Change(request.reference, status, author, words, photo_ids=photo_ids, resolution=resolution)


async def is_first_time(session: AsyncSession, key: str, staff_id: int, now: datetime) -> bool:
    """Whether a form with this key was not saved before. Whoever sends it at the same time waits until we are through.

    `key` is drawn anew for each form that is filled in, so that one that is sent again, since no answer came, counts once.
    """
    row = insert(SentForm).values(key=key, staff_id=staff_id, created_at=now)
    return await session.scalar(row.on_conflict_do_nothing().returning(SentForm.key)) is not None
