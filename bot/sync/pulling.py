"""Looking for what changed in another system: the fast way there is a call of theirs (`bot.web.sync`), this way misses nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.status import Status
from bot.db.jobs import enqueue_exchange
from bot.db.session import transaction
from bot.db.tables import ServiceRequest, SyncLink
from bot.sync.failures import SyncError
from bot.sync.links import Pushed, Seen
from bot.sync.pauses import pause, state_of, unpause
from bot.sync.system import Changed, System

log = structlog.get_logger(__name__)


async def pull(system: System, now: datetime, every: timedelta) -> int | None:
    """Have exchanged what changed there since the last look; gives how many requests. `now` is aware.

    None where another worker has looked within `every`, or the system is left alone for now. A failure is kept with the system.
    """
    async with transaction() as session:
        state = await state_of(session, system.name, lock=True)
        looked = state.claimed_at is not None and now - state.claimed_at < every
        if looked or (state.paused_until is not None and state.paused_until > now):
            return None
        state.claimed_at = now
        read_until: Mapping[str, str] = dict(state.read_until)
    try:
        batch = await system.changes(read_until, partial(_followed, system.name))
    except SyncError as error:
        async with transaction() as session:
            await pause(session, system.name, error, now)
        return None
    async with transaction() as session:
        found = await _have_exchanged(session, system.name, batch.changed, now)
        state = await state_of(session, system.name, lock=True)
        state.read_until, state.read_at = dict(batch.read_until), now
        await unpause(session, system.name)
    if found:
        log.info("sync.changes_found", system=system.name, requests=found)
    return found


async def notice(session: AsyncSession, system: str, remote_ids: Collection[str], now: datetime) -> int:
    """They say that these records changed; gives how many are ours."""
    links = await _links(session, system, remote_ids)
    for link in links:
        # What waits has a job already: while many wait, each look finds all of them once more.
        if link.pending_since is None:
            await enqueue_exchange(session, link.request_id)
        link.pending_since = now
    return len(links)


async def _have_exchanged(
    session: AsyncSession, system: str, changed: Sequence[Changed], now: datetime
) -> int:
    links = {link.remote_id: link for link in await _links(session, system, {one.id for one in changed})}
    news = {one.id for one in changed if one.id in links and _is_news(links[one.id], one)}
    return await notice(session, system, news, now)


def _is_news(link: SyncLink, changed: Changed) -> bool:
    """Whether we have not read it yet."""
    if changed.part:
        seen = Seen.of(link)
        known = seen.files | seen.words | set((Pushed.of(link).files or {}).values())
        return changed.part not in known
    return changed.version != link.version


async def _followed(system: str) -> Sequence[str]:
    """Ids of the records of requests that are not closed for good."""
    async with transaction() as session:
        rows = await session.scalars(
            select(SyncLink.remote_id)
            .join(ServiceRequest, ServiceRequest.id == SyncLink.request_id)
            .where(
                SyncLink.system == system,
                SyncLink.remote_id.is_not(None),
                ServiceRequest.status != Status.CLOSED,
            )
            .order_by(SyncLink.id.desc())
        )
        return [one for one in rows if one is not None]


async def _links(session: AsyncSession, system: str, remote_ids: Collection[str]) -> list[SyncLink]:
    if not remote_ids:
        return []
    rows = await session.scalars(
        select(SyncLink)
        .where(SyncLink.system == system, SyncLink.remote_id.in_(list(remote_ids)))
        .order_by(SyncLink.id)
        .with_for_update()
    )
    return list(rows)
