"""The crew's page: what is to be done today, as a list and on the map, with large buttons, also where the network is poor."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import structlog
from fastapi import APIRouter, Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.assignment import MOST_CREW
from bot.cases.crew_card import cards_of
from bot.cases.crew_work import Step, Stop, Whose, change_of, crews_at_work, is_first_time, work_of
from bot.cases.lookup import UnknownRequestError, find_request, lock_request
from bot.cases.promises import standings
from bot.cases.staff_sessions import Login
from bot.cases.status import ACTIVE, TransitionError, UnexplainedError
from bot.cases.updates import MAX_PUBLIC_TEXT, NothingToChangeError
from bot.city.location import Point
from bot.city.map_view import view_of
from bot.db.session import transaction
from bot.delivery.push import update_request
from bot.web.access import MAX_FILES, Posted, Reference, changing, signed_in
from bot.web.language import spoken
from bot.web.map_svg import HEIGHT, WIDTH, Pin, RequestMap, pinned_map
from bot.web.templating import render
from bot.web.uploads import NOT_NOW, keep_files

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/console/today", include_in_schema=False)

_KEY = re.compile(r"^[A-Za-z0-9_-]{16,64}$")
_PIN_ROOM = 50  # pixels: a pin is 45 high
# The page may ask the phone where it is; what it answers stays in the phone.
_HEADERS = {"Permissions-Policy": "camera=(), microphone=(), geolocation=(self), payment=()"}


class StepProblem(StrEnum):
    """What keeps a step from being saved; the template has a kind sentence for each."""

    CHANGED = "changed"  # it has ended, or goes on elsewhere
    WORDS_NEEDED = "words_needed"
    PHOTO_NEEDED = "photo_needed"
    PHOTOS_REFUSED = "photos_refused"
    TOO_LONG = "too_long"
    NOTHING = "nothing"
    NOT_NOW = "not_now"  # our side cannot take photos at the moment: it is sent again


_STATUS = {StepProblem.CHANGED: 409, StepProblem.NOT_NOW: 503}


@dataclass(frozen=True, slots=True)
class _Wrong:
    reference: str
    problem: StepProblem
    step: Step
    words: str


class _StepError(Exception):
    def __init__(self, problem: StepProblem) -> None:
        super().__init__(problem)
        self.problem = problem


@router.get("")
async def today(
    request: Request,
    login: Login = Depends(signed_in),
    whose: str = "",
    crew: str = Query("", max_length=MOST_CREW),
    saved: str = "",
) -> Response:
    """What is to be done by whoever looks, by their department, or by a crew."""
    return await _page(request, login, whose, crew, saved=saved)


@router.post("/{reference}")
async def post_step(request: Request, reference: Reference, post: Posted = Depends(changing)) -> Response:
    """Do a step once, however often its form arrives.

    A page that keeps forms until there is a network (`X-Sent-Later`) gets the plain outcome; any other the page again.
    """
    key, later = post.text("key"), "x-sent-later" in request.headers
    try:
        step = Step(post.text("step"))
    except ValueError:
        raise HTTPException(422) from None
    if not _KEY.match(key):
        raise HTTPException(422)
    try:
        await _save(reference, step, key, post)
    except _StepError as error:
        status = _STATUS.get(error.problem, 422)
        if later:
            context = {"problem": error.problem, "most": MAX_PUBLIC_TEXT}
            return render(request, "today/_problem.html", context, status=status)
        wrong = _Wrong(reference, error.problem, step, post.text("words"))
        whose, crew = post.text("whose"), post.text("crew")[:MOST_CREW]
        return await _page(request, post.login, whose, crew, wrong=wrong, status=status)
    if later:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    address = request.url_for("today").include_query_params(
        whose=post.text("whose"), crew=post.text("crew")[:MOST_CREW], saved=reference
    )
    return RedirectResponse(f"{address.path}?{address.query}", 303)


async def _save(reference: str, step: Step, key: str, post: Posted) -> None:
    """Save a step. Raises `_StepError`, and 404 for an unknown reference."""
    staff, words = post.login.staff, post.text("words")
    if len(words) > MAX_PUBLIC_TEXT:
        raise _StepError(StepProblem.TOO_LONG)
    if step is Step.GIVE_BACK and not words:
        raise _StepError(StepProblem.WORDS_NEEDED)
    photos = await _photos(post)
    now = datetime.now(UTC)
    try:
        async with transaction() as session:
            row = await find_request(session, reference)
            await lock_request(session, row)
            if not await is_first_time(session, key, staff.id, now):
                return
            if row.status not in ACTIVE:
                raise _StepError(StepProblem.CHANGED)
            change = await change_of(session, row, step, words, staff.author, photos)
            update = await update_request(session, change, now=now)
    except UnknownRequestError:
        raise HTTPException(404) from None
    except TransitionError:
        raise _StepError(StepProblem.CHANGED) from None
    except UnexplainedError as error:
        photo = error.missing == "photos"
        raise _StepError(StepProblem.PHOTO_NEEDED if photo else StepProblem.WORDS_NEEDED) from None
    except NothingToChangeError:
        raise _StepError(StepProblem.NOTHING) from None
    log.info("crew.worked", request_id=row.id, update_id=update.id)


async def _photos(post: Posted) -> tuple[int, ...]:
    """The photos of a step, from the camera and from the phone's album. Raises `_StepError`."""
    kept, refused = await keep_files([*post.files("camera"), *post.files("photos")][:MAX_FILES])
    if any(file.reason == NOT_NOW for file in refused):
        raise _StepError(StepProblem.NOT_NOW)
    if refused:
        raise _StepError(StepProblem.PHOTOS_REFUSED)
    return kept


async def _page(
    request: Request,
    login: Login,
    whose: str,
    crew: str,
    *,
    saved: str = "",
    wrong: _Wrong | None = None,
    status: int = 200,
) -> Response:
    async with transaction() as session:
        chosen, stops = await _chosen(session, login, whose, crew)
        context: dict[str, Any] = {
            "whose": chosen,
            "crew": crew if chosen is Whose.CREW else "",
            "stops": stops,
            "cards": await cards_of(session, [one.request for one in stops], spoken()),
            "standing": await standings(session, [one.request.id for one in stops], datetime.now(UTC)),
            "crews": await crews_at_work(session, login.staff),
            "keys": [secrets.token_urlsafe(24) for _ in stops],
            "saved": saved,
            "wrong": wrong,
            "most": MAX_PUBLIC_TEXT,
        }
    # The first map loads the city's streets, which takes a second: not in the event loop.
    context["map"] = await asyncio.to_thread(_map_of, stops)
    return render(request, "today/page.html", context, status=status, headers=_HEADERS)


async def _chosen(session: AsyncSession, login: Login, whose: str, crew: str) -> tuple[Whose, Sequence[Stop]]:
    """What was asked for; where nothing was, their own, or their department's while they have nothing themselves."""
    if whose in set(Whose):
        wanted = Whose(whose)
        return wanted, await work_of(session, wanted, login.staff, crew)
    mine = await work_of(session, Whose.MINE, login.staff)
    if mine or not login.staff.department:
        return Whose.MINE, mine
    return Whose.DEPARTMENT, await work_of(session, Whose.DEPARTMENT, login.staff)


def _map_of(stops: Sequence[Stop]) -> RequestMap | None:
    """All of them, numbered as in the list; None where none has a place."""
    points: Mapping[str, Point] = {
        one.request.reference: Point(one.request.lat, one.request.lon)
        for one in stops
        if one.request.lat is not None and one.request.lon is not None
    }
    if not points:
        return None
    view = view_of(list(points.values()), WIDTH, HEIGHT, _PIN_ROOM)
    pins = [
        Pin(*view.pixel(point), label=str(number), of=reference)
        for number, (reference, point) in enumerate(points.items(), 1)
    ]
    return pinned_map(view, tuple(reversed(pins)))
