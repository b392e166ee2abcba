"""Everything that is kept about one contact, for the contact: plain values that become JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.cases.people import others_of
from bot.db.tables import (
    Addition,
    Audit,
    Contact,
    Conversation,
    Feedback,
    Media,
    Message,
    RequestPhoto,
    ServiceRequest,
    Subscriber,
    Turn,
)
from bot.keeping.presence import table_exists


async def export_contact(session: AsyncSession, contact_id: int) -> dict[str, Any]:
    """Contact, consent, messages with photos and receipts, requests, additions, following, feedback, what the engine remembers, audit.

    Staff's internal notes are the city's, not the contact's, and are left out; so are map links, whose tokens nobody can read.
    """
    contact = await session.get_one(Contact, contact_id)
    conversation = await session.scalar(select(Conversation).where(Conversation.contact_id == contact_id))
    exported: dict[str, Any] = {
        "contact": {
            "channel": contact.channel,
            "address": contact.address,
            "name": contact.display_name,
            "language": contact.language,
            "first_seen": contact.created_at,
            "number_given_up": contact.given_up_at,
            "number_still_theirs": contact.still_theirs_at,
        },
        "consent": {"stopped_at": contact.opted_out_at, "wants_updates": contact.wants_updates},
    }
    if conversation is None:
        return exported
    requests = await load_requests(session, ServiceRequest.conversation_id == conversation.id)
    return exported | {
        "conversation": {
            "id": conversation.id,
            "last_message": conversation.last_message_at,
            "wants_person_since": conversation.wants_person_at,
            "staff_answer_since": conversation.taken_over_at,
            # Of other contacts, which are exported by themselves: that they are there, and what channel they are on.
            "joined_with": [
                {"id": other.id, "channel": other.contact.channel}
                for other in await others_of(session, conversation.id)
            ],
        },
        "messages": await _messages(session, conversation.id),
        "understood": await _understood(session, conversation.id),
        "requests": [request_fields(row) for row in requests],
        "additions": await _additions(session, conversation.id),
        "follows": await _follows(session, conversation.id),
        "feedback": await _feedback(session, conversation.id),
        "dialogue": await _tracker(session, conversation.sender),
        "audit": await _audit(session, conversation.id, requests),
    }


async def _messages(session: AsyncSession, conversation_id: int) -> list[dict[str, Any]]:
    rows = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id)
        .options(selectinload(Message.media).selectinload(Media.photo), selectinload(Message.receipts))
        .order_by(Message.id)
    )
    return [
        {
            "id": row.id,
            "direction": row.direction,
            "author": row.author,
            "kind": row.kind,
            "at": row.created_at,
            "text": row.body,
            "details": row.payload,
            "provider_id": row.provider_id,
            "state": row.state,
            "sent": row.sent_at,
            "delivered": row.delivered_at,
            "files": [_file_fields(media) for media in row.media],
            "receipts": [
                {"state": receipt.state, "error": receipt.error_code, "at": receipt.received_at}
                for receipt in row.receipts
            ],
        }
        for row in rows
    ]


async def _understood(session: AsyncSession, conversation_id: int) -> list[dict[str, Any]]:
    """What the bot took each turn of theirs for."""
    rows = await session.execute(
        select(Turn.created_at, Turn.understood)
        .where(Turn.conversation_id == conversation_id, Turn.understood.is_not(None))
        .order_by(Turn.id)
    )
    return [{"at": at, "as": understood} for at, understood in rows]


def _file_fields(media: Media) -> dict[str, Any]:
    photo = media.photo
    return {
        "name": media.file_name,
        "type": media.content_type,
        "state": media.state,
        "photo": None
        if photo is None
        else {
            "id": photo.id,
            "sha256": photo.sha256,
            "width": photo.width,
            "height": photo.height,
            "lat": photo.lat,
            "lon": photo.lon,
            "taken": photo.taken_at,
        },
    }


async def load_requests(session: AsyncSession, which: ColumnElement[bool]) -> list[ServiceRequest]:
    """With photos and updates, oldest first."""
    rows = await session.scalars(
        select(ServiceRequest)
        .where(which)
        .options(
            selectinload(ServiceRequest.photos).selectinload(RequestPhoto.photo),
            selectinload(ServiceRequest.updates),
        )
        .order_by(ServiceRequest.id)
    )
    return list(rows)


def request_fields(row: ServiceRequest) -> dict[str, Any]:
    """A request, photos and updates loaded, as its resident is handed it."""
    return {
        "reference": row.reference,
        "service_code": row.service_code,
        "status": row.status,
        "description": row.description,
        "description_of_staff": row.staff_description,
        "answers": row.answers,
        "public_summary": row.public_summary,
        "on_city_page_since": row.listed_at,
        "place": row.place_text,
        "address": row.address,
        "lat": row.lat,
        "lon": row.lon,
        "department": row.department,
        "filed": row.created_at,
        "photos": [
            {"kind": photo.kind, "sha256": photo.photo.sha256, "shown_to_the_public": photo.cleared}
            for photo in row.photos
        ],
        "history": [
            {
                "status": change.to_status,
                "text": change.public_text,
                "corrected": change.corrected,
                "at": change.created_at,
            }
            for change in row.updates
        ],
    }


async def _additions(session: AsyncSession, conversation_id: int) -> list[dict[str, Any]]:
    """What they added to requests of their own and to those that they follow."""
    rows = await session.execute(
        select(Addition, ServiceRequest.reference)
        .join(ServiceRequest, ServiceRequest.id == Addition.request_id)
        .where(Addition.conversation_id == conversation_id)
        .order_by(Addition.created_at, Addition.id)
    )
    return [
        {
            "reference": reference,
            "words": row.words,
            "asks": row.asks,
            "address": row.address,
            "lat": row.lat,
            "lon": row.lon,
            "at": row.created_at,
        }
        for row, reference in rows
    ]


async def _follows(session: AsyncSession, conversation_id: int) -> list[dict[str, Any]]:
    rows = await session.execute(
        select(Subscriber, ServiceRequest.reference)
        .join(ServiceRequest, ServiceRequest.id == Subscriber.request_id)
        .where(Subscriber.conversation_id == conversation_id)
        .order_by(Subscriber.id)
    )
    return [
        {
            "reference": reference,
            "how": row.origin,
            "words": row.words,
            "place": row.place_text,
            "address": row.address,
            "lat": row.lat,
            "lon": row.lon,
            "since": row.created_at,
        }
        for row, reference in rows
    ]


async def _feedback(session: AsyncSession, conversation_id: int) -> list[dict[str, Any]]:
    rows = await session.execute(
        select(Feedback, ServiceRequest.reference)
        .join(ServiceRequest, ServiceRequest.id == Feedback.request_id)
        .where(Feedback.conversation_id == conversation_id)
        .order_by(Feedback.id)
    )
    return [
        {
            "reference": reference,
            "verdict": row.verdict,
            "rating": row.rating,
            "comment": row.comment,
            "at": row.created_at,
        }
        for row, reference in rows
    ]


async def _tracker(session: AsyncSession, sender: str) -> list[dict[str, Any]]:
    """What the engine still holds of what was said, in its own form."""
    if not await table_exists(session, "events"):
        return []
    rows = await session.execute(
        text("SELECT data::jsonb FROM events WHERE sender_id = :sender ORDER BY id"), {"sender": sender}
    )
    return [row[0] for row in rows]


async def _audit(
    session: AsyncSession, conversation_id: int, requests: Sequence[ServiceRequest]
) -> list[dict[str, Any]]:
    about = (Audit.subject_kind == "conversation") & (Audit.subject_id == str(conversation_id))
    theirs = (Audit.subject_kind == "request") & Audit.subject_id.in_([row.reference for row in requests])
    rows = await session.scalars(select(Audit).where(about | theirs).order_by(Audit.id))
    return [
        {
            "actor": row.actor,
            "action": row.action,
            "subject": f"{row.subject_kind} {row.subject_id}",
            "detail": row.detail,
            "at": row.at,
        }
        for row in rows
    ]
