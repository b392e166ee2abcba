"""One request as staff see it: what, where, photos, history, whom it belongs to, and how it may go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.added import found_added
from bot.cases.answers import in_words, services_of
from bot.cases.assignment import Assignment, Holder, holders
from bot.cases.feedback import found_not_fixed
from bot.cases.follow_ups import follow_ups_of
from bot.cases.lookup import find_request, reference_of
from bot.cases.promises import Standing, standings
from bot.cases.reported import Person, Reporter, reporter_of
from bot.cases.status import ACTIVE, ALLOWED, ENDINGS, Resolution, Status
from bot.city.current import catalogue
from bot.conversation.reach import Reach, reach_of_request
from bot.db.tables import (
    Alert,
    Conversation,
    ServiceRequest,
)
from bot.delivery.notices.told import Telling, tellings_of
from bot.web.console.additions import Added, load_added
from bot.web.console.followers import Following, load_following
from bot.web.console.not_told import NotTold, load_not_told
from bot.web.console.shown import Showing, showing_of
from bot.web.console.timeline import Happening, SaidAt, load_happenings, said_before, told_at
from bot.web.console.transcript import Transcript, load_transcript
from bot.web.language import spoken

# In the order in which a clerk thinks of them.
_ORDER = (Status.OPEN, Status.IN_PROGRESS, Status.WAITING, Status.ON_HOLD, Status.RESOLVED, Status.CLOSED)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened to a request: an update by staff, feedback, what a resident added, or anything beside."""

    at: datetime
    author: str
    from_status: Status | None
    to_status: Status | None  # None: feedback, or added
    public_text: str = ""
    internal_note: str = ""
    resolution: Resolution | None = None
    referred_to: str = ""
    due_on: date | None = None
    assignment: Assignment | None = None  # who had it from then on
    corrected: Mapping[str, Any] | None = None  # what was put right, before and after
    told: int = 0  # residents to whom it went out
    on_its_way: int = 0  # residents to whom it is being sent
    waits_until: datetime | None = None  # one who is not told yet is told then
    not_told: int = 0  # residents who do not want to hear, or could not be reached
    missed: tuple[NotTold, ...] = ()  # who those are, and who heard only a part of it
    put_back: int = 0  # residents who heard nothing, since it was put back before
    photo_ids: tuple[int, ...] = ()
    verdict: str | None = None
    rating: int | None = None
    comment: str | None = None
    added: Added | None = None
    happening: Happening | None = None  # anything else
    said_at: SaidAt | None = None  # the message that said it
    undone: bool = False  # it was undone, before anybody heard of it


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who hears of a public update, and who cannot be told."""

    channel: str
    reach: Reach


@dataclass(frozen=True, slots=True)
class RequestView:
    request: ServiceRequest
    status: Status
    next_statuses: tuple[Status, ...]  # with the present one, always in the same order
    endings: frozenset[Resolution]  # how it may end when it is closed from here
    report_photos: tuple[int, ...]
    completion_photos: tuple[int, ...]
    covered: Mapping[int, int]  # photo id → id of the picture that others see in its place
    history: list[HistoryEntry]  # newest first
    tellings: Mapping[int, Telling]  # update id → who is told of it; none where nobody was to be
    answers: list[tuple[str, str]]  # each question and what the resident said, in words
    usual_days: int | None
    standing: Standing | None  # of what was promised
    holder: Holder
    not_fixed: bool  # open again, because its resident says so
    added: bool  # a resident added something since staff changed it last
    follow_up_of: str | None  # reference of the one that ended long ago
    follow_ups: tuple[str, ...]  # references of those that were filed about this one
    alert: Alert | None  # the known problem it is due to
    alert_is_over: bool
    last_update_id: int
    conversation: Conversation | None
    recipient: Recipient | None
    reporter: Reporter | None  # of one that another system filed
    following: Following
    showing: Showing
    transcript: Transcript | None

    @property
    def urgent(self) -> bool:
        """Whether a resident says that it cannot wait, while it goes on."""
        return self.request.urgent_at is not None and self.status in ACTIVE

    @property
    def reads(self) -> str:
        """The language in which most of those who are told read it; of a request that nobody follows, its own."""
        groups = self.recipient.reach.groups if self.recipient else ()
        return groups[0].language if groups else self.request.language


async def load_request_view(session: AsyncSession, reference: str) -> RequestView:
    """Everything the page shows. Raises `UnknownRequestError`."""
    request = await find_request(session, reference)
    status = Status(request.status)
    conversation = await _conversation(session, request)
    service = catalogue().services.get(request.service_code)
    by_kind = _photos_by_kind(request)
    tellings = await _tellings(session, request)
    alert = await session.get(Alert, request.alert_id) if request.alert_id else None
    now = datetime.now(UTC)
    return RequestView(
        request=request,
        status=status,
        next_statuses=_next_statuses(request),
        endings=ENDINGS[Status.CLOSED][status],
        report_photos=by_kind.get("report", ()),
        completion_photos=by_kind.get("completion", ()),
        covered={one.photo_id: one.photo.covered_by_id for one in request.photos if one.photo.covered_by_id},
        history=_history(
            request,
            tellings,
            await load_not_told(session, request.id),
            await load_added(session, request),
            await load_happenings(session, request),
            await _messages(session, request),
        ),
        tellings=tellings,
        answers=list(in_words(services_of(request), request.answers, spoken())),
        usual_days=service.median_days if service else None,
        standing=(await standings(session, [request.id], now)).get(request.id),
        holder=(await holders(session, [request]))[request.id],
        not_fixed=bool(await found_not_fixed(session, [request.id])),
        added=bool(await found_added(session, [request.id])),
        follow_up_of=await reference_of(session, request.follow_up_of_id),
        follow_ups=await follow_ups_of(session, request.id),
        alert=alert,
        alert_is_over=alert is not None and alert.until <= now,
        last_update_id=max((update.id for update in request.updates), default=0),
        conversation=conversation,
        recipient=await _recipient(session, request, conversation),
        reporter=await reporter_of(session, request.id),
        following=await load_following(session, request),
        showing=showing_of(request),
        transcript=await load_transcript(session, conversation.id) if conversation else None,
    )


def without_residents(view: RequestView) -> RequestView:
    """The same for who sees requests and no conversation: nothing that residents wrote elsewhere, no name and no number."""
    history = [
        replace(entry, missed=(), said_at=None, added=replace(entry.added, follower="", message_id=None))
        if entry.added
        else replace(entry, missed=(), said_at=None)
        for entry in view.history
    ]
    return replace(
        view,
        history=history,
        conversation=None,
        transcript=None,
        reporter=view.reporter and replace(view.reporter, person=Person()),
        following=replace(view.following, followers=()),
    )


def _next_statuses(request: ServiceRequest) -> tuple[Status, ...]:
    """Where a request may go from here, or stay; one that is joined with another goes with that one."""
    status = Status(request.status)
    if request.merged_into_id is not None:
        return (status,)
    return tuple(wanted for wanted in _ORDER if wanted is status or wanted in ALLOWED[status])


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


@dataclass(frozen=True, slots=True)
class _Messages:
    """Which messages of the transcripts said what the history tells."""

    filed: SaidAt | None
    told: Mapping[int, SaidAt]  # update id → where it was told
    feedback: Mapping[int, SaidAt | None]  # feedback id → where it was said


async def _messages(session: AsyncSession, request: ServiceRequest) -> _Messages:
    filed_by = request.conversation_id
    return _Messages(
        await said_before(session, filed_by, request.created_at) if filed_by is not None else None,
        await told_at(session, request),
        {one.id: await said_before(session, one.conversation_id, one.created_at) for one in request.feedback},
    )


async def _tellings(session: AsyncSession, request: ServiceRequest) -> Mapping[int, Telling]:
    """Update id → who was told of it, is told later, or is not."""
    return await tellings_of(session, [update.id for update in request.updates])


def _history(
    request: ServiceRequest,
    tellings: Mapping[int, Telling],
    missed: Mapping[int, tuple[NotTold, ...]],
    added: Sequence[Added],
    happenings: Sequence[Happening],
    said: _Messages,
) -> list[HistoryEntry]:
    undone = {update.undoes_id for update in request.updates}
    entries = [
        HistoryEntry(
            at=update.created_at,
            author=update.author,
            from_status=Status(update.from_status) if update.from_status else None,
            to_status=Status(update.to_status),
            public_text=update.public_text,
            internal_note=update.internal_note,
            resolution=Resolution(update.resolution) if update.resolution else None,
            referred_to=update.referred_to,
            due_on=update.due_on,
            assignment=Assignment(**update.assignment) if update.assignment else None,
            corrected=update.corrected,
            photo_ids=tuple(photo.photo_id for photo in update.photos),
            missed=missed.get(update.id, ()),
            said_at=said.filed if update.from_status is None else said.told.get(update.id),
            undone=update.id in undone,
            **_how_told(tellings.get(update.id)),
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
            said_at=said.feedback.get(feedback.id),
        )
        for feedback in request.feedback
    ]
    entries += [
        HistoryEntry(
            at=one.at,
            author="resident",
            from_status=None,
            to_status=None,
            photo_ids=one.photo_ids,
            added=one,
            said_at=SaidAt(one.conversation_id, one.message_id)
            if one.conversation_id is not None and one.message_id is not None
            else None,
        )
        for one in added
    ]
    entries += [
        HistoryEntry(at=one.at, author=one.author, from_status=None, to_status=None, happening=one)
        for one in happenings
    ]
    # "Not fixed" and the reopening it brings about have one and the same time: the words come first.
    return sorted(entries, key=lambda entry: (entry.at, entry.to_status is not None), reverse=True)


def _how_told(telling: Telling | None) -> dict[str, Any]:
    if telling is None:
        return {}
    return {
        "told": telling.told,
        "on_its_way": telling.on_its_way,
        "not_told": telling.not_told,
        "put_back": telling.put_back,
        "waits_until": telling.waits_until,
    }
