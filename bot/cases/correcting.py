"""What is put right of a request, by staff or its own resident: its service, its place, and what it is about.

The words of residents are nobody's to mend. `description` stays what the resident told; what staff say instead stands before it
(`staff_description`), and `place_text` stays how the resident named the place. What stood there before is in the history
(`Update.corrected`), with who put it right and when.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.assignment import Assignment, assignment_of
from bot.cases.filing import UnknownServiceError
from bot.cases.lookup import find_request, lock_request
from bot.cases.moves import Move, move
from bot.cases.places import location_of, put_at
from bot.cases.promises import promise_of_another
from bot.cases.status import JoinedError, Status
from bot.city.catalogue import Service
from bot.city.current import catalogue
from bot.city.location import Location
from bot.db.tables import ServiceRequest, Update

log = structlog.get_logger(__name__)

MOST_DESCRIPTION = 600  # characters: what it is about, not its story

_T = TypeVar("_T")


class NothingToCorrectError(ValueError):
    """Everything stands there as it is wanted."""

    def __init__(self) -> None:
        super().__init__("Nothing to correct: it stands there like this already.")


class DescriptionTooLongError(ValueError):
    """What it is about has more than `MOST_DESCRIPTION` characters."""

    def __init__(self) -> None:
        super().__init__(f"What it is about may have {MOST_DESCRIPTION} characters at most.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What staff want to stand there; None, and False: as it is."""

    service_code: str | None = None
    place: Location | None = None
    placeless: bool = False  # it happened nowhere a crew could go
    description: str | None = None  # "": the resident's own words say it


@dataclass(frozen=True, slots=True)
class Changed(Generic[_T]):
    """What stood there and what stands there instead."""

    before: _T
    after: _T


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction changes, and what follows from it; None for what stays."""

    service: Changed[str] | None = None  # codes
    place: Changed[Location | None] | None = None  # None in it: no place
    description: Changed[str] | None = None  # as staff read it
    assignment: Assignment | None = None  # who has it from then on: another service is another department's
    due_on: date | None = None  # another day by which it is promised

    @property
    def is_told(self) -> bool:
        """Whether residents hear of it. What it is about in words of staff is for staff."""
        return self.service is not None or self.place is not None

    def as_json(self) -> dict[str, dict[str, Any]]:
        """How history keeps it: "service", "place" and "description", each `before` and `after`."""
        kept: dict[str, dict[str, Any]] = {}
        if self.service is not None:
            kept["service"] = {"before": self.service.before, "after": self.service.after}
        if self.place is not None:
            kept["place"] = {"before": _kept(self.place.before), "after": _kept(self.place.after)}
        if self.description is not None:
            kept["description"] = {"before": self.description.before, "after": self.description.after}
        return kept


def described(request: ServiceRequest) -> str:
    """What a request is about, as staff read it: in their own words where they put it right, else in the resident's."""
    return request.staff_description or request.description


async def plan_correction(
    session: AsyncSession, request: ServiceRequest, wanted: Wanted, now: datetime
) -> Correction:
    """What a correction would change, without changing it. `now` is aware.

    Raises `JoinedError`, `UnknownServiceError`, `DescriptionTooLongError`, or `NothingToCorrectError`.
    """
    if request.merged_into_id is not None:
        raise JoinedError
    service = _service(wanted.service_code) if wanted.service_code is not None else None
    other = service if service is not None and service.code != request.service_code else None
    correction = Correction(
        service=Changed(request.service_code, other.code) if other else None,
        place=_place(request, wanted),
        description=_description(request, wanted.description),
        assignment=await _with_whom(session, request, other) if other else None,
        due_on=await promise_of_another(session, request, other, now) if other else None,
    )
    if not correction.as_json():
        raise NothingToCorrectError
    return correction


async def put_right(
    session: AsyncSession, reference: str, wanted: Wanted, author: str, now: datetime
) -> tuple[Update, Correction]:
    """Put a request right and give the entry of its history, and what was changed. `now` is aware.

    The row is locked, so two people who do it at once go one after the other. Raises `UnknownRequestError`, and as
    `plan_correction` does.
    """
    request = await find_request(session, reference)
    await lock_request(session, request)
    correction = await plan_correction(session, request, wanted, now)
    if correction.service is not None:
        request.service_code = correction.service.after  # its answers stay: they were given to what was asked
    if correction.place is not None:
        put_at(request, correction.place.after)
    if correction.description is not None:
        after = correction.description.after
        request.staff_description = after if after != request.description else ""
    step = Move(
        Status(request.status),
        author,
        due_on=correction.due_on,
        assignment=correction.assignment,
        corrected=correction.as_json(),
    )
    update = await move(session, request, step, now)
    log.info(
        "request.corrected", request_id=request.id, update_id=update.id, parts=sorted(correction.as_json())
    )
    return update, correction


def _service(code: str) -> Service:
    service = catalogue().services.get(code)
    if service is None:
        raise UnknownServiceError(f"There is no service {code!r} in the city's catalogue.")
    return service


def _place(request: ServiceRequest, wanted: Wanted) -> Changed[Location | None] | None:
    before = location_of(request)
    after = None if wanted.placeless else wanted.place or before
    same = (before and (before.point, before.name)) == (after and (after.point, after.name))
    return None if same else Changed(before, after)


def _description(request: ServiceRequest, wanted: str | None) -> Changed[str] | None:
    if wanted is None:
        return None
    before, after = described(request), wanted.strip() or request.description
    if len(after) > MOST_DESCRIPTION and after != request.description:
        raise DescriptionTooLongError
    return Changed(before, after) if after != before else None


async def _with_whom(session: AsyncSession, request: ServiceRequest, service: Service) -> Assignment | None:
    """Who has it when it is of another service; None for who has it now.

    Where staff gave it to another department than the catalogue's, they knew better, and still do. A crew and a person
    belong to their department: they do not come along to another.
    """
    before = catalogue().services.get(request.service_code)
    by_hand = before is not None and request.department != before.department
    if by_hand or request.department == service.department:
        return None
    given = Assignment(service.department)
    return given if given != await assignment_of(session, request) else None


def _kept(place: Location | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {
        "address": place.name,
        "lat": place.point.lat,
        "lon": place.point.lon,
        "kind": str(place.kind),
        "neighborhood": place.neighborhood,
        "zip_code": place.zip_code,
    }
