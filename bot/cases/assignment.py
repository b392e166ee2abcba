"""Who has a request: a department of the city, a crew, a person of staff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.staff import find_staff
from bot.cases.status import ACTIVE
from bot.city.current import city
from bot.db.tables import ServiceRequest, Staff

MOST_CREW = 60  # characters: "Night crew 7, truck 12"


class UnknownDepartmentError(ValueError):
    """The city pack has no such department; the message lists those it has."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The city pack has no department {name!r}. It has: {', '.join(city().departments)}."
        )


class ClosedAccountError(ValueError):
    """Who is to have a request cannot log in any more."""

    def __init__(self, username: str) -> None:
        super().__init__(f"The account {username!r} is closed, so nobody would see the request there.")


class CrewTooLongError(ValueError):
    """A crew is named in a few words."""

    def __init__(self) -> None:
        super().__init__(f"A crew is named in {MOST_CREW} characters at most.")


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who has a request, each "" for nobody in particular."""

    department: str = ""  # of the pack
    crew: str = ""  # free words on one line
    person: str = ""  # username of a staff account

    def tidied(self) -> Assignment:
        """The same, as it is compared and kept."""
        crew = " ".join(self.crew.split())
        return Assignment(self.department.strip(), crew, self.person.strip().lower())

    def as_json(self) -> dict[str, str]:
        """How history keeps it."""
        return {"department": self.department, "crew": self.crew, "person": self.person}


def check_department(name: str | None) -> None:
    """Raise `UnknownDepartmentError` for a department that the pack does not have; None and "" are nobody's."""
    if name and name not in city().departments:
        raise UnknownDepartmentError(name)


async def assignment_of(session: AsyncSession, request: ServiceRequest) -> Assignment:
    """Who has a request now."""
    person = await session.get(Staff, request.assignee_id) if request.assignee_id is not None else None
    return Assignment(request.department or "", request.crew, person.username if person else "")


async def assign(session: AsyncSession, request: ServiceRequest, wanted: Assignment) -> Assignment | None:
    """Give a request, whose row is locked, to whom it is wanted; None where they have it already.

    What stays as it is needs no check: a department that has left the pack, a person who has left the city. Raises
    `UnknownDepartmentError`, `UnknownStaffError`, `ClosedAccountError` or `CrewTooLongError`. For `bot.cases.moves`
    alone, which writes the history of it.
    """
    before = await assignment_of(session, request)
    after = wanted.tidied()
    if after == before:
        return None
    if after.department != before.department:
        check_department(after.department)
        request.department = after.department or None
    if len(after.crew) > MOST_CREW:
        raise CrewTooLongError
    request.crew = after.crew
    if after.person != before.person:
        request.assignee_id = await _account(session, after.person) if after.person else None
    return after


async def _account(session: AsyncSession, username: str) -> int:
    row = await find_staff(session, username)
    if row.disabled_at is not None:
        raise ClosedAccountError(row.username)
    return row.id


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a request, as people read it."""

    assignment: Assignment = Assignment()
    name: str = ""  # of the person
    left: bool = False  # their account is closed: somebody else should have it


async def holders(session: AsyncSession, requests: Iterable[ServiceRequest]) -> Mapping[int, Holder]:
    """Request id → who has it, in one question."""
    rows = list(requests)
    ids = {row.assignee_id for row in rows if row.assignee_id is not None}
    staff = await session.scalars(select(Staff).where(Staff.id.in_(ids))) if ids else ()
    people = {person.id: person for person in staff}
    return {row.id: _holder(row, people.get(row.assignee_id or 0)) for row in rows}


def _holder(row: ServiceRequest, person: Staff | None) -> Holder:
    department = row.department or ""
    if person is None:
        return Holder(Assignment(department, row.crew))
    left = person.disabled_at is not None
    return Holder(Assignment(department, row.crew, person.username), person.name, left)


def needs_somebody() -> ColumnElement[bool]:
    """The condition for unfinished requests that no crew and no person has; who has left the city has nothing."""
    left = exists().where(Staff.id == ServiceRequest.assignee_id, Staff.disabled_at.is_not(None))
    nobody = and_(ServiceRequest.crew == "", ServiceRequest.assignee_id.is_(None))
    return and_(ServiceRequest.status.in_(sorted(ACTIVE)), or_(nobody, left))


def is_with(username: str) -> ColumnElement[bool]:
    """The condition for requests that a person has."""
    account = select(Staff.id).where(Staff.username == username).scalar_subquery()
    return ServiceRequest.assignee_id == account
