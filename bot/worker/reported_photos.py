"""The photos that another system named by their addresses: fetched where its key may have us fetch, looked at, and kept with the request.

As with residents' files (`bot.conversation.photos`), what may pass is tried again, what fails by its own fault is refused. Nobody is told: the
photo is there, or it is not. Which hosts are asked is the city's own list, by key; an address that leads elsewhere is never opened.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.filing import add_photos
from bot.cases.lookup import find_joined
from bot.cases.outward import changed
from bot.cases.photos import keep_photo
from bot.cases.reported import enqueue_reported_photo
from bot.certificates import believed
from bot.channels.download import AllowedHosts, download
from bot.channels.messages import MediaError, MediaProblem
from bot.channels.transport import timeouts
from bot.conversation.photos import LONGEST_WAIT, WORTH_ASKING, WORTH_KEEPING, MediaPostponedError
from bot.db.session import transaction
from bot.db.tables import ApiKey, Open311Photo, ServiceRequest
from bot.failures import FailureKind, kind_of, reason_of
from bot.logs import log_unexpected
from bot.photos.apart import take_in_apart
from bot.photos.intake import PhotoRefused, TakenPhoto
from bot.photos.store import PhotoStore

log = structlog.get_logger(__name__)

MOST_TRIES = 5  # that ended by the photo's own fault, or with their process


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A photo about to be fetched."""

    id: int
    url: str
    hosts: AllowedHosts
    age: timedelta


async def bring_in(store: PhotoStore, reported_id: int) -> None:
    """Fetch one photo and record what became of it. Raises `MediaPostponedError` to be called again."""
    claimed = await _claim(reported_id)
    if claimed is None:
        return
    try:
        async with httpx.AsyncClient(timeout=timeouts(), verify=believed()) as http:
            fetched = await download(http, claimed.url, hosts=claimed.hosts)
        taken = await take_in_apart(fetched.content)
        await asyncio.to_thread(store.put, taken)
    except PhotoRefused as refusal:
        await _settle(claimed, refusal=str(refusal.reason))
    except MediaError as error:
        await _not_fetched(claimed, error)
    except Exception as error:
        await _failed(claimed, error)
    else:
        await _settle(claimed, taken=taken, store=store)


async def enqueue_forgotten(session: AsyncSession, before: datetime, busy: set[str | None]) -> int:
    """Jobs for photos that have waited since `before` without one; `busy` are the locks of those there are."""
    waiting = await session.scalars(
        select(Open311Photo.id).where(Open311Photo.state == "waiting", Open311Photo.created_at < before)
    )
    forgotten = [one for one in waiting if f"reported:{one}" not in busy]
    for reported_id in forgotten:
        await enqueue_reported_photo(session, reported_id)
    return len(forgotten)


async def _claim(reported_id: int) -> _Claimed | None:
    """Count a try before it is made: a photo that kills its process must come to an end, too."""
    async with transaction() as session:
        row = await session.get(Open311Photo, reported_id, with_for_update=True)
        if row is None or row.state != "waiting" or not row.url:
            return None
        key = await session.get_one(ApiKey, row.key_id)
        row.attempts += 1
        claimed = _Claimed(
            row.id, row.url, AllowedHosts("", tuple(key.media_hosts)), datetime.now(UTC) - row.created_at
        )
        worn_out = row.attempts > MOST_TRIES
    if worn_out:
        await _settle(claimed, refusal="broken")
        return None
    return claimed


async def _not_fetched(claimed: _Claimed, error: MediaError) -> None:
    gone = error.problem is MediaProblem.GONE
    if (error.retryable or gone) and claimed.age < (WORTH_ASKING if gone else WORTH_KEEPING):
        await _try_again(claimed, f"the sender's host: {error.problem.value}", error.retry_after)
    await _settle(claimed, refusal=str(error.problem.value))


async def _failed(claimed: _Claimed, error: Exception) -> None:
    """The store or the database is away, or our own code fails on this photo."""
    kind = kind_of(error)
    if kind is not FailureKind.DETERMINISTIC and claimed.age < WORTH_KEEPING:
        await _try_again(claimed, reason_of(error), kind=kind)
    log_unexpected(log, "reported_photo.failed", error, reported_id=claimed.id)
    raise MediaPostponedError(reason_of(error), LONGEST_WAIT, kind)


async def _try_again(
    claimed: _Claimed,
    reason: str,
    asked: float | None = None,
    kind: FailureKind = FailureKind.TRANSIENT,
) -> None:
    """Raise, with growing waits. It was not the photo's fault: such a try does not count."""
    async with transaction() as session:
        row = await session.get_one(Open311Photo, claimed.id, with_for_update=True)
        row.attempts = max(0, row.attempts - 1)
    wait = min(max(claimed.age.total_seconds() / 2, 1.0), LONGEST_WAIT)
    raise MediaPostponedError(reason, max(wait, asked or 0.0), kind)


async def _settle(
    claimed: _Claimed,
    *,
    taken: TakenPhoto | None = None,
    store: PhotoStore | None = None,
    refusal: str | None = None,
) -> None:
    """Keep the photo with its request, or with the one that it goes on as; or record why there is none."""
    async with transaction() as session:
        row = await session.get_one(Open311Photo, claimed.id, with_for_update=True)
        if row.state != "waiting":
            return  # another worker, taking this one for dead, was faster
        row.url = None
        row.state, row.refusal = ("refused", refusal) if taken is None else ("kept", None)
        if taken is not None and store is not None:
            named = await session.get_one(ServiceRequest, row.request_id)
            request = await find_joined(session, named.reference, lock=True)
            photo = await keep_photo(session, taken)
            await add_photos(session, request.id, (photo.id,), None, at=datetime.now(UTC))
            await changed(session, request.id)
            await asyncio.to_thread(store.put, taken)  # see keep_photo
    log.info("reported_photo.settled", reported_id=claimed.id, reason=refusal)
