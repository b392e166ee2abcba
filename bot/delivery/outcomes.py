"""What follows of an attempt: one table for the failures, one place for the waits, and the row they are kept on."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Channel, LookUp, Outcome, PictureFault, SendResult, Trace
from bot.conversation.states import WAITING, OutboundState
from bot.db.tables import Message
from bot.delivery.alarm import sound_alarm
from bot.delivery.attempts import Attempt, fail
from bot.delivery.progress import UNCONFIRMED, Progress, deadline, go_without_pictures
from bot.delivery.receipts import apply_receipts, note_reach
from bot.failures import TRIES, FailureKind, frames_of, reason_of

log = structlog.get_logger(__name__)

SETTLE = 2.0  # seconds between an ambiguous attempt and the look-up, if the provider named none
FIRST_WAIT = 0.5  # seconds
LONGEST_WAIT = 60.0  # between two attempts, unless the provider asks for more
# Carriers confirm within seconds, the slow ones within a minute or two: see `bot.delivery.missing_receipts`.
FIRST_ASKED_AFTER = timedelta(minutes=5)
SHORTEST_LOOK = 5.0  # seconds between two look-ups
LONGEST_LOOK = 300.0

# The one policy of `bot.failures`, for what a provider can say.
FAILURE_OF: dict[Outcome, FailureKind | None] = {
    Outcome.SENT: None,
    Outcome.RETRY: FailureKind.TRANSIENT,
    Outcome.AMBIGUOUS: FailureKind.TRANSIENT,
    Outcome.MISCONFIGURED: FailureKind.MISCONFIGURED,
    Outcome.REJECTED: FailureKind.DETERMINISTIC,
    Outcome.PICTURE_REFUSED: FailureKind.DETERMINISTIC,
    Outcome.UNREACHABLE: FailureKind.DETERMINISTIC,
    Outcome.OPTED_OUT: None,  # a wish, no failure
}

STATE_AFTER: dict[Outcome, OutboundState] = {
    Outcome.SENT: OutboundState.SENT,
    Outcome.RETRY: OutboundState.QUEUED,
    Outcome.MISCONFIGURED: OutboundState.QUEUED,
    Outcome.AMBIGUOUS: OutboundState.SENDING,
    Outcome.REJECTED: OutboundState.FAILED,
    Outcome.PICTURE_REFUSED: OutboundState.FAILED,  # unless its words go on alone
    Outcome.UNREACHABLE: OutboundState.FAILED,
    Outcome.OPTED_OUT: OutboundState.SUPPRESSED,
}


@dataclass(frozen=True, slots=True)
class Wait:
    """The conversation pauses: nothing behind the message goes out before it."""

    seconds: float
    reason: str


def wait_before_retry(attempts: int, asked: float | None = None) -> float:
    """Seconds until the next attempt: doubling up to a minute, or as the provider asks where that is longer.

    A provider's "0" is no leave to ask in a circle.
    """
    # 2 ** 16 half seconds are hours: a larger exponent would only overflow.
    backoff = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(max(attempts - 1, 0), 16))
    return max(asked or 0.0, backoff * random.uniform(0.8, 1.2))  # noqa: S311


def wait_before_look_up(since: timedelta, asked: float | None = None) -> float:
    """Seconds until the next look-up: half as long as the outcome has been unknown, at most five minutes."""
    return max(asked or 0.0, min(LONGEST_LOOK, max(SHORTEST_LOOK, since.total_seconds() / 2)))


async def record_result(session: AsyncSession, attempt: Attempt, result: SendResult) -> Wait | None:
    """Keep what became of an attempt. Gives how long to wait; None to go on at once."""
    message = await session.get_one(Message, attempt.message_id, with_for_update=True)
    progress = Progress.of(message.payload).with_ids(result.provider_ids)
    if not _still_counts(message, attempt, result):
        # Another worker took this one for dead and has gone on. What it learned is kept all the same.
        message.payload = progress.stored(message.payload)
        _keep_first_id(message, progress)
        return Wait(SETTLE, "another attempt is under way") if message.state in WAITING else None
    if result.parts_sent > progress.sent:
        message.faults = 0
    progress = replace(
        progress,
        sent=result.parts_sent,
        parts=max(result.parts, result.parts_sent, 1) if result.parts else progress.parts,
        picture_part=result.picture_part if result.picture_part is not None else progress.picture_part,
    )
    message.payload = progress.stored(message.payload)
    if result.segments or result.pictures:
        message.segments = (message.segments or 0) + result.segments
        message.pictures = (message.pictures or 0) + result.pictures
    _keep_first_id(message, progress)
    _note_dropped_button(message, attempt, result)
    message.failure = FAILURE_OF[result.outcome]
    message.error_code, message.detail = result.error_code, result.detail or message.detail
    wait = await _follow(session, message, result)
    log.info(
        "delivery.attempted",
        message_id=message.id,
        outcome=result.outcome,
        code=result.error_code,
        attempts=message.attempts,
    )
    return wait


def _still_counts(message: Message, attempt: Attempt, result: SendResult) -> bool:
    if message.state == OutboundState.SENDING:
        return message.attempts == attempt.number
    # A late "sent" is the truth, whatever was concluded meanwhile.
    return message.state == OutboundState.QUEUED and result.outcome is Outcome.SENT


def _keep_first_id(message: Message, progress: Progress) -> None:
    if progress.ids:
        message.provider_id = progress.ids[0]


def _note_dropped_button(message: Message, attempt: Attempt, result: SendResult) -> None:
    # A message has one keyboard: with options of its own it cannot take the location button away.
    takes_away = attempt.outbound.drop_location_button and not attempt.outbound.options
    if takes_away and result.outcome is Outcome.SENT:
        message.payload = {**message.payload, "dropped_location": True}


async def _follow(session: AsyncSession, message: Message, result: SendResult) -> Wait | None:
    message.state = STATE_AFTER[result.outcome]
    match result.outcome:
        case Outcome.SENT:
            message.sent_at = datetime.now(UTC)
            if message.channel == Channel.SMS:  # Telegram says no more of what it has taken
                message.receipt_due_at = message.sent_at + FIRST_ASKED_AFTER
            await apply_receipts(session, message)
        case Outcome.RETRY:
            return Wait(wait_before_retry(message.attempts, result.retry_after), result.detail)
        case Outcome.MISCONFIGURED:
            sound_alarm(message.channel, result.detail)
            return Wait(wait_before_retry(message.attempts, result.retry_after), result.detail)
        case Outcome.AMBIGUOUS:
            message.lease_until = None  # this attempt is over for certain
            return Wait(result.retry_after or SETTLE, result.detail)
        case Outcome.PICTURE_REFUSED:
            _drop_pictures(message, result.detail, result.picture, result.parts_sent)
        case Outcome.REJECTED | Outcome.UNREACHABLE:
            fail(message, result.detail)
    if result.outcome is not Outcome.SENT:  # "sent" is the provider's word, not the phone's
        await note_reach(session, message, result.outcome, result.detail)
    return None


def _drop_pictures(message: Message, since: str, fault: PictureFault | None, start: int) -> None:
    if fault is PictureFault.UNFETCHED:
        sound_alarm(message.channel, since)
    if not go_without_pictures(message, since, fault, start):
        fail(message, since)


async def record_look_up(session: AsyncSession, attempt: Attempt, found: LookUp) -> Wait | None:
    """Keep what the provider knows of an attempt that was cut off. Waits as `record_result` does.

    As long as the first attempt can still be under way, only "it is there" is an answer: what is not there may be
    about to come.
    """
    message = await session.get_one(Message, attempt.message_id, with_for_update=True)
    if message.state != OutboundState.SENDING or message.attempts != attempt.number:
        return None  # settled meanwhile
    progress = Progress.of(message.payload)
    now: datetime = (await session.execute(select(func.now()))).scalar_one()
    since = now - attempt.began_at
    if found.trace is Trace.UNREACHED:
        if deadline(message) < now:
            message.failure = FailureKind.TRANSIENT
            fail(message, UNCONFIRMED)
            return None
        message.detail = "the provider cannot be asked yet"
        return Wait(wait_before_look_up(since, found.retry_after), message.detail)
    if found.trace is not Trace.FOUND and attempt.unsettled:
        return Wait(attempt.unsettled.total_seconds(), "the attempt may still be under way")
    if found.trace is Trace.NOT_FOUND:
        message.state, message.detail = OutboundState.QUEUED, "it had not gone out"
        return None
    # That part counts as sent. A killed worker may have sent the part after it, too, so that one is looked up next;
    # otherwise a fresh attempt sends what is left, which is mostly nothing.
    progress = replace(
        progress.with_ids((found.provider_id,) if found.provider_id else ()), sent=attempt.parts_sent + 1
    )
    message.payload = progress.stored(message.payload)
    _keep_first_id(message, progress)
    message.state = OutboundState.SENDING if found.more else OutboundState.QUEUED
    message.detail = UNCONFIRMED if found.trace is Trace.UNKNOWABLE else "confirmed by looking it up"
    return None


async def record_fault(
    session: AsyncSession,
    *,
    message_id: int,
    attempt: Attempt | None,
    error: BaseException,
    handed_over: bool = False,
) -> Wait | None:
    """Keep an exception of ours. After a few in a row the message is failed, and those behind it go on.

    `attempt`: None when the message could not even be read. `handed_over`: something may have gone out.
    """
    message = await session.get_one(Message, message_id, with_for_update=True)
    if message.state not in WAITING or (attempt and message.attempts != attempt.number):
        return None
    message.faults += 1
    message.failure, message.detail = FailureKind.DETERMINISTIC, reason_of(error)
    log.error(
        "delivery.fault",
        message_id=message_id,
        reason=message.detail,
        faults=message.faults,
        frames=frames_of(error),
    )
    if message.faults >= TRIES:
        fail(message, message.detail)
        return None
    if attempt and not attempt.cut_off and not handed_over:
        message.state = OutboundState.QUEUED
    if handed_over:
        message.lease_until = None  # the attempt is over, and a look-up tells how
    return Wait(wait_before_retry(message.faults), message.detail)


async def record_lost_picture(
    session: AsyncSession, *, attempt: Attempt, error: BaseException, for_good: bool
) -> Wait | None:
    """Keep that a picture could not be loaded. It is tried a few times, then the words go without it."""
    message = await session.get_one(Message, attempt.message_id, with_for_update=True)
    if message.state not in WAITING or message.attempts != attempt.number:
        return None
    message.faults += 1
    log.error(
        "delivery.picture_lost", message_id=message.id, reason=reason_of(error), frames=frames_of(error)
    )
    lost = (
        "its photo is not in the store" if for_good else f"a picture could not be loaded: {reason_of(error)}"
    )
    message.failure, message.detail = FailureKind.DETERMINISTIC, lost
    if not for_good and message.faults < TRIES:
        message.state = OutboundState.QUEUED
        return Wait(wait_before_retry(message.faults), message.detail)
    _drop_pictures(message, lost, None, attempt.parts_sent)
    return None
