"""The pencil beside service, place and description: what is entered is looked at with what residents will read, then saved."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from fastapi import APIRouter, Depends
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.assignment import assignment_of
from bot.cases.correcting import (
    MOST_DESCRIPTION,
    Correction,
    DescriptionTooLongError,
    NothingToCorrectError,
    Wanted,
    described,
    plan_correction,
)
from bot.cases.filing import UnknownServiceError
from bot.cases.lookup import UnknownRequestError, find_request, lock_request
from bot.cases.places import location_of
from bot.cases.status import JoinedError
from bot.city.current import catalogue
from bot.city.entered import MOST_WORDS, PlaceError, PlaceUnclearError, chosen, key_of, look_up
from bot.city.location import Location
from bot.conversation.reach import Reach, reach_of_request
from bot.db.session import transaction
from bot.db.tables import Addition, ServiceRequest, Update
from bot.delivery.notices.wording import Reading, readings
from bot.delivery.push import correct_request, correction_event
from bot.web.access import Posted, Reference, changing, signed_in
from bot.web.console.pin import pin_start
from bot.web.map_svg import RequestMap, moved_map
from bot.web.templating import in_language, render

router = APIRouter(prefix="/console", include_in_schema=False)

YES = "yes"


class CorrectingProblem(StrEnum):
    """What keeps a correction from being saved; the template has a kind sentence for each."""

    NOTHING = "nothing"  # all of it stands there like this already
    CHANGED_MEANWHILE = "changed_meanwhile"  # somebody else was faster, or a resident told more
    NOT_SEEN = "not_seen"  # what residents read is another text than was looked at
    JOINED = "joined"
    TOO_LONG = "too_long"
    SERVICE = "service"  # it left the catalogue
    PLACE = "place"  # none of the city
    UNCLEAR = "unclear"  # several places are meant
    PLACE_MISSING = "place_missing"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several places that are meant."""

    key: str
    place: Location


@dataclass(frozen=True, slots=True)
class CorrectingForm:
    """What a clerk entered, None where they left what stood there, and what is wrong with it.

    So what somebody else changed meanwhile is never put back by who did not touch it.
    """

    service: str | None = None
    place: str | None = None
    no_place: bool | None = None
    chosen: str = ""  # which of several places
    description: str | None = None
    problem: CorrectingProblem | None = None
    why: str = ""  # in a sentence, why a place is none
    choices: tuple[Choice, ...] = ()

    @classmethod
    def read(cls, post: Posted) -> CorrectingForm:
        entered = {name: post.text(name) for name in ("service", "place", "no_place", "description")}
        kept = {name for name, value in entered.items() if value == post.text(f"had_{name}")}
        return cls(
            service=None if "service" in kept else entered["service"],
            place=None if "place" in kept else entered["place"],
            no_place=None if "no_place" in kept else entered["no_place"] == YES,
            chosen=post.text("chosen"),
            description=None if "description" in kept else entered["description"],
        )

    def wrong(self, problem: CorrectingProblem, why: str = "") -> CorrectingForm:
        return replace(self, problem=problem, why=why)


@dataclass(frozen=True, slots=True)
class Look:
    """What a correction will change, and what residents will read of it."""

    correction: Correction
    department_before: str
    reach: Reach
    readings: tuple[Reading, ...]  # of those who are told; () where it is told nobody
    token: str  # of exactly this: what is saved is what was looked at
    map: RequestMap | None  # of the new place, with the one before


class _RefusedError(Exception):
    """The form cannot be saved as it is."""

    def __init__(self, form: CorrectingForm) -> None:
        super().__init__()
        self.form = form


@router.get("/requests/{reference}/correct", dependencies=[Depends(signed_in)])
async def correcting_page(request: Request, reference: Reference) -> Response:
    """The form, filled in with what stands there."""
    return await _page(request, reference, CorrectingForm())


@router.post("/requests/{reference}/correct")
async def post_correction(
    request: Request, reference: Reference, post: Posted = Depends(changing)
) -> Response:
    """Look at a correction; with the second button it is saved, as it was looked at."""
    form = CorrectingForm.read(post)
    now = datetime.now(UTC)
    try:
        wanted = await _wanted(form)
        async with transaction() as session:
            row = await _known(session, reference)
            if post.text("act") == "save":
                # Its row is ours: what is newest now is still newest when we write.
                await lock_request(session, row)
            seen = await _seen(session, row)
            if post.text("seen") != seen:
                if await _is_saved(session, row, wanted, post.login.staff.author, now):  # a double click
                    return _saved(row.reference, told=_is_told(wanted))
                raise _RefusedError(form.wrong(CorrectingProblem.CHANGED_MEANWHILE))
            plan = await plan_correction(session, row, wanted, now)
            if post.text("act") == "save" and post.text("looked") == _token(plan):
                await correct_request(session, row.reference, wanted, post.login.staff.author, now)
                return _saved(row.reference, told=plan.is_told)
            look = await _look(session, row, plan)
    except _RefusedError as refused:
        stale = refused.form.problem is CorrectingProblem.CHANGED_MEANWHILE
        return await _page(request, reference, refused.form, status=409 if stale else 422)
    except JoinedError:
        return await _page(request, reference, form.wrong(CorrectingProblem.JOINED), status=409)
    except NothingToCorrectError:
        return await _page(request, reference, form.wrong(CorrectingProblem.NOTHING), status=422)
    except DescriptionTooLongError:
        return await _page(request, reference, form.wrong(CorrectingProblem.TOO_LONG), status=422)
    except UnknownServiceError:
        gone = replace(form, service=None).wrong(CorrectingProblem.SERVICE)
        return await _page(request, reference, gone, status=422)
    again = post.text("act") == "save"
    return await _page(
        request, reference, form.wrong(CorrectingProblem.NOT_SEEN) if again else form, look=look
    )


async def _wanted(form: CorrectingForm) -> Wanted:
    """What is to stand there. Raises `_RefusedError` for a place that is none."""
    if form.no_place:
        return Wanted(form.service, placeless=True, description=form.description)
    if not form.place:
        if form.place is not None or form.no_place is False:
            raise _RefusedError(form.wrong(CorrectingProblem.PLACE_MISSING))
        return Wanted(form.service, description=form.description)
    try:
        # The first look-up loads the city's streets, and a geocoder may be asked: not in the event loop.
        place = await asyncio.to_thread(look_up, form.place)
    except PlaceUnclearError as unclear:
        found = chosen(unclear.candidates, form.chosen)
        if found is None:
            choices = tuple(Choice(key_of(one), one) for one in unclear.candidates)
            raise _RefusedError(replace(form.wrong(CorrectingProblem.UNCLEAR), choices=choices)) from None
        place = found
    except PlaceError as error:
        raise _RefusedError(form.wrong(CorrectingProblem.PLACE, str(error))) from None
    return Wanted(form.service, place, description=form.description)


async def _page(
    request: Request, reference: str, form: CorrectingForm, *, look: Look | None = None, status: int = 200
) -> Response:
    async with transaction() as session:
        row = await _known(session, reference)
        context = {
            "it": row,
            "described": described(row),
            "joined": row.merged_into_id is not None,
            "seen": await _seen(session, row),
        }
        stands = location_of(row)
    looked_at = look.correction.place.after if look and look.correction.place else None
    pin = await asyncio.to_thread(
        pin_start, stands.point if stands else None, looked_at.point if looked_at else None
    )
    groups = [(in_language(group.names), catalogue().in_group(group.code)) for group in catalogue().groups]
    limits = {"max_description": MOST_DESCRIPTION, "max_place": MOST_WORDS}
    more = {"form": form, "look": look, "pin": pin, "groups": groups, "services": catalogue().services}
    return render(request, "requests/correct.html", {**context, **more, **limits}, status=status)


async def _look(session: AsyncSession, row: ServiceRequest, plan: Correction) -> Look:
    reach = await reach_of_request(session, row.id)
    event, now = correction_event(row, plan), datetime.now(UTC)
    shown = await readings(session, event, reach, now) if plan.is_told else ()
    before, there = (plan.place.before, plan.place.after) if plan.place else (None, None)
    return Look(
        correction=plan,
        department_before=(await assignment_of(session, row)).department,
        reach=reach,
        readings=shown,
        token=_token(plan),
        map=await asyncio.to_thread(moved_map, before.point if before else None, there.point)
        if there
        else None,
    )


async def _known(session: AsyncSession, reference: str) -> ServiceRequest:
    try:
        return await find_request(session, reference)
    except UnknownRequestError:
        raise HTTPException(404) from None


async def _seen(session: AsyncSession, row: ServiceRequest) -> str:
    """What was newest when the page was opened: of staff, and of residents, who may have put it right themselves."""
    newest = [
        await session.scalar(select(func.max(table.id)).where(table.request_id == row.id))
        for table in (Update, Addition)
    ]
    return "-".join(str(number or 0) for number in newest)


async def _is_saved(
    session: AsyncSession, row: ServiceRequest, wanted: Wanted, author: str, now: datetime
) -> bool:
    """Whether the newest entry is this very correction, by the same hand."""
    newest = await session.scalar(
        select(Update).where(Update.request_id == row.id).order_by(Update.id.desc()).limit(1)
    )
    if newest is None or newest.author != author or not newest.corrected:
        return False
    try:
        await plan_correction(session, row, wanted, now)
    except NothingToCorrectError:
        return True
    return False


def _is_told(wanted: Wanted) -> bool:
    return wanted.service_code is not None or wanted.place is not None or wanted.placeless


def _token(plan: Correction) -> str:
    """The same for the same change with the same consequences."""
    with_whom = plan.assignment.as_json() if plan.assignment else None
    parts = [plan.as_json(), str(plan.due_on), with_whom]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _saved(reference: str, *, told: bool) -> Response:
    # With its own fragment: without one the browser takes that of the form along.
    return RedirectResponse(
        f"/console/requests/{reference}?corrected={'told' if told else 'quiet'}#corrected", 303
    )
