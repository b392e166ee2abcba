"""Joining two requests: both are shown with what their residents will be told, then joined, and for ten seconds undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.following import count_followers
from bot.cases.lookup import UnknownRequestError, find_request
from bot.cases.merging import MergeError, check_joinable, locked_pair
from bot.cases.references import parse_reference
from bot.cases.sight import Subject, is_in_sight
from bot.cases.staff import StaffMember
from bot.cases.staff_sessions import Login
from bot.cases.status import ACTIVE, Status
from bot.cases.undoing import UNDONE_WITHIN, TooLateError, find_join, last_join
from bot.city.current import catalogue, city
from bot.city.geometry import distance_between
from bot.city.location import Point
from bot.conversation.reach import Reach, reach_of_request
from bot.db.session import transaction
from bot.db.tables import ServiceRequest
from bot.delivery.notices.wording import Reading, readings
from bot.delivery.push import join_event, join_requests, undo_join
from bot.web.access import Posted, Reference, changing, signed_in
from bot.web.console.followers import JoinProblem, back_to
from bot.web.templating import render

router = APIRouter(prefix="/console", include_in_schema=False)

FAR = 150.0  # metres, or the radius of the service where that is more: what is farther apart is likely two matters


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two requests, as far as it tells whether they are about one matter."""

    reference: str
    service_code: str
    words: tuple[str, ...]  # of staff where they put it right, told first, and added since
    address: str
    neighborhood: str | None
    photo_ids: tuple[int, ...]
    status: Status
    filed_at: datetime
    followers: int


@dataclass(frozen=True, slots=True)
class Preview:
    source: Side
    target: Side
    metres: float | None  # None: one of them has no place
    other_service: bool
    far: bool
    reach: Reach  # the residents of the source, who are told
    readings: tuple[Reading, ...]
    seen: str  # the newest update of either; a join of what has changed since is asked about again
    reversible: bool  # the other way round is possible, too


@dataclass(frozen=True, slots=True)
class JoinedNow:
    """A join that can still be undone."""

    id: int
    source: str  # reference of the request that was joined
    seconds: int


async def joined_now(session: AsyncSession, join_id: int | None, reference: str) -> JoinedNow | None:
    """The join into a request that was made a moment ago; None where it cannot be undone (any more)."""
    if join_id is None:
        return None
    try:
        join = await find_join(session, join_id)
    except UnknownRequestError:
        return None
    target = await session.get_one(ServiceRequest, join.target_id)
    source = await session.get_one(ServiceRequest, join.source_id)
    left = UNDONE_WITHIN - (datetime.now(UTC) - join.created_at)
    if join.undone_at is not None or target.reference != reference or left.total_seconds() <= 0:
        return None
    return JoinedNow(join.id, source.reference, max(1, round(left.total_seconds())))


@router.get("/requests/{reference}/join")
async def join_preview(
    request: Request,
    reference: Reference,
    into: str = "",
    changed: bool = False,
    login: Login = Depends(signed_in),
) -> Response:
    """Both requests side by side, and the very words that residents will get."""
    named = parse_reference(into, city().reference_prefix)
    async with transaction() as session:
        source = await _known(session, reference)
        try:
            await _check_sight(session, login.staff, named)
            target = await find_request(session, named or "")
            check_joinable(source, target)
        except UnknownRequestError:
            return back_to(reference, JoinProblem.UNKNOWN)
        except MergeError:
            return back_to(reference, JoinProblem.IMPOSSIBLE)
        preview = await _preview(session, source, target)
    return render(request, "requests/join.html", {"preview": preview, "changed": changed})


@router.post("/requests/{reference}/join")
async def post_join(reference: Reference, post: Posted = Depends(changing)) -> Response:
    """Join this request into the one that is named, as it was shown; its residents follow that one from now on."""
    into = parse_reference(post.text("into"), city().reference_prefix)
    try:
        async with transaction() as session:
            await _known(session, reference)
            await _check_sight(session, post.login.staff, into)
            source, target = await locked_pair(session, reference, into or "")
            if source.merged_into_id == target.id:  # a double click
                return await _to_the_joined(session, source, target)
            check_joinable(source, target)
            if post.text("seen") != _seen(source, target):
                address = f"/console/requests/{reference}/join?into={target.reference}"
                return RedirectResponse(f"{address}&changed=1" if post.text("seen") else address, 303)
            author, now = post.login.staff.author, datetime.now(UTC)  # theirs from here: the seconds run
            await join_requests(session, source.reference, target.reference, author, now=now)
            return await _to_the_joined(session, source, target)
    except UnknownRequestError:
        return back_to(reference, JoinProblem.UNKNOWN)
    except MergeError:
        return back_to(reference, JoinProblem.IMPOSSIBLE)


@router.post("/requests/{reference}/undo-join")
async def post_undo(reference: Reference, post: Posted = Depends(changing)) -> Response:
    """Undo the join of this request; when residents are told already the clerk reads what can be done."""
    join_id = (post.numbers("join") or (0,))[0]
    try:
        async with transaction() as session:
            source = await _known(session, reference)
            join = await find_join(session, join_id)
            if join.source_id != source.id:
                raise HTTPException(404)
            await undo_join(session, join_id, post.login.staff.author, datetime.now(UTC))
    except UnknownRequestError:
        raise HTTPException(404) from None
    except TooLateError:
        return back_to(reference, JoinProblem.TOO_LATE)
    return RedirectResponse(f"/console/requests/{reference}?undone=1", 303)


async def _check_sight(session: AsyncSession, staff: StaffMember, reference: str | None) -> None:
    """Raises `UnknownRequestError` for a request that this person does not see."""
    if not await is_in_sight(session, staff, Subject.REQUEST, reference or ""):
        raise UnknownRequestError


async def _known(session: AsyncSession, reference: str) -> ServiceRequest:
    try:
        return await find_request(session, reference)
    except UnknownRequestError:
        raise HTTPException(404) from None


async def _to_the_joined(session: AsyncSession, source: ServiceRequest, target: ServiceRequest) -> Response:
    join = await last_join(session, source.id, target.id)
    made = f"?joined={join.id}" if join else ""
    return RedirectResponse(f"/console/requests/{target.reference}{made}", 303)


async def _preview(session: AsyncSession, source: ServiceRequest, target: ServiceRequest) -> Preview:
    metres = _metres_between(source, target)
    service = catalogue().services.get(target.service_code)
    radius = float(service.duplicate_radius_m) if service else 0.0
    reach = await reach_of_request(session, source.id)
    return Preview(
        source=await _side(session, source),
        target=await _side(session, target),
        metres=metres,
        other_service=source.service_code != target.service_code,
        far=metres is not None and metres > max(FAR, radius),
        reach=reach,
        readings=await readings(session, join_event(source, target.reference), reach, datetime.now(UTC)),
        seen=_seen(source, target),
        reversible=source.status in ACTIVE,
    )


async def _side(session: AsyncSession, request: ServiceRequest) -> Side:
    return Side(
        reference=request.reference,
        service_code=request.service_code,
        words=tuple(
            filter(
                None,
                (request.staff_description, request.description, *(one.words for one in request.additions)),
            )
        ),
        address=request.address,
        neighborhood=request.neighborhood,
        photo_ids=tuple(photo.photo_id for photo in request.photos if photo.kind == "report"),
        status=Status(request.status),
        filed_at=request.created_at,
        followers=await count_followers(session, request.id),
    )


def _metres_between(one: ServiceRequest, other: ServiceRequest) -> float | None:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    return distance_between(Point(one.lat, one.lon), Point(other.lat, other.lon))


def _seen(source: ServiceRequest, target: ServiceRequest) -> str:
    return "-".join(str(max((one.id for one in row.updates), default=0)) for row in (source, target))
