"""What everybody who has the link may know of a request: the work of the city, and nothing of anybody who lives there.

Only what is named here reaches the public page. No words of a resident, no note, no name of staff and nothing of who follows
it has a place in these classes. What staff choose to show of it is in `bot.cases.showing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.following import count_followers
from bot.cases.lookup import find_joined, was_reopened
from bot.cases.moves import RESIDENT
from bot.cases.public_links import request_of_token
from bot.cases.status import Resolution, Status
from bot.city.location import Point
from bot.db.tables import RequestPhoto, ServiceRequest, Update


@dataclass(frozen=True, slots=True)
class News:
    """What staff told the public, and when."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class PublicPhoto:
    """A photo that may be shown."""

    photo_id: int
    of_work: bool  # else the resident's, cleared by staff
    at: datetime


@dataclass(frozen=True, slots=True)
class PublicView:
    reference: str
    joined: str  # reference of the request that the link was of, where that was joined with this one; else ""
    service_code: str
    summary: str  # what it is about, as staff say it; "" until they do
    address: str  # "" for what happened nowhere
    point: Point | None
    status: Status
    resolution: Resolution | None
    referred_to: str  # whose it is, where it is not ours
    reopened: bool  # its end was taken back, and nothing was done since
    received_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    due_on: date | None
    latest: News | None  # of how it stands now
    earlier: tuple[News, ...]  # newest first
    photos: tuple[PublicPhoto, ...]  # of the work first
    followers: int


async def load_public_view(session: AsyncSession, token: str) -> PublicView:
    """What the page of a link shows. Raises `UnknownRequestError`."""
    linked = await request_of_token(session, token)
    request = await find_joined(session, linked.reference)
    return view_of(linked, request, await count_followers(session, request.id))


def view_of(linked: ServiceRequest, request: ServiceRequest, followers: int) -> PublicView:
    """What may be known of a request, `linked` being the one that is asked for and `request` the one it goes on as.

    Updates and photos of `request` are loaded, as `find_request` does.
    """
    history = request.standing_updates
    told = [update for update in history if update.public_text and update.author != RESIDENT]
    news = [News(update.created_at, update.public_text) for update in reversed(told)]
    # What was said before it moved last is history: "a crew comes on Tuesday" of what is done by now.
    is_current = bool(told) and told[-1].id >= _last_move(history)
    return PublicView(
        reference=request.reference,
        joined=linked.reference if linked.id != request.id else "",
        service_code=request.service_code,
        summary=request.public_summary,
        address=request.address,
        point=_point(request),
        status=Status(request.status),
        resolution=Resolution(request.resolution) if request.resolution else None,
        referred_to=_referred_to(request),
        reopened=request.status == Status.OPEN and was_reopened(history),
        received_at=request.created_at,
        begun_at=_begun_at(history),
        ended_at=request.ended_at,
        due_on=request.due_on,
        latest=news[0] if is_current else None,
        earlier=tuple(news[1:] if is_current else news),
        photos=_photos(request.photos),
        followers=followers,
    )


def _point(request: ServiceRequest) -> Point | None:
    if request.lat is None or request.lon is None:
        return None
    return Point(request.lat, request.lon)


def _referred_to(request: ServiceRequest) -> str:
    """As the move said it that ended the request."""
    if request.resolution != Resolution.NOT_OURS:
        return ""
    named = (
        update.referred_to for update in reversed(request.standing_updates) if update.resolution is not None
    )
    return next(named, "")


def _last_move(updates: Sequence[Update]) -> int:
    """Id of the update that brought it to where it stands."""
    return max((update.id for update in updates if update.from_status != update.to_status), default=0)


def _begun_at(updates: Sequence[Update]) -> datetime | None:
    """When somebody began, since it was put back last."""
    begun: datetime | None = None
    for move in updates:
        if move.to_status == Status.OPEN and move.from_status != Status.OPEN:
            begun = None
        elif move.to_status == Status.IN_PROGRESS and begun is None:
            begun = move.created_at
    return begun


def _photos(photos: Sequence[RequestPhoto]) -> tuple[PublicPhoto, ...]:
    """What may be shown: the work of the city, and of residents' what staff cleared."""
    shown: dict[int, PublicPhoto] = {}
    for photo in sorted(photos, key=lambda photo: photo.kind != "completion"):
        of_work = photo.kind == "completion"
        if of_work or photo.cleared:
            shown.setdefault(photo.photo_id, PublicPhoto(photo.photo_id, of_work, photo.created_at))
    return tuple(shown.values())
