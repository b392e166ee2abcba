"""Filing a service request: once for each confirmation, however often the confirmation is processed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.mailbox import Reason, mail_department
from bot.cases.outward import changed
from bot.cases.promises import first_promise
from bot.cases.references import new_reference
from bot.cases.status import Status
from bot.city.catalogue import Service
from bot.city.current import catalogue, city
from bot.city.location import Location
from bot.db.tables import Conversation, Photo, RequestPhoto, ServiceRequest, Subscriber, Update

log = structlog.get_logger(__name__)

MAX_PHOTOS = 10


@dataclass(frozen=True, slots=True)
class NewRequest:
    """Everything a resident confirmed, or another system passed on."""

    conversation_id: int | None  # None: it came by no conversation, and nobody is texted of it
    idempotency_key: str  # of the confirmed draft: the same draft files one request, ever
    service_code: str
    description: str  # the resident's words
    place_text: str  # the resident's words for where
    location: Location | None  # None: it happened nowhere a crew could go
    photo_ids: tuple[int, ...] = ()
    language: str = "en"
    at: datetime | None = None  # when it was confirmed, aware; None: now
    answers: Mapping[str, str] = field(default_factory=dict)
    alert_id: int | None = None  # the known outage or works it is due to
    urgent: bool = False  # who filed it says that it cannot wait
    channel: str = ""  # by which it came; "" for that of its conversation
    author: str = "resident"  # who filed it, as its history says


@dataclass(frozen=True, slots=True)
class FiledRequest:
    id: int
    reference: str
    service_code: str
    created: bool  # False: this confirmation had been filed before
    due_on: date | None  # the day by which it is usually done; None: no figures are known


class UnknownServiceError(ValueError):
    """The service code is not in the city's catalogue."""


async def file_request(session: AsyncSession, new: NewRequest) -> FiledRequest:
    """Write the request, its photos, its first history entry and, in a conversation, the resident's subscription.

    Raises `UnknownServiceError`. Safe to repeat with the same idempotency key.
    """
    service = catalogue().services.get(new.service_code)
    if service is None:
        raise UnknownServiceError(f"No service {new.service_code!r} in the city's catalogue.")
    existing = await _by_key(session, new.idempotency_key)
    if existing is None:
        created = await _insert(session, new, service)
        if created is not None:
            await _attach(session, created, new)
            log.info("request.filed", request_id=created.id, service_code=service.code)
            return FiledRequest(created.id, created.reference, service.code, True, created.due_on)
        existing = await _by_key(session, new.idempotency_key)
    assert existing is not None  # noqa: S101 - the insert lost against exactly this row
    return FiledRequest(existing.id, existing.reference, existing.service_code, False, existing.due_on)


async def _by_key(session: AsyncSession, key: str) -> ServiceRequest | None:
    return await session.scalar(select(ServiceRequest).where(ServiceRequest.idempotency_key == key))


async def _insert(session: AsyncSession, new: NewRequest, service: Service) -> ServiceRequest | None:
    """The new row, or None when another process filed this confirmation a moment ago."""
    channel = await _channel(session, new)
    where, filed_at = new.location, new.at or datetime.now(UTC)
    values = {
        "idempotency_key": new.idempotency_key,
        "conversation_id": new.conversation_id,
        "service_code": service.code,
        "description": new.description,
        "answers": dict(new.answers),
        "place_text": new.place_text,
        "address": where.name if where else "",
        "lat": where.point.lat if where else None,
        "lon": where.point.lon if where else None,
        "location_kind": str(where.kind) if where else None,
        "on_border": where.on_border if where else False,
        "neighborhood": where.neighborhood if where else None,
        "zip_code": where.zip_code if where else None,
        "department": service.department,
        "status": Status.OPEN,
        "alert_id": new.alert_id,
        "urgent_at": filed_at if new.urgent else None,
        "created_at": filed_at,
        "updated_at": filed_at,
        "due_on": first_promise(service, filed_at),
        "channel": channel,
        "language": new.language,
    }
    for _ in range(20):  # a reference that is taken is drawn again; 20 misses in a row do not happen
        reference = new_reference(city().reference_prefix)
        row: ServiceRequest | None = await session.scalar(
            insert(ServiceRequest)
            .values(reference=reference, **values)
            .on_conflict_do_nothing()
            .returning(ServiceRequest)
        )
        if row is not None:
            return row
        if await _by_key(session, new.idempotency_key) is not None:
            return None
    raise RuntimeError("No free reference was found in 20 draws.")


async def is_filed(session: AsyncSession, idempotency_key: str) -> bool:
    """Whether something was filed with this key already."""
    return await _by_key(session, idempotency_key) is not None


async def _channel(session: AsyncSession, new: NewRequest) -> str:
    if new.channel or new.conversation_id is None:
        return new.channel
    conversation = await session.get_one(Conversation, new.conversation_id)
    return conversation.contact.channel


async def _attach(session: AsyncSession, request: ServiceRequest, new: NewRequest) -> None:
    author, at = new.author, request.created_at
    first = Update(
        request_id=request.id, from_status=None, to_status=Status.OPEN, author=author, created_at=at
    )
    session.add(first)
    if new.conversation_id is not None:
        session.add(Subscriber(request_id=request.id, conversation_id=new.conversation_id, created_at=at))
    await add_photos(session, request.id, new.photo_ids, new.conversation_id, at=at)
    await changed(session, request.id)
    await session.flush()
    await mail_department(session, request, first, Reason.NEW)
    record(session, author, "request.filed", "request", request.reference, service=request.service_code)


async def add_photos(
    session: AsyncSession,
    request_id: int,
    photo_ids: tuple[int, ...],
    conversation_id: int | None,
    *,
    turn_id: int | None = None,
    at: datetime | None,
) -> int:
    """Attach a resident's photos, in order, each once, and give how many are new; ids that do not exist are passed over.

    `turn_id`: of the turn they came with, when they are added to a request that is filed. `at`: when they came, aware; None: now.
    """
    known = (
        set(await session.scalars(select(Photo.id).where(Photo.id.in_(photo_ids)))) if photo_ids else set()
    )
    fresh = 0
    for photo_id in dict.fromkeys(photo_ids):
        if photo_id in known:
            row = await session.scalar(
                insert(RequestPhoto)
                .values(
                    request_id=request_id,
                    photo_id=photo_id,
                    kind="report",
                    conversation_id=conversation_id,
                    turn_id=turn_id,
                    **({"created_at": at} if at else {}),
                )
                .on_conflict_do_nothing()
                .returning(RequestPhoto.id)
            )
            fresh += row is not None
    return fresh
