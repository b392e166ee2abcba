"""Bringing the files of a message in: fetched from the provider, looked at and kept, or refused with a reason."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.photos import keep_photo
from bot.channels.messages import Channel, FetchedMedia, MediaError, MediaProblem, MediaRef, Pin
from bot.channels.provider import Provider
from bot.conversation.contents import Contents, Unseen, Words, what_is_in
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.receive import MAX_BODY, stored_pin
from bot.conversation.states import InboundState
from bot.conversation.texts import gateway_text, unseen_text
from bot.db.jobs import TaskName, enqueue
from bot.db.session import transaction
from bot.db.tables import Conversation, Media, Message
from bot.photos.intake import PhotoRefused, TakenPhoto
from bot.photos.store import PhotoStore

log = structlog.get_logger(__name__)

# Why a file never became a photo, as the dialogue gets it in `photos_refused`.
_PROBLEMS = {
    MediaProblem.TOO_LARGE: "too_large",
    MediaProblem.GONE: "gone",
    MediaProblem.FORBIDDEN_HOST: "broken",
}
# A provider that cannot give a file now may give it in a moment; the resident waits no longer than that.
_WAITS = (0.3, 1.0, 3.0)


# Files in memory at a time in this process: 20 MB each, twice while they come in, and one of them being decoded.
_in_hand = asyncio.Semaphore(3)


async def bring_in(provider: Provider, store: PhotoStore, media: Media) -> None:
    """Fetch one waiting file and record what became of it. Never raises for a bad file or a slow provider.

    Raises `PhotoStoreAwayError` or `DecodingStalledError` where it is our own house that fails: try again.
    """
    reference = MediaRef(
        media.provider_ref or "", media.content_type, media.file_name, media.size, media.compressed
    )
    try:
        async with _in_hand:
            contents = await what_is_in(await _fetch(provider, reference), reference)
            if isinstance(contents, TakenPhoto):
                await asyncio.to_thread(store.put, contents)
    except MediaError as error:
        await _refuse(media.id, _PROBLEMS.get(error.problem, "unavailable"))
        return
    except PhotoRefused as refusal:
        await _refuse(media.id, str(refusal.reason))
        return
    async with transaction() as session:
        await record(session, media.id, contents)
        await _forget_at_provider(session, provider, media)


async def record(session: AsyncSession, media_id: int, contents: Contents) -> None:
    """Keep what was found in a waiting file; for a file that was recorded before, nothing is done.

    Words, a place and the name of what we cannot see become part of the message. A photo's bytes are in the store
    already. A message of nothing but a file that we cannot see is answered here, and a menu stays open.
    """
    row = await session.get_one(Media, media_id, with_for_update=True)
    if row.state != "waiting":
        return
    if isinstance(contents, TakenPhoto):
        kept = await keep_photo(session, contents)
        row.photo_id, row.state = kept.id, "kept"
        log.info("photo.kept", media_id=media_id, photo_id=kept.id)
        return
    row.state = "read"
    # Two parts of one message may be read at the same time, each adding to it.
    message = await session.get_one(Message, row.message_id, with_for_update=True, populate_existing=True)
    match contents:
        case Words(text):
            message.body = "\n".join(filter(None, (message.body, text)))[:MAX_BODY]
        case Pin():
            if "pin" not in message.payload:
                message.payload = {**message.payload, "pin": stored_pin(contents)}
        case Unseen(kind):
            message.payload = {"unsupported": kind, **message.payload}
            await session.flush()
            await _answer_if_alone(session, message, kind)
    log.info("media.read", media_id=media_id, contents=type(contents).__name__)


async def _answer_if_alone(session: AsyncSession, message: Message, kind: str) -> None:
    others = await session.scalars(
        select(Media.id).where(Media.message_id == message.id, Media.state != "read").limit(1)
    )
    if message.body or "pin" in message.payload or others.first() or message.turn_id is not None:
        return
    message.state = InboundState.HANDLED
    conversation = await session.get_one(Conversation, message.conversation_id)
    text = gateway_text(unseen_text(kind), conversation.contact.language)
    await queue_replies(session, conversation, [Reply(text)], kind="notice")


async def _fetch(provider: Provider, reference: MediaRef) -> FetchedMedia:
    for wait in _WAITS:
        try:
            return await provider.fetch(reference)
        except MediaError as error:
            if not error.retryable:
                raise
            await asyncio.sleep(min(error.retry_after or wait, _WAITS[-1]))
    return await provider.fetch(reference)


async def _refuse(media_id: int, reason: str) -> None:
    async with transaction() as session:
        row = await session.get_one(Media, media_id)
        row.state, row.refusal = "refused", reason
    log.info("photo.refused", media_id=media_id, reason=reason)


async def _forget_at_provider(session: AsyncSession, provider: Provider, media: Media) -> None:
    """Twilio keeps media until they are deleted; ours is the copy that counts from now on."""
    if provider.channel is Channel.SMS and media.provider_ref:
        await enqueue(
            session,
            TaskName.DELETE_PROVIDER_MEDIA,
            channel=str(provider.channel),
            provider_ref=media.provider_ref,
        )
