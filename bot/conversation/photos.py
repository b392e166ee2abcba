"""Bringing the files of a message in: fetched from the provider, looked at and kept, or refused with a reason.

A file is a job of its own. Fetching it fails in three ways (`bot.failures`): what may pass is tried again with growing
waits, for as long as the file is worth waiting for; what fails by the file's own fault is tried a few times, then
refused; where a setting of ours is wrong, or our own store is full, nobody's photo is given up before a day has gone. Its
sender is told after two minutes that it has not come yet, and again when it is given up.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.cases.photos import keep_photo
from bot.channels.messages import Channel, MediaError, MediaProblem, MediaRef, Pin
from bot.channels.provider import Provider
from bot.conversation.contents import Contents, Unseen, Words, what_is_in
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.receive import MAX_BODY, stored_pin
from bot.conversation.states import InboundState
from bot.conversation.texts import gateway_text, unseen_text
from bot.conversation.turns import make_late_turn
from bot.db.jobs import Queue, TaskName, enqueue, enqueue_turn
from bot.db.session import transaction
from bot.db.tables import Conversation, Media, Message
from bot.failures import TRIES, FailureKind, kind_of, reason_of
from bot.logs import log_unexpected
from bot.photos.apart import DecodingStalledError
from bot.photos.intake import PhotoRefused, TakenPhoto
from bot.photos.store import PhotoStore

log = structlog.get_logger(__name__)

# Why a file never became a photo, as the dialogue gets it in `photos_refused`.
_PROBLEMS = {
    MediaProblem.TOO_LARGE: "too_large",
    MediaProblem.GONE: "gone",
    MediaProblem.FORBIDDEN_HOST: "broken",
}
# A provider announces a file before all of its servers have it: 404 for some seconds is usual.
WORTH_ASKING = timedelta(minutes=2)
WORTH_KEEPING = timedelta(
    hours=24
)  # of what is away: the provider as a whole, or something that only we can mend
FIRST_WAIT, LONGEST_WAIT = 0.4, 60.0  # seconds between two tries: half of the file's age, within these
_NOT_THERE_YET = "not_there_yet"  # in the payload of a message: its sender was told, or that is what it says
SAID_AGAIN_AFTER = timedelta(minutes=30)
# Tries whose process died with them: a picture may be made to do that.
MOST_DEATHS = 5


class MediaPostponedError(Exception):
    """The file could not be had yet. `seconds`: when to try again."""

    def __init__(self, reason: str, seconds: float, failure: FailureKind = FailureKind.TRANSIENT) -> None:
        super().__init__(reason)
        self.seconds = seconds
        self.failure = failure


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A file about to be fetched."""

    id: int
    reference: MediaRef
    age: timedelta


async def bring_in(provider: Provider, store: PhotoStore, media_id: int) -> None:
    """Fetch one waiting file and record what became of it. Raises `MediaPostponedError` to be called again."""
    claimed = await _claim(media_id)
    if claimed is None:
        return
    try:
        contents = await _contents(provider, store, claimed.reference)
    except PhotoRefused as refusal:
        await _settle(claimed, refusal=str(refusal.reason))
    except MediaError as error:
        await _not_fetched(claimed, error)
    except Exception as error:
        await _failed(claimed, error)
    else:
        await _settle(claimed, contents=contents, store=store, provider=provider)


async def _contents(provider: Provider, store: PhotoStore, reference: MediaRef) -> Contents:
    contents = await what_is_in(await provider.fetch(reference), reference)
    if isinstance(contents, TakenPhoto):
        await asyncio.to_thread(store.put, contents)
    return contents


async def _claim(media_id: int) -> _Claimed | None:
    """Count a try before it is made: a file that kills its process must come to an end, too."""
    async with transaction() as session:
        media = await session.get(Media, media_id, with_for_update=True)
        if media is None or media.state != "waiting":
            return None
        message = await session.get_one(Message, media.message_id)
        media.attempts += 1
        claimed = _Claimed(
            media.id,
            MediaRef(
                media.provider_ref or "", media.content_type, media.file_name, media.size, media.compressed
            ),
            datetime.now(UTC) - message.created_at,
        )
        deaths = media.attempts > MOST_DEATHS
    if deaths:
        await _settle(
            claimed, refusal="broken", failure=FailureKind.DETERMINISTIC, reason="ended its process"
        )
        return None
    return claimed


async def _not_fetched(claimed: _Claimed, error: MediaError) -> None:
    misconfigured = error.problem is MediaProblem.MISCONFIGURED
    gone = error.problem is MediaProblem.GONE
    kind = FailureKind.MISCONFIGURED if misconfigured else FailureKind.TRANSIENT
    reason = f"the provider: {error.problem.value}"
    if (error.retryable or gone) and claimed.age < (WORTH_ASKING if gone else WORTH_KEEPING):
        await _try_again(claimed, kind, reason, error.retry_after)
    await _settle(claimed, refusal=_PROBLEMS.get(error.problem, "unavailable"), failure=kind, reason=reason)


async def _failed(claimed: _Claimed, error: Exception) -> None:
    """Anything else that went wrong: the store or the database is away, or our own code fails on this file."""
    kind, reason = kind_of(error), reason_of(error)
    # A picture that takes too long may be one that always does.
    worth = WORTH_ASKING if isinstance(error, DecodingStalledError) else WORTH_KEEPING
    if kind is not FailureKind.DETERMINISTIC and claimed.age < worth:
        await _try_again(claimed, kind, reason)
    log_unexpected(log, "photo.failed", error, media_id=claimed.id)
    async with transaction() as session:
        media = await session.get_one(Media, claimed.id)
        media.failure, media.reason = kind, reason
        tries = media.attempts
    if tries < TRIES:
        raise MediaPostponedError(reason, FIRST_WAIT * 2**tries, kind)
    await _settle(claimed, refusal="broken", failure=kind, reason=reason)


async def _try_again(claimed: _Claimed, kind: FailureKind, reason: str, asked: float | None = None) -> None:
    """Note why it is tried again, and raise. It was not the file's fault: such a try does not count."""
    wait = max(min(max(claimed.age.total_seconds() / 2, FIRST_WAIT), LONGEST_WAIT), asked or 0.0)
    left = (WORTH_ASKING - claimed.age).total_seconds()
    if (asked or 0.0) < left:
        wait = min(wait, left)
    async with transaction() as session:
        message = await _lock_message_of(session, claimed.id)
        media = next(each for each in message.media if each.id == claimed.id)
        media.attempts = max(0, media.attempts - 1)
        media.failure, media.reason = kind, reason
        if wait > left:
            await _say_not_there_yet(session, message)
    raise MediaPostponedError(reason, wait, kind)


async def _say_not_there_yet(session: AsyncSession, message: Message) -> None:
    """Tell the sender of a file that it is being waited for: one sentence for all the files of a while.

    Beside the dialogue, so that what is on offer stays so. Not while a person talks with them: staff see it.
    """
    conversation = await session.get_one(Conversation, message.conversation_id)
    if conversation.taken_over_at is not None or "automatic" in message.payload:
        return
    told = exists().where(
        Message.conversation_id == conversation.id,
        Message.direction == "out",
        Message.payload.has_key(_NOT_THERE_YET),
        Message.created_at > datetime.now(UTC) - SAID_AGAIN_AFTER,
    )
    if _NOT_THERE_YET in message.payload or await session.scalar(select(told)):
        return
    message.payload = {**message.payload, _NOT_THERE_YET: True}
    reply = Reply(gateway_text("photo_not_there_yet", conversation.contact.language))
    (said,) = await queue_replies(session, conversation, [reply], kind="notice")
    said.payload = {**said.payload, _NOT_THERE_YET: True}


async def _settle(
    claimed: _Claimed,
    *,
    contents: Contents | None = None,
    store: PhotoStore | None = None,
    provider: Provider | None = None,
    refusal: str | None = None,
    failure: FailureKind | None = None,
    reason: str | None = None,
) -> None:
    """Record what was found in a file, or a refusal, and see that the dialogue hears of it."""
    async with transaction() as session:
        message = await _lock_message_of(session, claimed.id)
        media = next(each for each in message.media if each.id == claimed.id)
        if media.state != "waiting":
            return  # another worker, taking this one for dead, was faster
        media.failure, media.reason = failure, reason
        if contents is None:
            media.state, media.refusal = "refused", refusal
        else:
            await _record(session, message, media, contents)
            if isinstance(contents, TakenPhoto) and store is not None:
                await asyncio.to_thread(store.put, contents)  # see keep_photo
        await session.flush()
        await _tell(session, message, contents)
        if provider is not None and provider.channel is Channel.SMS and media.provider_ref:
            # Twilio keeps media until they are deleted; ours is the copy that counts from now on.
            await enqueue(
                session,
                TaskName.DELETE_PROVIDER_MEDIA,
                Queue.MEDIA,
                channel=str(provider.channel),
                provider_ref=media.provider_ref,
            )
    found = type(contents).__name__ if contents else "refused"
    log.info("media.settled", media_id=claimed.id, contents=found, reason=refusal)


async def _record(session: AsyncSession, message: Message, media: Media, contents: Contents) -> None:
    """Words, a place and the name of what we cannot see become part of the message; a photo's bytes are in the store."""
    match contents:
        case TakenPhoto():
            media.photo, media.state = await keep_photo(session, contents), "kept"
            return
        case Words(text):
            message.body = "\n".join(filter(None, (message.body, text)))[:MAX_BODY]
        case Pin():
            if "pin" not in message.payload:
                message.payload = {**message.payload, "pin": stored_pin(contents)}
        case Unseen(kind):
            message.payload = {"unsupported": kind, **message.payload}
    media.state = "read"


async def _lock_message_of(session: AsyncSession, media_id: int) -> Message:
    """The message of a file, its conversation locked first: as turns lock them, so that none is made meanwhile."""
    conversation_id = await session.scalar(
        select(Message.conversation_id)
        .join(Media, Media.message_id == Message.id)
        .where(Media.id == media_id)
    )
    await session.execute(select(Conversation.id).where(Conversation.id == conversation_id).with_for_update())
    message = await session.scalar(
        select(Message)
        .join(Media, Media.message_id == Message.id)
        .where(Media.id == media_id)
        .options(selectinload(Message.media).selectinload(Media.photo))
    )
    assert message is not None  # noqa: S101 - a medium has a message
    return message


async def _tell(session: AsyncSession, message: Message, contents: Contents | None) -> None:
    if message.state == InboundState.RECEIVED and message.turn_id is None:
        if isinstance(contents, Unseen) and _is_all(message):
            await _say_unseen(session, message, contents.kind)
        else:
            await enqueue_turn(session, message.conversation_id)
        return
    # The words of the message were taken without the file.
    conversation = await session.get_one(Conversation, message.conversation_id)
    turn = None
    if isinstance(contents, Words):
        turn = await make_late_turn(session, conversation, message, words=contents.text)
    elif isinstance(contents, Pin):
        turn = await make_late_turn(session, conversation, message, pin=stored_pin(contents))
    elif not any(media.state == "waiting" for media in message.media):  # the last of them tells of all
        turn = await make_late_turn(session, conversation, message)
    if turn is not None:
        await enqueue_turn(session, message.conversation_id)


def _is_all(message: Message) -> bool:
    """Whether the message is nothing but files that we cannot see."""
    return not (
        message.body or "pin" in message.payload or any(media.state != "read" for media in message.media)
    )


async def _say_unseen(session: AsyncSession, message: Message, kind: str) -> None:
    """Answered here, beside the dialogue, so that a menu stays open. A machine's card is not answered."""
    message.state = InboundState.HANDLED
    if "automatic" in message.payload:
        return
    conversation = await session.get_one(Conversation, message.conversation_id)
    text = gateway_text(unseen_text(kind), conversation.contact.language)
    await queue_replies(session, conversation, [Reply(text)], kind="notice")
