"""What other systems said of who reports by Open311: found, handed out, erased, and forgotten when its time is over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.lookup import find_joined
from bot.cases.reported import spelled_number
from bot.cases.status import FINISHED
from bot.db.tables import Addition, ApiKey, Open311Photo, Open311Report, Photo, RequestPhoto, ServiceRequest
from bot.keeping.erasing import without_person
from bot.keeping.exporting import load_requests, request_fields
from bot.keeping.photos import delete_orphans
from bot.text.personal import without_personal


async def find_reports(session: AsyncSession, which: str) -> list[int]:
    """Ids of what was reported under an e-mail address or a telephone number, however they are written."""
    which = which.strip()
    if not which:
        return []
    wanted = or_(
        Open311Report.email == which.lower(), Open311Report.phone.in_([which, spelled_number(which)])
    )
    return list(await session.scalars(select(Open311Report.id).where(wanted).order_by(Open311Report.id)))


async def export_reports(session: AsyncSession, report_ids: Collection[int]) -> list[dict[str, Any]]:
    """Everything that is kept of these reports, for who made them."""
    rows = (
        await session.execute(
            select(Open311Report, ApiKey.name)
            .join(ApiKey, ApiKey.id == Open311Report.key_id)
            .where(Open311Report.id.in_(report_ids))
            .order_by(Open311Report.id)
        )
    ).all()
    requests = await load_requests(session, ServiceRequest.id.in_([report.request_id for report, _ in rows]))
    by_id = {row.id: request_fields(row) for row in requests}
    return [
        {
            "passed_on_by": key_name,
            "name": report.name,
            "email": report.email,
            "phone": report.phone,
            "at": report.created_at,
            "request": by_id[report.request_id],
        }
        for report, key_name in rows
    ]


async def erase_reports(
    session: AsyncSession, report_ids: Collection[int], *, actor: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Erase who made these reports; gives the references that stay and the SHA-256 of photos that were deleted. Safe to repeat.

    As with a contact, the city's record stays without the person: no name, number or address in its words, nothing of theirs shown.
    """
    reports = list(
        await session.scalars(select(Open311Report).where(Open311Report.id.in_(report_ids)).with_for_update())
    )
    references: list[str] = []
    photo_ids: list[int] = []
    for report in reports:
        names = [report.name] if report.name else []
        of_it = ServiceRequest.id == report.request_id
        references += await without_person(session, of_it, names)
        await _passed_on_without_person(session, report, names)
        photo_ids += await _photos_taken_back(session, report.request_id)
        await session.execute(update(ServiceRequest).where(of_it).values(public_summary=""))
        await _forget(session, [report.id])
        record(session, actor, "report.erased", "request", references[-1])
    return tuple(references), await delete_orphans(session, photo_ids)


async def forget_reporters(session: AsyncSession, before: datetime, limit: int) -> int:
    """Forget names, addresses and numbers of at most `limit` requests that were finished before `before`; gives their number."""
    ids = await session.scalars(
        select(Open311Report.id)
        .join(ServiceRequest, ServiceRequest.id == Open311Report.request_id)
        .where(
            ServiceRequest.updated_at < before,
            ServiceRequest.status.in_([str(status) for status in FINISHED]),
            func.coalesce(Open311Report.name, Open311Report.email, Open311Report.phone).is_not(None),
        )
        .order_by(Open311Report.id)
        .limit(limit)
        .with_for_update(of=Open311Report, skip_locked=True)
    )
    found = list(ids)
    await _forget(session, found)
    return len(found)


async def forget_repeats(session: AsyncSession, before: datetime, limit: int) -> int:
    """Forget the hashes by which the same report was known again; gives how many."""
    ids = select(Open311Report.id).where(
        Open311Report.created_at < before, Open311Report.content_hash.is_not(None)
    )
    gone = await session.scalars(
        update(Open311Report)
        .where(Open311Report.id.in_(ids.order_by(Open311Report.id).limit(limit)))
        .values(content_hash=None)
        .returning(Open311Report.id)
    )
    return len(gone.all())


async def _forget(session: AsyncSession, report_ids: Sequence[int]) -> None:
    await session.execute(
        update(Open311Report)
        .where(Open311Report.id.in_(report_ids))
        .values(name=None, email=None, phone=None, content_hash=None)
        .execution_options(synchronize_session=False)
    )


async def _passed_on_without_person(
    session: AsyncSession, report: Open311Report, names: Sequence[str]
) -> None:
    """The same of what came later by their key, also where their request goes on as another one."""
    named = await session.get_one(ServiceRequest, report.request_id)
    goes_on = await find_joined(session, named.reference)
    passed_on = await session.scalars(
        select(Addition).where(
            Addition.key_id == report.key_id, Addition.request_id.in_({named.id, goes_on.id})
        )
    )
    for added in passed_on:
        added.words = without_personal(added.words, names)


async def _photos_taken_back(session: AsyncSession, request_id: int) -> list[int]:
    """Show none of the photos that came with it, have none fetched any more, and forget where the cameras were."""
    came = (
        RequestPhoto.request_id == request_id,
        RequestPhoto.kind == "report",
        RequestPhoto.conversation_id.is_(None),
    )
    found = list(await session.scalars(select(RequestPhoto.photo_id).where(*came)))
    for statement in (
        # Also in the request that it was joined with.
        update(RequestPhoto).where(RequestPhoto.photo_id.in_(found), *came[1:]).values(cleared=False),
        update(Photo).where(Photo.id.in_(found)).values(lat=None, lon=None, taken_at=None),
        update(Open311Photo)
        .where(Open311Photo.request_id == request_id, Open311Photo.state == "waiting")
        .values(state="refused", refusal="gone", url=None),
    ):
        await session.execute(statement.execution_options(synchronize_session=False))
    return found
