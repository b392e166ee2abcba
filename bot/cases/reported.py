"""A request that another system files with its key: like any other, but that nobody is texted of it.

The protocol has no key of its own for "the same once more", so whoever got no answer sends again. The same content by the same key
within `REPEATED_WITHIN` is the same request.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import phonenumbers
from sqlalchemy import exists, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.api_keys import Key
from bot.cases.filing import FiledRequest, NewRequest, file_request
from bot.cases.showing import list_on_city_page
from bot.city.location import Location
from bot.db.jobs import Queue, TaskName, enqueue
from bot.db.tables import ApiKey, Open311Photo, Open311Report, ServiceRequest
from bot.settings import secret_key, settings

CHANNEL = "open311"
# FixMyStreet tries again after half an hour and for days; whoever has the same matter on the next day writes anew.
REPEATED_WITHIN = timedelta(hours=24)
_HOME = "US"  # of numbers written without a country code


@dataclass(frozen=True, slots=True)
class Person:
    """Whom staff may ask back, as far as the sender said it; "" for what it did not."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reported a request, and by whose key it came."""

    key_name: str
    person: Person


@dataclass(frozen=True, slots=True)
class NewReport:
    """What another system files, checked already."""

    service_code: str
    content_hash: bytes  # of all that was sent: `hash_of`
    description: str = ""
    place_text: str = ""
    location: Location | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    person: Person = Person()
    photo_urls: tuple[str, ...] = ()  # where we may fetch them


def hash_of(fields: Iterable[tuple[str, str]]) -> bytes:
    """A keyed hash of fields and values in any order: it tells who has it nothing of a resident."""
    written = "\x00".join(f"{name}\x01{value}" for name, value in sorted(fields))
    return hmac.digest(
        secret_key(settings()).encode(), b"cityline.report:" + written.encode(), hashlib.sha256
    )


async def file_report(session: AsyncSession, key: Key, new: NewReport, now: datetime) -> FiledRequest:
    """File it, or give what the same content was filed as before. `now` is aware. Raises `UnknownServiceError`.

    Two that come at once go one after the other.
    """
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('report:' || :content, 0))"),
        {"content": f"{key.id}:{new.content_hash.hex()}"},
    )
    before = await _same(session, key, new.content_hash, now)
    if before is not None:
        return FiledRequest(before.id, before.reference, before.service_code, False, before.due_on)
    filed = await file_request(
        session,
        NewRequest(
            conversation_id=None,
            idempotency_key=f"{CHANNEL}:{secrets.token_hex(16)}",
            service_code=new.service_code,
            description=new.description,
            place_text=new.place_text,
            location=new.location,
            at=now,
            answers=new.answers,
            channel=CHANNEL,
            author=key.author,
        ),
    )
    session.add(
        Open311Report(
            request_id=filed.id,
            key_id=key.id,
            content_hash=new.content_hash,
            name=new.person.name or None,
            email=new.person.email.lower() or None,
            phone=spelled_number(new.person.phone) or None,
            created_at=now,
        )
    )
    if key.terms.shown:
        await list_on_city_page(session, filed.reference, key.author, now, listed=True)
    await fetch_photos(session, key, filed.id, new.photo_urls, now)
    return filed


async def fetch_photos(
    session: AsyncSession, key: Key, request_id: int, urls: Iterable[str], now: datetime
) -> None:
    """Have photos brought in that a key named by their addresses."""
    for url in urls:
        photo = Open311Photo(request_id=request_id, key_id=key.id, url=url, state="waiting", created_at=now)
        session.add(photo)
        await session.flush()
        await enqueue_reported_photo(session, photo.id)


async def enqueue_reported_photo(session: AsyncSession, photo_id: int) -> None:
    """A photo that another system named is to be fetched."""
    await enqueue(
        session,
        TaskName.BRING_IN_REPORTED,
        Queue.MEDIA,
        lock=f"reported:{photo_id}",
        reported_id=photo_id,
    )


async def was_filed_by(session: AsyncSession, key: Key, request_id: int) -> bool:
    """Whether this key filed a request."""
    found = exists().where(Open311Report.request_id == request_id, Open311Report.key_id == key.id)
    return bool(await session.scalar(select(found)))


async def reporter_of(session: AsyncSession, request_id: int) -> Reporter | None:
    """None for a request that came by no key."""
    row = (
        await session.execute(
            select(Open311Report, ApiKey.name)
            .join(ApiKey, ApiKey.id == Open311Report.key_id)
            .where(Open311Report.request_id == request_id)
        )
    ).one_or_none()
    if row is None:
        return None
    report, key_name = row
    return Reporter(key_name, Person(report.name or "", report.email or "", report.phone or ""))


def spelled_number(phone: str) -> str:
    """A telephone number as E.164; what is none as it was written."""
    try:
        number = phonenumbers.parse(phone, _HOME)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


async def _same(session: AsyncSession, key: Key, content_hash: bytes, now: datetime) -> ServiceRequest | None:
    return await session.scalar(
        select(ServiceRequest)
        .join(Open311Report, Open311Report.request_id == ServiceRequest.id)
        .where(
            Open311Report.key_id == key.id,
            Open311Report.content_hash == content_hash,
            Open311Report.created_at > now - REPEATED_WITHIN,
        )
        .order_by(ServiceRequest.id.desc())
        .limit(1)
    )
