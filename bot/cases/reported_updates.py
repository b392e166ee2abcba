"""What another system passes on of a request that it filed: more words, that it is not fixed, that it is over."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.additions import goes_on
from bot.cases.api_keys import Key
from bot.cases.audit import record
from bot.cases.following import count_followers
from bot.cases.lookup import UnknownRequestError, find_joined, find_request
from bot.cases.moves import RESIDENT, Move, move
from bot.cases.outward import changed
from bot.cases.reopening import ANSWERED, is_unanswered, open_again
from bot.cases.reported import REPEATED_WITHIN, fetch_photos, was_filed_by
from bot.cases.status import ACTIVE, FINISHED, Resolution, Status
from bot.db.tables import Addition, ServiceRequest, Update

# Nobody is on the way yet: who reported it may take it back.
_NOT_BEGUN = frozenset({Status.OPEN, Status.WAITING, Status.ON_HOLD})


class EndedLongAgoError(ValueError):
    """The request ended too long ago to be opened again: file a new one."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True, slots=True)
class PassedOn:
    """One update of another system."""

    reference: str
    words: str = ""
    ends: bool | None = (
        None  # how the request stands over there: True: over, False: not. None: it does not say
    )
    sent_id: str = ""  # what the sender calls the update; "": nothing
    said_at: datetime | None = None  # when it was said there, aware
    photo_urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it."""

    update_id: str
    request: ServiceRequest
    moved: bool  # the request stands otherwise now, and whoever follows it is told


async def take_update(
    session: AsyncSession, key: Key, sent: PassedOn, now: datetime, *, reopens_within: timedelta
) -> Taken:
    """Keep an update and do what it says. `now` is aware. Safe to repeat.

    Raises `UnknownRequestError` also for a request that this key did not file, and `EndedLongAgoError`.
    """
    named = await find_request(session, sent.reference)
    if not await was_filed_by(session, key, named.id):
        raise UnknownRequestError(f"There is no request {sent.reference!r}.")
    request = await find_joined(session, sent.reference, lock=True)
    says = bool(sent.words or sent.photo_urls)
    before = await _same(session, key, request, sent, now) if says else None
    if before is not None:
        return Taken(_id_of(before), request, False)
    stood = request.status
    long_over = request.ended_at is not None and now - request.ended_at > reopens_within
    if is_unanswered(request) and sent.words and not sent.ends and not long_over:
        await open_again(session, request, now, ANSWERED)
    elif sent.ends is False and stood in FINISHED and _is_about_the_end(request, sent):
        if long_over:
            raise EndedLongAgoError
        await open_again(session, request, now, f"{key.name}: it is not done.")
    elif sent.ends and stood in ACTIVE:
        await _end(session, key, request, now)
    moved = request.status != stood
    if not says:  # a state alone, which is true once, however often it is told
        return Taken(await _newest_entry(session, request), request, moved)
    added = await _add(session, key, request, sent, now)
    await fetch_photos(session, key, request.id, sent.photo_urls, now)
    if sent.words and not moved:
        await goes_on(session, request, now)
    return Taken(_id_of(added), request, request.status != stood)


def _is_about_the_end(request: ServiceRequest, sent: PassedOn) -> bool:
    """What was said before the work ended does not contradict its end, whenever it comes."""
    if sent.said_at is None or request.ended_at is None:
        return True
    return sent.said_at >= request.ended_at.replace(microsecond=0)  # senders write whole seconds


async def _same(
    session: AsyncSession, key: Key, request: ServiceRequest, sent: PassedOn, now: datetime
) -> Addition | None:
    """What this very update was kept as before; its request is locked."""
    query = select(Addition).where(Addition.key_id == key.id)
    if sent.sent_id:
        query = query.where(Addition.idempotency_key == _key_of(key, sent))
    else:
        query = query.where(
            Addition.request_id == request.id,
            Addition.words == sent.words,
            Addition.idempotency_key.is_(None),
            Addition.created_at > now - REPEATED_WITHIN,
        )
    return await session.scalar(query.order_by(Addition.id.desc()).limit(1))


async def _end(session: AsyncSession, key: Key, request: ServiceRequest, now: datetime) -> None:
    """Take it back where nobody works on it and nobody else follows it; else staff read that it is said to be over."""
    alone = request.status in _NOT_BEGUN and not await count_followers(session, request.id)
    note = f"{key.name}: it is over."
    if request.updates and request.updates[-1].internal_note == note:
        return  # nothing has happened since: whoever compares both sides would find news in each note
    if alone:
        step = Move(Status.CLOSED, RESIDENT, Resolution.WITHDRAWN, internal_note=note)
    else:
        step = Move(Status(request.status), key.author, internal_note=note)
    await move(session, request, step, now)


async def _add(
    session: AsyncSession, key: Key, request: ServiceRequest, sent: PassedOn, now: datetime
) -> Addition:
    row = Addition(
        request_id=request.id,
        key_id=key.id,
        idempotency_key=_key_of(key, sent) if sent.sent_id else None,
        words=sent.words,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    record(session, key.author, "request.words_added", "request", request.reference)
    await changed(session, request.id)
    return row


async def _newest_entry(session: AsyncSession, request: ServiceRequest) -> str:
    """What the newest entry of its history is called."""
    newest = await session.scalar(select(func.max(Update.id)).where(Update.request_id == request.id))
    return f"u{newest}"


def _key_of(key: Key, sent: PassedOn) -> str:
    """Of one length, whatever a sender calls its updates."""
    return f"{key.id}:{hashlib.sha256(sent.sent_id.encode()).hexdigest()}"


def _id_of(row: Addition) -> str:
    """What we call it; updates of ours begin with another letter (`bot.cases.published`)."""
    return f"a{row.id}"
