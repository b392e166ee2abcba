"""Who follows a request, which open ones may be the same matter, and taking a follower out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from bot.cases.duplicates import Neighbor, OpenRequest, nearest_open_duplicates, neighbors_of
from bot.cases.following import count_followers
from bot.cases.lookup import UnknownRequestError, reference_of
from bot.cases.merging import MergeError
from bot.cases.people import REGAINED
from bot.cases.sight import requests_in_sight
from bot.cases.staff import StaffMember
from bot.cases.status import ACTIVE
from bot.city.current import catalogue
from bot.city.location import Point
from bot.db.session import transaction
from bot.db.tables import Conversation, RequestPhoto, ServiceRequest, Subscriber
from bot.delivery.push import take_out
from bot.web.access import Posted, Reference, changing
from bot.web.console.people import contact_name

router = APIRouter(prefix="/console", include_in_schema=False)

SHOWN = 50  # followers, the newest ones; how many there are in all is told beside
NEARBY = 150  # metres: what the page's map shows
NOBODY = 0  # no conversation has this id


class JoinProblem(StrEnum):
    """Why two requests were not joined, or a resident not taken out; the template has a sentence for each."""

    UNKNOWN = "unknown"  # there is no request with this reference
    IMPOSSIBLE = "impossible"  # the same one, joined already, or finished
    TOO_LATE = "too_late"  # residents are told: a join is not undone any more
    NOT_OUT = "not_out"  # a resident is not taken out of their own report, nor of a joined one


@dataclass(frozen=True, slots=True)
class Follower:
    """A resident who follows a request beside the one who filed it, with what they said of it."""

    conversation_id: int
    name: str
    since: datetime
    words: str
    place: str
    photo_ids: tuple[int, ...]
    joined: bool  # their own report was joined with this one


@dataclass(frozen=True, slots=True)
class Following:
    """The part of a request's page about others who care."""

    count: int = 0  # residents who follow it, who filed it included
    followers: tuple[Follower, ...] = ()
    joined_into: str | None = None  # reference of the request this one was joined with
    similar: tuple[OpenRequest, ...] = ()  # open ones nearby that may be the same matter
    neighbors: tuple[Neighbor, ...] = ()  # what else is unfinished nearby, these included


async def load_following(session: AsyncSession, request: ServiceRequest) -> Following:
    """Everything the page shows of followers."""
    joined_into = await reference_of(session, request.merged_into_id)
    count = await count_followers(session, request.id)
    followers = await _followers(session, request)
    similar = await _similar(session, request)
    return Following(count, followers, joined_into, similar, await _neighbors(session, request))


async def in_sight(session: AsyncSession, following: Following, staff: StaffMember) -> Following:
    """The same for somebody who sees the requests of their department alone."""
    if not staff.confined:
        return following
    named = {one.reference for one in following.similar} | {one.reference for one in following.neighbors}
    seen = set(
        await session.scalars(
            select(ServiceRequest.reference).where(
                ServiceRequest.reference.in_(named), requests_in_sight(staff)
            )
        )
    )
    return replace(
        following,
        similar=tuple(one for one in following.similar if one.reference in seen),
        neighbors=tuple(one for one in following.neighbors if one.reference in seen),
    )


async def _followers(session: AsyncSession, request: ServiceRequest) -> tuple[Follower, ...]:
    rows = await session.execute(
        select(Subscriber, Conversation)
        .join(Conversation, Conversation.id == Subscriber.conversation_id)
        .where(Subscriber.request_id == request.id, Subscriber.origin.not_in(("filed", REGAINED)))
        .order_by(Subscriber.id.desc())
        .limit(SHOWN)
    )
    sent = await session.execute(
        select(RequestPhoto.photo_id, RequestPhoto.conversation_id)
        .where(RequestPhoto.request_id == request.id, RequestPhoto.kind == "report")
        .order_by(RequestPhoto.id)
    )
    photos: dict[int | None, list[int]] = {}
    for photo_id, conversation_id in sent:
        photos.setdefault(conversation_id, []).append(photo_id)
    return tuple(
        Follower(
            conversation.id,
            contact_name(conversation.contact),
            subscriber.created_at,
            subscriber.words,
            subscriber.address or subscriber.place_text,
            tuple(photos.get(conversation.id, ())),
            subscriber.origin == "merged",
        )
        for subscriber, conversation in rows
    )


async def _neighbors(session: AsyncSession, request: ServiceRequest) -> tuple[Neighbor, ...]:
    """What the map of the request shows beside it."""
    if request.lat is None or request.lon is None:
        return ()
    point = Point(request.lat, request.lon)
    return tuple(await neighbors_of(session, request.id, point, NEARBY))


async def _similar(session: AsyncSession, request: ServiceRequest) -> tuple[OpenRequest, ...]:
    service = catalogue().services.get(request.service_code)
    if service is None or request.lat is None or request.lon is None or request.status not in ACTIVE:
        return ()
    point = Point(request.lat, request.lon)
    found = await nearest_open_duplicates(session, service, point, NOBODY, datetime.now(UTC))
    return tuple(one for one in found if one.reference != request.reference)


@router.post("/requests/{reference}/take-out")
async def post_take_out(reference: Reference, post: Posted = Depends(changing)) -> Response:
    """Give a follower a request of their own."""
    conversation_id = (post.numbers("conversation") or (NOBODY,))[0]
    try:
        async with transaction() as session:
            author, now = post.login.staff.author, datetime.now(UTC)
            own = await take_out(session, reference, conversation_id, author, now=now)
    except UnknownRequestError:
        raise HTTPException(404) from None
    except MergeError:
        return back_to(reference, JoinProblem.NOT_OUT)
    return RedirectResponse(f"/console/requests/{own}", 303)


def back_to(reference: str, problem: JoinProblem) -> Response:
    """The page of a request, where the problem is told."""
    return RedirectResponse(f"/console/requests/{reference}?join={problem}#followers", 303)
