"""Erasing one contact: the person goes, the city's record of what is broken stays.

A request stays with its conversation, which nobody stands behind any more: its history, its feedback and the requests joined
with it hang together by that link, and it leads to no number, no name and no word. Who texts again is a new contact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy import ColumnElement, delete, exists, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.people import leave_person
from bot.cases.showing import take_back
from bot.conversation.danger_marks import forget_alarms
from bot.conversation.states import InboundState, OutboundState
from bot.db.jobs import Queue, TaskName, enqueue
from bot.db.tables import (
    Addition,
    Contact,
    Conversation,
    Example,
    Feedback,
    LinkCode,
    LinkTry,
    Media,
    Message,
    Photo,
    ReceiptRow,
    RequestPhoto,
    ServiceRequest,
    Subscriber,
    Update,
)
from bot.keeping.erased_ids import erased_id
from bot.keeping.photos import delete_orphans
from bot.keeping.presence import table_exists
from bot.keeping.words import forget_words
from bot.text.personal import without_personal

log = structlog.get_logger(__name__)

GONE = "the resident had their data deleted"


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of one contact; nothing in it tells who they were."""

    conversation_id: int | None
    requests: tuple[str, ...]  # references of the requests that stay
    photos: tuple[str, ...]  # SHA-256 of those that were deleted, for the photo store


async def erase_contact(
    session: AsyncSession, contact_id: int, *, actor: str, now: datetime | None = None
) -> Erased:
    """Erase a contact and all that is only about them. Safe to repeat; a repeat finds what came meanwhile.

    The files of their photos are deleted by a job of this transaction. Raises `LookupError` for an unknown id.
    """
    now = now or datetime.now(UTC)
    # In the order in which `receive` takes them, so that neither waits for the other for ever.
    contact = await session.scalar(select(Contact).where(Contact.id == contact_id).with_for_update())
    if contact is None:
        raise LookupError("There is no such contact.")
    conversation = await session.scalar(
        select(Conversation).where(Conversation.contact_id == contact_id).with_for_update(of=Conversation)
    )
    address, name, first_time = contact.address, contact.display_name, contact.erased_at is None
    _anonymous(contact, now)
    if conversation is None:
        return Erased(None, (), ())
    await take_back(session, conversation.id)
    theirs = ServiceRequest.conversation_id == conversation.id
    requests = await without_person(session, theirs, [name] if name else [])
    await _additions_without_person(session, conversation.id, [name] if name else [])
    photo_ids = {
        *await _photos_sent(session, conversation.id),
        *await _pictures_shown(session, conversation.id),
    }
    await _forget_provider_ids(session, conversation)
    await _stop_what_is_under_way(session, conversation.id)
    # What was taught with their words goes as well, accepted or not: the next training is without it.
    await session.execute(delete(Example).where(Example.conversation_id == conversation.id))
    await forget_words(session, [conversation.id], now)
    await _forget_following(session, conversation.id)
    await _forget_links(session, conversation.id, actor)
    await _forget_jobs(session, conversation.id)
    if first_time:
        await _forget_set_aside(session, address)
    _nobodys(conversation)
    await forget_alarms(session, conversation.id, now)
    photos = await delete_orphans(session, sorted(photo_ids))
    if first_time:
        record(
            session,
            actor,
            "contact.erased",
            "conversation",
            conversation.id,
            requests=len(requests),
            photos=len(photos),
        )
        log.info(
            "contact.erased", conversation_id=conversation.id, requests=len(requests), photos=len(photos)
        )
    await session.flush()
    return Erased(conversation.id, requests, photos)


async def has_requests(session: AsyncSession, conversation_id: int) -> bool:
    """Whether something they reported stays as the city's record."""
    return bool(
        await session.scalar(select(exists().where(ServiceRequest.conversation_id == conversation_id)))
    )


def _anonymous(contact: Contact, now: datetime) -> None:
    contact.address = f"erased:{contact.id}"
    contact.display_name = contact.language = contact.wants_updates = contact.our_end = None
    contact.disowned_at = contact.unreachable_at = contact.unreachable_why = None
    contact.given_up_at = contact.still_theirs_at = None
    # Whatever might still be written for them must find nobody.
    contact.opted_out_at = contact.opted_out_at or now
    contact.erased_at = contact.erased_at or now


def _nobodys(conversation: Conversation) -> None:
    conversation.wants_person_at = conversation.taken_over_at = conversation.taken_over_by = None
    conversation.wants_person_why = conversation.danger_at = None
    conversation.slowed_at = conversation.erasing_asked_at = None
    conversation.last_message_at = None  # it leaves the list of conversations


async def without_person(
    session: AsyncSession, which: ColumnElement[bool], names: Sequence[str]
) -> tuple[str, ...]:
    """Take numbers, e-mail addresses and names out of the words of requests; gives the references."""
    rows = list(
        await session.scalars(
            select(ServiceRequest).where(which).order_by(ServiceRequest.id).with_for_update()
        )
    )
    for row in rows:
        row.description = without_personal(row.description, names)
        row.staff_description = without_personal(row.staff_description, names)
        row.place_text = without_personal(row.place_text, names)
        row.answers = {
            key: without_personal(value, names) if isinstance(value, str) else value
            for key, value in row.answers.items()
        }
    updates = await session.scalars(select(Update).where(Update.request_id.in_([row.id for row in rows])))
    for change in updates:
        change.public_text = without_personal(change.public_text, names)
        change.internal_note = without_personal(change.internal_note, names)
        if change.corrected and (description := change.corrected.get("description")):
            words = {when: without_personal(said, names) for when, said in description.items()}
            change.corrected = {**change.corrected, "description": words}
    return tuple(row.reference for row in rows)


async def _additions_without_person(
    session: AsyncSession, conversation_id: int, names: Sequence[str]
) -> None:
    """The same of what they added, to whichever requests."""
    additions = await session.scalars(select(Addition).where(Addition.conversation_id == conversation_id))
    for added in additions:
        added.words = without_personal(added.words, names)


async def _photos_sent(session: AsyncSession, conversation_id: int) -> list[int]:
    """Their photos; those that stay with a request no longer tell where and when their camera was."""
    ids = set(
        await session.scalars(
            select(Media.photo_id)
            .join(Message, Message.id == Media.message_id)
            .where(Message.conversation_id == conversation_id, Media.photo_id.is_not(None))
            .where(Message.direction == "in")
        )
    )
    ids |= set(
        await session.scalars(
            select(RequestPhoto.photo_id).where(
                RequestPhoto.conversation_id == conversation_id, RequestPhoto.kind == "report"
            )
        )
    )
    found = sorted(photo_id for photo_id in ids if photo_id is not None)
    await session.execute(update(Photo).where(Photo.id.in_(found)).values(lat=None, lon=None, taken_at=None))
    return found


async def _pictures_shown(session: AsyncSession, conversation_id: int) -> set[int]:
    """What was sent to them: theirs may be in it (`bot.cases.before_after`). What is the city's stays with its request."""
    ids = await session.scalars(
        select(Media.photo_id)
        .join(Message, Message.id == Media.message_id)
        .where(Message.conversation_id == conversation_id, Message.direction == "out")
    )
    return {photo_id for photo_id in ids if photo_id is not None}


async def _forget_provider_ids(session: AsyncSession, conversation: Conversation) -> None:
    """The ids of what came in become hashes of themselves; files not fetched yet are deleted at the provider."""
    rows = await session.execute(
        select(Message.id, Message.channel, Message.provider_id).where(
            Message.conversation_id == conversation.id,
            Message.direction == "in",
            Message.provider_id.is_not(None),
            Message.provider_id.not_like("erased:%"),
        )
    )
    marks = [
        {"id": id_, "provider_id": erased_id(channel, provider_id)}
        for id_, channel, provider_id in rows
        if provider_id is not None
    ]
    if marks:
        await session.execute(update(Message), marks)  # by primary key, many at once
    await session.execute(
        update(Message)
        .where(Message.conversation_id == conversation.id, Message.direction == "out")
        .values(provider_id=None)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(ReceiptRow)
        .where(
            ReceiptRow.message_id.in_(select(Message.id).where(Message.conversation_id == conversation.id))
        )
        .values(provider_id=None)
        .execution_options(synchronize_session=False)
    )
    waiting = await session.scalars(
        select(Media)
        .join(Message, Message.id == Media.message_id)
        .where(Message.conversation_id == conversation.id, Media.state == "waiting")
    )
    for media in waiting.all():
        if media.provider_ref and conversation.contact.channel == "sms":
            await enqueue(
                session,
                TaskName.DELETE_PROVIDER_MEDIA,
                Queue.MEDIA,
                channel="sms",
                provider_ref=media.provider_ref,
            )
        media.state, media.refusal = "refused", "gone"
    await session.flush()


async def _stop_what_is_under_way(session: AsyncSession, conversation_id: int) -> None:
    for states, after in (
        ([InboundState.RECEIVED], InboundState.HANDLED),
        ([OutboundState.QUEUED, OutboundState.SENDING], OutboundState.SUPPRESSED),
    ):
        await session.execute(
            update(Message)
            .where(Message.conversation_id == conversation_id, Message.state.in_([str(s) for s in states]))
            .values(state=str(after), detail=GONE)
            .execution_options(synchronize_session=False)
        )


async def _forget_following(session: AsyncSession, conversation_id: int) -> None:
    """They follow nothing any more; verdicts and stars stay as figures, comments go."""
    await session.execute(delete(Subscriber).where(Subscriber.conversation_id == conversation_id))
    await session.execute(
        update(Feedback).where(Feedback.conversation_id == conversation_id).values(comment=None)
    )


async def _forget_links(session: AsyncSession, conversation_id: int, actor: str) -> None:
    """Nobody is told any more that other conversations were theirs; what they asked for there stays as it is."""
    await leave_person(session, conversation_id, actor)
    await session.execute(
        delete(LinkCode)
        .where(LinkCode.conversation_id == conversation_id)
        .execution_options(synchronize_session=False)
    )
    # Nobody's from now on, but counted for a day: or whoever guesses would erase what bounds it.
    await session.execute(
        update(LinkTry)
        .where(LinkTry.conversation_id == conversation_id)
        .values(conversation_id=None, turn_id=None)
        .execution_options(synchronize_session=False)
    )


async def _forget_jobs(session: AsyncSession, conversation_id: int) -> None:
    """Work that waits for this conversation, and what finished work of it was given."""
    if await table_exists(session, "procrastinate_jobs"):
        await session.execute(
            text(
                "DELETE FROM procrastinate_jobs WHERE status::text <> 'doing' "
                "AND args ->> 'conversation_id' = :conversation"
            ),
            {"conversation": str(conversation_id)},
        )


async def _forget_set_aside(session: AsyncSession, address: str) -> None:
    """Provider events that could not be read are kept as they came: those that hold the address go."""
    digits = "".join(character for character in address if character in "0123456789")
    if digits:  # bodies are form-encoded or JSON: the digits stand as they are in both
        await session.execute(
            text("DELETE FROM set_aside WHERE convert_from(body, 'LATIN1') || ' ' || query ~ :digits"),
            {"digits": f"(^|[^0-9]){digits}([^0-9]|$)"},
        )


async def recently_erased(session: AsyncSession, since: datetime) -> list[int]:
    """Contacts that are worth a second pass: work that was under way in that moment may have brought something after it."""
    found = await session.scalars(select(Contact.id).where(Contact.erased_at >= since).order_by(Contact.id))
    return list(found)
