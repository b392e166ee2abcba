"""Receipts: kept as they come, while a message's state only moves forward."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Receipt, ReceiptState
from bot.conversation.states import OutboundState, moves_forward
from bot.db.tables import Message, ReceiptRow

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
    if message.state not in (OutboundState.QUEUED, OutboundState.SENDING):
        _move(message, receipt.state, receipt.error_code)
    log.info("receipt.recorded", message_id=message.id, state=receipt.state, code=receipt.error_code)
    return True


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
