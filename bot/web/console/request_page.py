"""One request as staff see it: what, where, photos, history, whom it belongs to, and how it may go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.lookup import find_request
from bot.cases.status import ALLOWED, Status
from bot.city.current import catalogue
from bot.conversation.reach import Reach, reach_of_request
from bot.db.tables import (
    Conversation,
    Feedback,
    RequestPhoto,
    ServiceRequest,
    Subscriber,
    Update,
)
from bot.web.console.followers import Following, load_following
from bot.web.console.transcript import Transcript, load_transcript, transcript_version

# In the order in which a clerk thinks of them.
_ORDER = (Status.OPEN, Status.IN_PROGRESS, Status.ON_HOLD, Status.RESOLVED, Status.CLOSED)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened to a request: an update by staff, or the resident's feedback."""

    at: datetime
    author: str
    from_status: Status | None
    to_status: Status | None  # None: feedback
    public_text: str = ""
    internal_note: str = ""
    photo_ids: tuple[int, ...] = ()
    verdict: str | None = None
    rating: int | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One follow-up question and what the resident said."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who hears of a public update, and who cannot be told."""

    channel: str
    reach: Reach


@dataclass(frozen=True, slots=True)
class RequestView:
    request: ServiceRequest
    status: Status
    next_statuses: tuple[Status, ...]  # the present one first
    report_photos: tuple[int, ...]
    completion_photos: tuple[int, ...]
    history: list[HistoryEntry]  # newest first
    answers: list[Answer]
    usual_days: int | None
    last_update_id: int
    conversation: Conversation | None
    recipient: Recipient | None
    following: Following
    transcript: Transcript | None
    version: str


async def load_request_view(session: AsyncSession, reference: str) -> RequestView:
    """Everything the page shows. Raises `UnknownRequestError`."""
    request = await find_request(session, reference)
    status = Status(request.status)
    conversation = await _conversation(session, request)
    service = catalogue().services.get(request.service_code)
    by_kind = _photos_by_kind(request)
    return RequestView(
        request=request,
        status=status,
        next_statuses=(status, *_next_statuses(request)),
        report_photos=by_kind.get("report", ()),
        completion_photos=by_kind.get("completion", ()),
        history=_history(request),
        answers=_answers(request),
        usual_days=service.median_days if service else None,
        last_update_id=max((update.id for update in request.updates), default=0),
        conversation=conversation,
        recipient=await _recipient(session, request, conversation),
        following=await load_following(session, request),
        transcript=await load_transcript(session, conversation.id) if conversation else None,
        version=await request_version(session, request.reference),
    )


def _next_statuses(request: ServiceRequest) -> tuple[Status, ...]:
    """Where a request may go from here; one that is joined with another goes with that one."""
    if request.merged_into_id is not None:
        return ()
    return tuple(wanted for wanted in _ORDER if wanted in ALLOWED[Status(request.status)])


async def request_version(session: AsyncSession, reference: str) -> str:
    """Changes when anything on the page of a request may have; asked for every two seconds, so it is small."""
    newest = [
        select(func.max(table.id))
        .where(table.request_id == ServiceRequest.id)
        .correlate(ServiceRequest)
        .scalar_subquery()
        for table in (Update, Feedback, RequestPhoto, Subscriber)
    ]
    # Who is taken out, with photos of theirs, and who adds words leave the newest id as it is.
    sizes = [
        select(value).where(table.request_id == ServiceRequest.id).correlate(ServiceRequest).scalar_subquery()
        for table, value in (
            (Subscriber, func.count()),
            (Subscriber, func.sum(func.length(Subscriber.words))),
            (RequestPhoto, func.count()),
        )
    ]
    own = [func.length(ServiceRequest.description), func.length(cast(ServiceRequest.answers, Text))]
    row = (
        await session.execute(
            select(ServiceRequest.conversation_id, *newest, *sizes, *own).where(
                ServiceRequest.reference == reference
            )
        )
    ).one_or_none()
    if row is None:
        return "none"
    conversation_id, *ids = row
    parts = [str(number or 0) for number in ids]
    if conversation_id is not None:
        parts.append(await transcript_version(session, conversation_id))
    return "-".join(parts)


async def _conversation(session: AsyncSession, request: ServiceRequest) -> Conversation | None:
    if request.conversation_id is None:
        return None
    return await session.get(Conversation, request.conversation_id)


async def _recipient(
    session: AsyncSession, request: ServiceRequest, conversation: Conversation | None
) -> Recipient | None:
    reach = await reach_of_request(session, request.id)
    if not reach.followers:
        return None
    return Recipient(conversation.contact.channel if conversation else request.channel, reach)


def _photos_by_kind(request: ServiceRequest) -> Mapping[str, tuple[int, ...]]:
    kinds: dict[str, tuple[int, ...]] = {}
    for photo in request.photos:
        kinds[photo.kind] = (*kinds.get(photo.kind, ()), photo.photo_id)
    return kinds


def _history(request: ServiceRequest) -> list[HistoryEntry]:
    entries = [
        HistoryEntry(
            at=update.created_at,
            author=update.author,
            from_status=Status(update.from_status) if update.from_status else None,
            to_status=Status(update.to_status),
            public_text=update.public_text,
            internal_note=update.internal_note,
            photo_ids=tuple(photo.photo_id for photo in update.photos),
        )
        for update in request.updates
    ]
    entries += [
        HistoryEntry(
            at=feedback.created_at,
            author="resident",
            from_status=None,
            to_status=None,
            verdict=feedback.verdict,
            rating=feedback.rating,
            comment=feedback.comment,
        )
        for feedback in request.feedback
    ]
    # "Not fixed" and the reopening it brings about have one and the same time: the words come first.
    return sorted(entries, key=lambda entry: (entry.at, entry.to_status is not None), reverse=True)


def _answers(request: ServiceRequest) -> list[Answer]:
    service = catalogue().services.get(request.service_code)
    asked = {question.code: question for question in service.questions} if service else {}
    answers = []
    for code, value in request.answers.items():
        question = asked.get(code)
        words = {choice.code: choice.labels["en"] for choice in question.choices} if question else {}
        answers.append(Answer(question.ask["en"] if question else code, words.get(str(value), str(value))))
    return answers
