"""Pushing a change of a request into the conversations that follow it: the change and the pushes commit together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.added import Said
from bot.cases.additions import add_to_request, followed
from bot.cases.correcting import Correction, Wanted, put_right
from bot.cases.feedback import Verdict, record_feedback
from bot.cases.lookup import find_joined, find_request, lock_request
from bot.cases.merging import merge_requests
from bot.cases.people import of_one_person
from bot.cases.promises import is_overdue, promise_later, with_figures
from bot.cases.splitting import split_follower
from bot.cases.status import ACTIVE, FINISHED, Resolution, Status
from bot.cases.telling import key_of, rule_of
from bot.cases.undoing import HELD_FOR, TooLateError, find_join, undo_merge
from bot.cases.updates import Change, change_request, is_public, is_resolving, subscribed_conversations
from bot.city.location import Location
from bot.db.tables import ServiceRequest, Update
from bot.delivery.notices.give import give_notice
from bot.delivery.notices.put_back import standing_of
from bot.delivery.notices.take_back import take_back_notices


async def update_request(
    session: AsyncSession,
    change: Change,
    *,
    held_for: timedelta = timedelta(0),
    now: datetime | None = None,
) -> Update:
    """Change a request and have everyone told who follows it. Raises as `change_request` does. `now` is aware.

    `held_for`: so long nobody hears of it, and it can be taken back.

    What is told is a turn of its own in each conversation, so it waits for the turn that is being taken, and the
    dialogue knows what the resident's next answer ("not fixed", a photo) is about.
    """
    before = await _standing_before(session, change.reference)
    update = await change_request(session, change, now)
    if is_public(update, len(change.photo_ids)) and not change.silent:
        request = await session.get_one(ServiceRequest, update.request_id)
        event = event_of(request, update, photos=list(change.photo_ids), resolving=is_resolving(update))
        event["stood"] = {"before": before, "after": standing_of(request)}
        spoken = bool(update.public_text or change.photo_ids or update.due_on)
        followers = await subscribed_conversations(session, request.id)
        await _tell(
            session,
            request,
            update,
            event,
            followers,
            spoken=spoken,
            urgent=change.urgent,
            held_for=held_for,
            now=now,
        )
    return update


async def _standing_before(session: AsyncSession, reference: str) -> dict[str, Any]:
    """How a request stands before it is changed. Its row is ours from here: nobody changes it in between."""
    request = await find_request(session, reference)
    await lock_request(session, request)
    return standing_of(request)


async def _tell(
    session: AsyncSession,
    request: ServiceRequest,
    update: Update,
    event: Mapping[str, Any],
    followers: Iterable[int],
    *,
    spoken: bool = False,
    urgent: bool = False,
    held_for: timedelta = timedelta(0),
    now: datetime | None = None,
) -> None:
    """Give the notice of a move to those of its followers whom the city's rule has told. `spoken`: as in `Rule.tells`."""
    rule = await rule_of(session, key_of(update))
    filed_by = request.conversation_id
    reporters = await of_one_person(session, filed_by) if filed_by is not None else frozenset[int]()
    for conversation_id in followers:
        reporter = conversation_id in reporters
        if rule.tells(reporter=reporter, spoken=spoken):
            theirs = _as_told_to(event, reporter=reporter)
            at_night = urgent or rule.urgent
            await give_notice(
                session, conversation_id, update, theirs, urgent=at_night, held_for=held_for, now=now
            )


def _as_told_to(event: Mapping[str, Any], *, reporter: bool) -> Mapping[str, Any]:
    """The event for one of those who follow: it is who filed a request that takes it back, the others hear of it."""
    return {**event, "took_back": reporter} if event["resolution"] == Resolution.WITHDRAWN else event


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a request of which its resident told something."""

    reference: str
    status: Status
    opened: bool = False  # again, by what they told
    due_on: date | None = None  # by when it is promised then


async def hear_verdict(
    session: AsyncSession,
    conversation_id: int,
    reference: str,
    verdict: Verdict | None = None,
    rating: int | None = None,
    comment: str | None = None,
    idempotency_key: str | None = None,
    at: datetime | None = None,
) -> Heard:
    """Keep what a resident says of finished work; where that opens or ends the request, the others who follow it hear so.

    Takes `idempotency_key` and `at`, and raises, as `record_feedback` does.
    """
    # Its row is ours: what it was is what it is changed from.
    request = await find_joined(session, reference, lock=True)
    before = request.status
    after = await record_feedback(
        session, conversation_id, reference, verdict, rating, comment, idempotency_key, at
    )
    if after != before:
        await _tell_the_others(session, conversation_id, request, at)
    return _heard(request, before)


async def hear_addition(
    session: AsyncSession,
    conversation_id: int,
    said: Said,
    reference: str | None = None,
    *,
    opens: bool = True,
) -> Heard | None:
    """Keep what a resident adds, as `add_to_request` (also for `opens`); where that opens it again, the others who follow it hear so.

    None where they follow no such request. Raises `UnknownRequestError` for a reference that is none.
    """
    request = await followed(session, conversation_id, reference)
    if request is None:
        return None
    before = request.status
    await add_to_request(session, conversation_id, said, request.reference, opens=opens)
    heard = _heard(request, before)
    if heard.opened:
        await _tell_the_others(session, conversation_id, request, said.at)
    return heard


def _heard(request: ServiceRequest, before: str) -> Heard:
    opened = before in FINISHED and request.status == Status.OPEN
    return Heard(request.reference, Status(request.status), opened, request.due_on if opened else None)


async def _tell_the_others(
    session: AsyncSession, conversation_id: int, request: ServiceRequest, now: datetime | None
) -> None:
    """Tell of the newest move of a request whoever follows it but the person who made it."""
    theirs = await of_one_person(session, conversation_id)
    await tell_followers(session, request, now, but=theirs)


async def tell_followers(
    session: AsyncSession,
    request: ServiceRequest,
    now: datetime | None,
    *,
    but: Collection[int] = frozenset(),
) -> None:
    """Tell of the newest move of a request whoever follows it, in none of the conversations `but`. `now` is aware."""
    newest = select(Update).where(Update.request_id == request.id).order_by(Update.id.desc()).limit(1)
    update = (await session.scalars(newest)).one()
    others = [one for one in await subscribed_conversations(session, request.id) if one not in but]
    await _tell(session, request, update, event_of(request, update), others, now=now)


async def tell_of_delays(session: AsyncSession, now: datetime, most: int = 50) -> int:
    """Give requests that missed their day another one and tell who follows them, each once; gives how many. `now` is aware."""
    late = await session.scalars(
        select(ServiceRequest)
        .where(
            is_overdue(now),
            ServiceRequest.late_told_at.is_(None),
            ServiceRequest.merged_into_id.is_(None),
            # The others have no next day: here they would stand before those that have one, for ever.
            ServiceRequest.service_code.in_(with_figures()),
        )
        .order_by(ServiceRequest.due_on, ServiceRequest.id)
        .limit(most)
    )
    told = 0
    for request in late.all():
        update = await promise_later(session, request, now)
        if update is None:
            continue
        told += 1
        for conversation_id in await subscribed_conversations(session, request.id):
            event = event_of(request, update, late=True)
            await give_notice(session, conversation_id, update, event, now=now)
    return told


async def correct_request(
    session: AsyncSession, reference: str, wanted: Wanted, author: str, now: datetime
) -> Update:
    """Put a request right and have everyone told who follows it, where it is about more than our own words of it.

    Raises as `bot.cases.correcting.put_right` does. `now` is aware.
    """
    before = await _standing_before(session, reference)
    update, correction = await put_right(session, reference, wanted, author, now)
    if correction.is_told:
        request = await session.get_one(ServiceRequest, update.request_id)
        event = {**event_of(request, update), **correction_event(request, correction)}
        event["stood"] = {"before": before, "after": standing_of(request)}
        followers = await subscribed_conversations(session, request.id)
        await _tell(session, request, update, event, followers, spoken=True, now=now)
    return update


def correction_event(request: ServiceRequest, correction: Correction) -> dict[str, Any]:
    """What of a correction its words depend on, before it is made as after."""
    service, place = correction.service, correction.place
    return {
        **_of_request(request),
        "service_code": service.after if service else request.service_code,
        "place": _named(place.after) if place else request.address,
        "status": request.status,
        "note_only": True,
        "due_on": correction.due_on.isoformat() if correction.due_on else None,
        "corrected": {
            "parts": [part for part, changed in (("service", service), ("place", place)) if changed],
            # What it was called until now: so they know it again.
            "service_code": service.before if service else request.service_code,
            "place": _named(place.before) if place else request.address,
        },
    }


def _named(place: Location | None) -> str:
    return place.name if place else ""


async def join_requests(
    session: AsyncSession, reference: str, into: str, author: str, *, now: datetime | None = None
) -> Update:
    """Join one request into another and have the residents of the first told, once it cannot be undone any more.

    `now` is aware; None: the time it is. Raises as `merge_requests` does.
    """
    update = await merge_requests(session, reference, into, author, now)
    source = await session.get_one(ServiceRequest, update.request_id)
    target = await find_request(session, into)
    event = {**event_of(source, update), **join_event(source, target.reference)}
    for conversation_id in await subscribed_conversations(session, source.id):
        await give_notice(session, conversation_id, update, event, held_for=HELD_FOR, now=now)
    return update


def join_event(source: ServiceRequest, target: str) -> dict[str, Any]:
    """What of a join its words depend on; `target` is the reference of the request that goes on."""
    return {**_of_request(source), "joined": target}


async def undo_join(session: AsyncSession, join_id: int, author: str, now: datetime) -> ServiceRequest:
    """Undo a join of which nobody was told yet, and give the request that stands by itself again. `now` is aware.

    Raises `UnknownRequestError`, and `TooLateError` when a resident was told, its time is over, or it was changed since.
    """
    join = await find_join(session, join_id)
    # Before the requests, in the order in which erasing takes them.
    if not await take_back_notices(session, join.update_id):
        raise TooLateError
    return await undo_merge(session, join_id, author, now)


async def take_out(
    session: AsyncSession,
    reference: str,
    conversation_id: int,
    author: str,
    *,
    now: datetime | None = None,
) -> str:
    """Give a follower a request of their own, tell them, and give its reference. `now`, and what it raises: as `split_follower`."""
    split_off = await split_follower(session, reference, conversation_id, author, now)
    own = await find_request(session, split_off)
    await session.refresh(own, attribute_names=["updates"])
    update = own.updates[-1]
    if conversation_id in await subscribed_conversations(session, own.id):
        event = event_of(own, update, taken_out_of=reference)
        await give_notice(session, conversation_id, update, event, now=now)
    return own.reference


def event_of(request: ServiceRequest, update: Update, **more: Any) -> dict[str, Any]:
    """What the dialogue is told; a plain mapping, since it goes to the engine as it is."""
    promised = update.due_on or request.due_on
    return {
        **_of_request(request),
        "status": update.to_status,
        "note_only": update.from_status == update.to_status and update.resolution is None,
        "resolution": update.resolution,
        "referred_to": update.referred_to,
        "due_on": update.due_on.isoformat() if update.due_on else None,
        "promised": promised.isoformat() if promised and update.to_status in ACTIVE else None,
        "public_text": update.public_text,
        "update_id": update.id,
        "photos": [],
        "resolving": False,
        "ends_work": is_resolving(update),
        **more,
    }


def _of_request(request: ServiceRequest) -> dict[str, Any]:
    return {
        "reference": request.reference,
        "request_id": request.id,
        "service_code": request.service_code,
        "place": request.address,
        "department": request.department,
    }
