"""The rows that tie a request to its record in another system, and what they remember."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import ServiceRequest, SyncLink


@dataclass(frozen=True, slots=True)
class Pushed:
    """What of a request is there already."""

    markers: frozenset[str] = frozenset()  # of its words
    untold: frozenset[str] = frozenset()  # of those that could not be told there
    tried: bool = False  # making a record was begun, and nobody knows how it ended
    files: Mapping[int, str] | None = None  # photo id → id of their file

    @classmethod
    def of(cls, link: SyncLink) -> Pushed:
        kept = link.pushed or {}
        files = {int(photo): str(file) for photo, file in (kept.get("files") or {}).items()}
        markers, untold = (frozenset(kept.get(name) or ()) for name in ("markers", "untold"))
        return cls(markers, untold, bool(kept.get("tried")), files)

    def as_json(self) -> dict[str, Any]:
        return {
            "markers": sorted(self.markers),
            "untold": sorted(self.untold),
            "tried": self.tried,
            "files": {str(photo): file for photo, file in (self.files or {}).items()},
        }


@dataclass(frozen=True, slots=True)
class Seen:
    """What of their record was read already: ids of words and files."""

    words: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()

    @classmethod
    def of(cls, link: SyncLink) -> Seen:
        kept = link.seen or {}
        return cls(frozenset(kept.get("words") or ()), frozenset(kept.get("files") or ()))

    def as_json(self) -> dict[str, Any]:
        return {"words": sorted(self.words), "files": sorted(self.files)}


def key_of(reference: str, record_count: int) -> str:
    """By what our record is found again: the reference; those that follow a closed one are numbered."""
    return reference if record_count <= 1 else f"{reference}/{record_count}"


async def link_of(
    session: AsyncSession, system: str, request_id: int, *, lock: bool = False
) -> SyncLink | None:
    query = select(SyncLink).where(SyncLink.system == system, SyncLink.request_id == request_id)
    return await session.scalar(query.with_for_update() if lock else query)


async def the_link(session: AsyncSession, system: str, request_id: int, *, lock: bool = False) -> SyncLink:
    """The row of a request that has one. Links stay."""
    link = await link_of(session, system, request_id, lock=lock)
    assert link is not None  # noqa: S101 - whoever asks has seen it
    return link


async def waiting(session: AsyncSession, system: str, before: datetime | None = None) -> list[int]:
    """Ids of the requests with something that was not exchanged yet; `before`: only what waits since longer."""
    query = select(SyncLink.request_id).where(SyncLink.system == system, SyncLink.pending_since.is_not(None))
    if before is not None:
        query = query.where(SyncLink.pending_since < before)
    return list(await session.scalars(query.order_by(SyncLink.pending_since)))


async def make_links(session: AsyncSession, system: str, since: datetime, now: datetime) -> list[int]:
    """Have every request that changed since then exchanged, those without a link among them; gives their ids."""
    ids = list(await session.scalars(select(ServiceRequest.id).where(ServiceRequest.updated_at >= since)))
    for request_id in ids:
        link = insert(SyncLink).values(system=system, request_id=request_id, pending_since=now)
        await session.execute(
            link.on_conflict_do_update(
                index_elements=["system", "request_id"], set_={"pending_since": link.excluded.pending_since}
            )
        )
    return ids


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requests are in which state of being linked."""

    linked: int
    waiting: int
    failed: int
    oldest: datetime | None  # of those that wait


async def counts(session: AsyncSession, system: str) -> Counts:
    linked, waits, failed, oldest = (
        await session.execute(
            select(
                func.count().filter(SyncLink.remote_id.is_not(None)),
                func.count().filter(SyncLink.pending_since.is_not(None)),
                func.count().filter(SyncLink.failure == "deterministic"),
                func.min(SyncLink.pending_since),
            ).where(SyncLink.system == system)
        )
    ).one()
    return Counts(int(linked), int(waits), int(failed), oldest)


@dataclass(frozen=True, slots=True)
class Problem:
    """A request with which something is wrong over there."""

    reference: str
    number: str
    problem: str


async def list_problems(session: AsyncSession, system: str, limit: int = 200) -> list[Problem]:
    """The newest first."""
    rows = await session.execute(
        select(ServiceRequest.reference, SyncLink.remote_number, SyncLink.problem)
        .join(SyncLink, SyncLink.request_id == ServiceRequest.id)
        .where(SyncLink.system == system, SyncLink.problem != "")
        .order_by(ServiceRequest.id.desc())
        .limit(limit)
    )
    return [Problem(*row) for row in rows]
