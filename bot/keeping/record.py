"""A record to hand out: all that is kept of one resident, or of one request, as a zip with photos, a page to read and JSON."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.lookup import find_request
from bot.db.tables import Addition, Conversation, Feedback, ServiceRequest
from bot.keeping.exporting import export_contact, load_requests, request_fields
from bot.photos.store import PhotoMissingError, PhotoStore
from bot.text.personal import without_personal


@dataclass(frozen=True, slots=True)
class Record:
    """What is handed out."""

    name: str  # of the file: "SM-7K3R9P", "conversation-12"
    data: dict[str, Any]  # what becomes JSON, and the page
    photos: tuple[str, ...]  # SHA-256 of each, once


def photo_name(sha256: str) -> str:
    """Where a photo lies in the zip."""
    return f"photos/{sha256[:16]}.jpg"


async def record_of_resident(session: AsyncSession, conversation_id: int) -> Record:
    """For the person it is about: everything, in their own words. Raises `LookupError`."""
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None:
        raise LookupError("There is no such conversation.")
    data = await export_contact(session, conversation.contact_id)
    files = [file["photo"] for message in data["messages"] for file in message["files"] if file["photo"]]
    of_requests = [photo for request in data["requests"] for photo in request["photos"]]
    photos = dict.fromkeys(photo["sha256"] for photo in (*files, *of_requests))
    return Record(f"conversation-{conversation_id}", data, tuple(photos))


async def record_of_request(session: AsyncSession, reference: str, *, notes: bool) -> Record:
    """For whoever asks the city for its record: without the name, number or address of anybody, as far as they can be found in words.

    `notes`: whether what staff wrote for each other goes with it. Raises `UnknownRequestError`.
    """
    named = await find_request(session, reference)
    row = (await load_requests(session, ServiceRequest.id == named.id))[0]
    names = await _names(session, row)
    data = {"request": _without(request_fields(row), names)}
    # Whoever asks is handed what the public sees: faces and plates that staff covered stay covered.
    data["request"]["photos"] = [
        {"kind": one.kind, "sha256": one.photo.outside.sha256, "shown_to_the_public": one.cleared}
        for one in row.photos
    ]
    data["request"]["history"] = [
        {
            "status": change.to_status,
            "text": without_personal(change.public_text, names),
            **({"note": without_personal(change.internal_note, names)} if notes else {}),
            "at": change.created_at,
        }
        for change in row.updates
    ]
    data["added"] = [
        {"words": without_personal(one.words, names), "at": one.created_at}
        for one in await session.scalars(
            select(Addition).where(Addition.request_id == row.id).order_by(Addition.created_at, Addition.id)
        )
    ]
    data["feedback"] = [
        {
            "verdict": one.verdict,
            "rating": one.rating,
            "comment": without_personal(one.comment or "", names),
            "at": one.created_at,
        }
        for one in await session.scalars(
            select(Feedback).where(Feedback.request_id == row.id).order_by(Feedback.id)
        )
    ]
    photos = dict.fromkeys(photo["sha256"] for photo in data["request"]["photos"])
    return Record(row.reference, data, tuple(photos))


def write_zip(file: IO[bytes], record: Record, page: str, store: PhotoStore) -> int:
    """Write it; gives how many photos the store no longer had. Plain and blocking; photos are read one by one."""
    missing = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("record.html", page)
        archive.writestr("record.json", json.dumps(record.data, ensure_ascii=False, indent=2, default=_plain))
        for sha256 in record.photos:
            try:
                content = store.get(sha256)
            except PhotoMissingError:
                missing += 1
                continue
            archive.writestr(photo_name(sha256), content, zipfile.ZIP_STORED)  # a JPEG gets no smaller
    return missing


async def _names(session: AsyncSession, row: ServiceRequest) -> list[str]:
    """The name that its resident gave, which may stand in words, too."""
    if row.conversation_id is None:
        return []
    conversation = await session.get(Conversation, row.conversation_id)
    name = conversation.contact.display_name if conversation else None
    return [name] if name else []


def _without(value: Any, names: Collection[str]) -> Any:
    """The same, without numbers, addresses of mail and names in any words within."""
    if isinstance(value, str):
        return without_personal(value, tuple(names))
    if isinstance(value, dict):
        return {key: part if key in _OURS else _without(part, names) for key, part in value.items()}
    if isinstance(value, list):
        return [_without(part, names) for part in value]
    return value


# Not words of anybody: they would be taken for numbers.
_OURS = frozenset({"reference", "service_code", "status", "sha256", "kind", "department"})


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
