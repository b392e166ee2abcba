"""Receipts: kept as they come. A message's state is read from all it has, so their order and number do not matter.

A long text has several parts and a receipt for each: it is delivered when all are, and failed when one is. One that a
carrier did not take for the moment goes out once more: see `bot.delivery.thrown_away`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import structlog
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Channel, Outcome, PictureFault, Receipt, ReceiptState
from bot.channels.transport import Meaning
from bot.channels.twilio.errors import meaning_of
from bot.conversation.consent import OptedOut, opt_out
from bot.conversation.states import RANK, OutboundState
from bot.db.jobs import enqueue_delivery
from bot.db.tables import Conversation, Message, ReceiptRow
from bot.delivery.alarm import sound_alarm
from bot.delivery.progress import Progress, deadline, go_without_pictures
from bot.delivery.thrown_away import FAILURE_SAID, put_off, where_to_go_on
from bot.failures import FailureKind

log = structlog.get_logger(__name__)

_STATES = {
    ReceiptState.QUEUED: OutboundState.SENDING,
    ReceiptState.SENT: OutboundState.SENT,
    ReceiptState.DELIVERED: OutboundState.DELIVERED,
    ReceiptState.READ: OutboundState.READ,
    ReceiptState.FAILED: OutboundState.FAILED,
}
FINAL = (ReceiptState.DELIVERED, ReceiptState.READ, ReceiptState.FAILED)
# The sender's own word comes first: what a receipt says meanwhile is counted with it.
_UNSETTLED = (OutboundState.QUEUED, OutboundState.SENDING, OutboundState.SUPPRESSED)
_ARRIVED = (OutboundState.DELIVERED, OutboundState.READ)


async def record_receipt(session: AsyncSession, receipt: Receipt) -> bool:
    """Keep a receipt. False when it is of no message of ours."""
    message = await _message_of(session, receipt)
    if message is None:
        log.info("receipt.unknown", channel=receipt.channel)
        return False
    repeated = await session.scalar(
        select(ReceiptRow.id).where(
            ReceiptRow.message_id == message.id,
            ReceiptRow.provider_id == receipt.provider_id,
            ReceiptRow.state == str(receipt.state),
        )
    )
    if repeated is None:
        session.add(
            ReceiptRow(
                message_id=message.id,
                provider_id=receipt.provider_id,
                state=receipt.state,
                error_code=receipt.error_code,
            )
        )
        await session.flush()
        await note_reach(session, message, _outcome(receipt), receipt.detail)
    waits = message.state == OutboundState.QUEUED and Progress.of(message.payload).again is not None
    if waits or message.state not in _UNSETTLED:
        await apply_receipts(session, message)
    log.info("receipt.recorded", message_id=message.id, state=receipt.state, code=receipt.error_code)
    return True


def _outcome(receipt: Receipt) -> Outcome | None:
    arrived = receipt.state in (ReceiptState.DELIVERED, ReceiptState.READ)
    return Outcome.SENT if arrived else receipt.outcome


async def note_reach(session: AsyncSession, message: Message, outcome: Outcome | None, detail: str) -> None:
    """Keep with the contact what an outcome says of them: opted out, out of reach, or reached after all."""
    if outcome not in (Outcome.OPTED_OUT, Outcome.UNREACHABLE, Outcome.SENT):
        return
    conversation = await session.get_one(Conversation, message.conversation_id)
    contact = conversation.contact
    if outcome is Outcome.OPTED_OUT:
        opt_out(contact, OptedOut.REFUSED)
    elif outcome is Outcome.UNREACHABLE:
        contact.unreachable_at, contact.unreachable_why = contact.unreachable_at or datetime.now(UTC), detail
    elif contact.unreachable_at is not None:
        contact.unreachable_at = contact.unreachable_why = None


_OF_MESSAGE = select(ReceiptRow).where(ReceiptRow.message_id == bindparam("message")).order_by(ReceiptRow.id)


async def apply_receipts(session: AsyncSession, message: Message) -> None:
    """Read the state of a message that was handed over from its receipts."""
    rows = list(await session.scalars(_OF_MESSAGE, {"message": message.id}))
    progress = Progress.of(message.payload)
    parts = [_state_of_part(message, progress, part, rows) for part in range(max(len(progress.ids), 1))]
    # A part that was refused at once has no id, and stays failed whatever its neighbours do.
    refused = tuple(part for part in progress.failed if part >= len(parts))
    failed = tuple(part for part, state in enumerate(parts) if state is OutboundState.FAILED) + refused
    again = None
    if failed and not refused and message.channel == Channel.SMS and await _may_have_more(session, message):
        codes = [_code_of(progress, part, rows) for part in failed]
        again = where_to_go_on(codes, parts, failed)
    message.payload = replace(progress, failed=failed, again=again).stored(message.payload)
    if failed:
        waits_already = message.state == OutboundState.QUEUED and again is not None
        message.state = OutboundState.FAILED if again is None else OutboundState.QUEUED
        await _explain(session, message, failed[0], rows)
        if again is None:
            message.not_before = None
        elif not waits_already:
            await put_off(session, message)
        return
    failed_before = message.state in (OutboundState.FAILED, OutboundState.QUEUED)
    message.state, message.not_before = min(parts, key=RANK.__getitem__), None
    if message.state in _ARRIVED:
        message.delivered_at = message.delivered_at or datetime.now(UTC)
    if message.state in _ARRIVED or failed_before:  # what failed has arrived, or counts no more
        message.failure = message.error_code = message.detail = None


def _state_of_part(
    message: Message, progress: Progress, part: int, rows: Sequence[ReceiptRow]
) -> OutboundState:
    """The furthest that was said of it: a late "sent" takes back nothing, a delivered part cannot fail."""
    said = [_STATES[ReceiptState(row.state)] for row in rows if _is_of(progress, part, row)]
    unsent = not progress.ids and message.state == OutboundState.FAILED
    start = OutboundState.FAILED if unsent else OutboundState.SENT
    return max([start, *said], key=RANK.__getitem__)


def _code_of(progress: Progress, part: int, rows: Sequence[ReceiptRow]) -> str | None:
    row = _refusal_of(progress, part, rows)
    return row.error_code if row else None


def _refusal_of(progress: Progress, part: int, rows: Sequence[ReceiptRow]) -> ReceiptRow | None:
    failed = (row for row in rows if row.state == ReceiptState.FAILED and _is_of(progress, part, row))
    return next(failed, None)


async def _may_have_more(session: AsyncSession, message: Message) -> bool:
    """Whether its words are still worth sending, and there is somebody to send them to."""
    conversation = await session.get_one(Conversation, message.conversation_id)
    return deadline(message) >= datetime.now(UTC) and conversation.contact.erased_at is None


def _is_of(progress: Progress, part: int, row: ReceiptRow) -> bool:
    if row.provider_id in progress.replaced:
        return False
    # Of a message in one part every id is its own: that of an attempt whose answer was lost is on no record of ours.
    return len(progress.ids) <= 1 or row.provider_id is None or row.provider_id == progress.ids[part]


async def _explain(session: AsyncSession, message: Message, part: int, rows: Sequence[ReceiptRow]) -> None:
    """Say why `part` failed; where only its picture was to blame, the words go out alone, once."""
    progress = Progress.of(message.payload)
    row = _refusal_of(progress, part, rows)
    if row is None or part >= max(len(progress.ids), 1):
        return  # refused at once, and explained then
    meaning = meaning_of(row.error_code) if message.channel == Channel.SMS else None
    message.error_code = row.error_code
    message.detail = meaning.detail if meaning else None
    message.failure = FAILURE_SAID.get(meaning.outcome) if meaning else None
    message.failure = message.failure or FailureKind.DETERMINISTIC
    if meaning and meaning.outcome is Outcome.MISCONFIGURED:
        sound_alarm(message.channel, meaning.detail)
    if meaning and meaning.picture and _had_picture(progress, part):
        await _send_words_alone(session, message, meaning, meaning.picture, part)


def _had_picture(progress: Progress, part: int) -> bool:
    return progress.picture_part is not None and part >= progress.picture_part and progress.without is None


async def _send_words_alone(
    session: AsyncSession, message: Message, meaning: Meaning, fault: PictureFault, part: int
) -> None:
    if fault is PictureFault.UNFETCHED:
        sound_alarm(message.channel, meaning.detail)
    if deadline(message) < datetime.now(UTC):
        return  # words of yesterday would come out of the blue
    if go_without_pictures(message, meaning.detail, fault, part):
        await enqueue_delivery(session, message.conversation_id, message.channel)


async def _message_of(session: AsyncSession, receipt: Receipt) -> Message | None:
    query = select(Message).where(Message.direction == "out").with_for_update()
    if receipt.message_id is not None:
        return await session.scalar(query.where(Message.id == receipt.message_id))
    return await session.scalar(
        query.where(Message.channel == receipt.channel, Message.provider_id == receipt.provider_id).limit(1)
    )
