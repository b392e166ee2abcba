"""Receipts: kept as they come, while a message's state only moves forward."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Outcome, Receipt, ReceiptState
from bot.conversation.consent import OptedOut, opt_out
from bot.conversation.states import OutboundState, moves_forward
from bot.db.tables import Conversation, Message, ReceiptRow

log = structlog.get_logger(__name__)

_STATES = {
    ReceiptState.QUEUED: OutboundState.SENDING,
    ReceiptState.SENT: OutboundState.SENT,
    ReceiptState.DELIVERED: OutboundState.DELIVERED,
    ReceiptState.READ: OutboundState.READ,
    ReceiptState.FAILED: OutboundState.FAILED,
}


async def record_receipt(session: AsyncSession, receipt: Receipt) -> bool:
    """Keep a receipt. False when it is of no message of ours."""
    message = await _message_of(session, receipt)
    if message is None:
        log.info("receipt.unknown", channel=receipt.channel)
        return False
    repeated = await session.scalar(
        select(ReceiptRow.id).where(
            ReceiptRow.message_id == message.id, ReceiptRow.state == str(receipt.state)
        )
    )
    if repeated is None:
        session.add(ReceiptRow(message_id=message.id, state=receipt.state, error_code=receipt.error_code))
        await note_reach(session, message, _outcome(receipt), receipt.detail)
    if message.state not in (OutboundState.QUEUED, OutboundState.SENDING):
        _move(message, receipt.state, receipt.error_code)
        message.detail = receipt.detail or message.detail
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


async def apply_early_receipts(session: AsyncSession, message: Message) -> None:
    """Count the receipts that were faster than the sender's own word, once that is recorded."""
    rows = await session.scalars(
        select(ReceiptRow).where(ReceiptRow.message_id == message.id).order_by(ReceiptRow.id)
    )
    for row in rows:
        _move(message, ReceiptState(row.state), row.error_code)


def _move(message: Message, state: ReceiptState, error_code: str | None) -> None:
    wanted = _STATES[state]
    if not moves_forward(OutboundState(message.state), wanted):
        return
    message.state = wanted
    if wanted in (OutboundState.DELIVERED, OutboundState.READ):
        message.delivered_at = message.delivered_at or datetime.now(UTC)
    if wanted is OutboundState.FAILED:
        message.error_code = error_code


async def _message_of(session: AsyncSession, receipt: Receipt) -> Message | None:
    query = select(Message).where(Message.direction == "out").with_for_update()
    if receipt.message_id is not None:
        return await session.scalar(query.where(Message.id == receipt.message_id))
    return await session.scalar(
        query.where(Message.channel == receipt.channel, Message.provider_id == receipt.provider_id).limit(1)
    )
