"""Which records a member of staff sees: all, or those of their own department where the city wants it so.

Conditions in SQL, so that a list, a search and the look at one record ask the same question. A request is in sight by
its department or by who has it; a conversation and a photo by the requests they belong to.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.references import parse_reference
from bot.cases.roles import Permission
from bot.cases.staff import StaffMember
from bot.city.current import city
from bot.db.tables import Conversation, Media, Message, Photo, RequestPhoto, ServiceRequest, Subscriber


class Subject(StrEnum):
    """A kind of record with somebody's data in it, by the name it has in the audit trail."""

    REQUEST = "request"
    CONVERSATION = "conversation"
    MESSAGE = "message"
    PHOTO = "photo"


def requests_in_sight(staff: StaffMember) -> ColumnElement[bool]:
    """Of `service_requests`: those that this person may see."""
    if not staff.confined:
        return true()
    return or_(ServiceRequest.department == staff.department, ServiceRequest.assignee_id == staff.id)


def conversations_in_sight(staff: StaffMember) -> ColumnElement[bool]:
    """Of `conversations`: those in which a request was made or followed that this person may see."""
    if not staff.confined:
        return true()
    theirs = requests_in_sight(staff)
    return or_(
        exists().where(ServiceRequest.conversation_id == Conversation.id, theirs),
        exists().where(
            Subscriber.conversation_id == Conversation.id, Subscriber.request_id == ServiceRequest.id, theirs
        ),
    )


def photos_in_sight(staff: StaffMember) -> ColumnElement[bool]:
    """Of `photos`: those of requests, and of messages for who may read these."""
    if not staff.confined and staff.may(Permission.CONVERSATIONS):
        return true()
    of_requests = exists().where(
        RequestPhoto.photo_id == Photo.id,
        RequestPhoto.request_id == ServiceRequest.id,
        requests_in_sight(staff),
    )
    if not staff.may(Permission.CONVERSATIONS):
        return of_requests
    of_messages = exists().where(
        Media.photo_id == Photo.id,
        Media.message_id == Message.id,
        Message.conversation_id == Conversation.id,
        conversations_in_sight(staff),
    )
    return or_(of_requests, of_messages)


async def is_in_sight(session: AsyncSession, staff: StaffMember, kind: Subject, key: str) -> bool:
    """Whether this person may see one record. What does not exist is in nobody's sight, so that a refusal tells nothing.

    `key`: a reference as it was typed, or the number of the row.
    """
    if not staff.confined and (kind is not Subject.PHOTO or staff.may(Permission.CONVERSATIONS)):
        return True
    match kind:
        case Subject.REQUEST:
            named = parse_reference(key, city().reference_prefix)
            query = select(ServiceRequest.id).where(
                ServiceRequest.reference == named, requests_in_sight(staff)
            )
        case Subject.CONVERSATION:
            query = select(Conversation.id).where(Conversation.id == int(key), conversations_in_sight(staff))
        case Subject.MESSAGE:
            query = (
                select(Message.id)
                .join(Conversation, Conversation.id == Message.conversation_id)
                .where(Message.id == int(key), conversations_in_sight(staff))
            )
        case Subject.PHOTO:
            query = select(Photo.id).where(Photo.id == int(key), photos_in_sight(staff))
    return await session.scalar(query) is not None
