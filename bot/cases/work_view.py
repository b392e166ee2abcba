"""What a department's crew reads of a request, in its mail and on its page: what, where, words and photos, and how it stands.

Neither number nor name of a resident has a place in here, and those that residents wrote into their words are taken out: a
mailbox keeps its mails by rules of its own, and erasing somebody here does not reach it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.cases.answers import in_words, services_of
from bot.cases.moves import RESIDENT
from bot.cases.public_view import News
from bot.cases.status import Resolution, Status
from bot.city.current import catalogue
from bot.city.location import Point
from bot.db.tables import (
    Contact,
    Conversation,
    Open311Report,
    RequestPhoto,
    ServiceRequest,
    Subscriber,
    Update,
)
from bot.text.personal import without_personal


class SaidAs(StrEnum):
    """What a resident's words were."""

    REPORT = "report"
    ADDED = "added"
    ASKED = "asked"
    SAME = "same"  # somebody else reports it, too
    NOT_FIXED = "not_fixed"


@dataclass(frozen=True, slots=True)
class Words:
    """What a resident said, without numbers, addresses of mail and names."""

    at: datetime
    said_as: SaidAs
    text: str


@dataclass(frozen=True, slots=True)
class WorkPhoto:
    photo_id: int
    sha256: str
    of_work: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkView:
    request_id: int
    reference: str
    service_code: str
    department: str
    language: str  # what its resident reads
    about: str  # a summary for staff; "" where nobody wrote one
    address: str
    place_text: str  # in the resident's words, where that is something else
    point: Point | None
    status: Status
    resolution: Resolution | None
    joined: bool  # with another request, which goes on in its place
    due_on: date | None
    created_at: datetime
    words: tuple[Words, ...]  # oldest first
    asked_of: tuple[str, ...]  # codes of the services whose questions were asked
    answers: tuple[tuple[str, str], ...]  # code of a question and of its answer, or the words of one
    told: tuple[News, ...]  # what residents were told, newest first
    photos: tuple[WorkPhoto, ...]
    newest_update: int

    def service(self, language: str) -> str:
        """The name of its service; the code of one that the city no longer offers."""
        service = catalogue().services.get(self.service_code)
        return service.names[language] if service else self.service_code

    def answers_in(self, language: str) -> Iterator[tuple[str, str]]:
        """Each question and what the resident answered, in words."""
        return in_words(self.asked_of, dict(self.answers), language)


async def load_work_view(session: AsyncSession, request_id: int) -> WorkView:
    """What there is to know of a request that exists."""
    row = (
        await session.scalars(
            select(ServiceRequest)
            .where(ServiceRequest.id == request_id)
            .options(
                selectinload(ServiceRequest.photos).selectinload(RequestPhoto.photo),
                selectinload(ServiceRequest.updates),
                selectinload(ServiceRequest.additions),
                selectinload(ServiceRequest.feedback),
            )
            .execution_options(populate_existing=True)
        )
    ).one()
    followers = (
        await session.scalars(
            select(Subscriber).where(Subscriber.request_id == request_id).order_by(Subscriber.id)
        )
    ).all()
    return _view(row, followers, await _names(session, row, followers))


async def _names(
    session: AsyncSession, row: ServiceRequest, followers: Sequence[Subscriber]
) -> tuple[str, ...]:
    """What those call themselves whose words these are."""
    ids = {row.conversation_id, *(one.conversation_id for one in followers)} - {None}
    query = (
        select(Contact.display_name)
        .join(Conversation, Conversation.contact_id == Contact.id)
        .where(Conversation.id.in_(ids))
    )
    reporters = select(Open311Report.name).where(Open311Report.request_id == row.id)
    names = [*await session.scalars(query), *await session.scalars(reporters)]
    return tuple(name for name in names if name)


def _view(row: ServiceRequest, followers: Sequence[Subscriber], names: tuple[str, ...]) -> WorkView:
    said = sorted(_said(row, followers), key=lambda one: one.at)
    told = [one for one in row.standing_updates if one.public_text and one.author != RESIDENT]
    place_text = row.place_text if row.place_text != row.address else ""
    return WorkView(
        request_id=row.id,
        reference=row.reference,
        service_code=row.service_code,
        department=row.department or "",
        language=row.language,
        about=without_personal(row.staff_description, names),
        address=row.address,
        place_text=without_personal(place_text, names),
        point=Point(row.lat, row.lon) if row.lat is not None and row.lon is not None else None,
        status=Status(row.status),
        resolution=Resolution(row.resolution) if row.resolution else None,
        joined=row.merged_into_id is not None,
        due_on=row.due_on,
        created_at=row.created_at,
        words=tuple(Words(one.at, one.said_as, without_personal(one.text, names)) for one in said),
        asked_of=services_of(row),
        answers=tuple((code, without_personal(str(answer), names)) for code, answer in row.answers.items()),
        told=tuple(News(one.created_at, one.public_text) for one in reversed(told)),
        photos=tuple(
            WorkPhoto(one.photo_id, one.photo.outside.sha256, one.kind == "completion", one.created_at)
            for one in row.photos
        ),
        newest_update=_newest(row.updates),
    )


def _said(row: ServiceRequest, followers: Sequence[Subscriber]) -> Iterator[Words]:
    if row.description:
        yield Words(row.created_at, SaidAs.REPORT, row.description)
    for added in row.additions:
        if added.words:
            yield Words(added.created_at, SaidAs.ASKED if added.asks else SaidAs.ADDED, added.words)
    for one in followers:
        if one.words and one.conversation_id != row.conversation_id:
            yield Words(one.created_at, SaidAs.SAME, one.words)
    for heard in row.feedback:
        if heard.verdict == "not_fixed":
            yield Words(heard.created_at, SaidAs.NOT_FIXED, heard.comment or "")


def _newest(updates: Sequence[Update]) -> int:
    return max((one.id for one in updates), default=0)
