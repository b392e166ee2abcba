"""Asking for receipts that did not come: a lost callback must not leave a text "sent" for ever, nor a dead number unseen.

Telegram sends none, and what it takes is delivered. Twilio's callback can be lost with our web process, a proxy, or a
tunnel that changed its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Channel, ReceiptsAwayError
from bot.channels.provider import NotConfiguredError, Providers
from bot.conversation.states import OutboundState
from bot.db.session import transaction
from bot.db.tables import Message, ReceiptRow
from bot.delivery.outcomes import FIRST_ASKED_AFTER
from bot.delivery.progress import Progress
from bot.delivery.receipts import FINAL, record_receipt

log = structlog.get_logger(__name__)

MOST = 30  # messages a minute: Twilio takes far more, but nobody waits for these
GIVEN_UP_AFTER = timedelta(hours=36)  # a carrier tries for a day and a half at most
NO_RECEIPT = "the carrier never said whether it arrived"


@dataclass(frozen=True, slots=True)
class _Missing:
    message_id: int
    provider_ids: tuple[str, ...]


async def ask_for_receipts(providers: Providers, now: datetime, most: int = MOST) -> int:
    """Look up texts that were handed over and never confirmed; gives how many were asked about. `now` is aware.

    Each is asked about after five minutes, then at twice its age each time, for a day and a half. Safe to repeat, and
    beside itself: what one worker asks about is not due for another.
    """
    try:
        provider = providers.provider_for(Channel.SMS)
    except NotConfiguredError:
        return 0
    async with transaction() as session:
        missing = await _claim(session, now, most)
    asked = 0
    for one in missing:
        for provider_id in one.provider_ids:
            try:
                receipt = await provider.ask(provider_id, message_id=one.message_id)
            except ReceiptsAwayError as error:
                log.info("receipts.away", seconds=error.retry_after)
                return asked  # the others have their next time, too
            if receipt is not None:
                async with transaction() as session:
                    await record_receipt(session, receipt)
        asked += 1
    return asked


async def _claim(session: AsyncSession, now: datetime, most: int) -> list[_Missing]:
    """Those that are due, with their next time set before anybody is asked."""
    rows = await session.scalars(
        select(Message)
        .where(Message.receipt_due_at <= now, Message.state == OutboundState.SENT)
        .order_by(Message.receipt_due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    found = []
    for message in rows.all():
        since = now - (message.sent_at or message.created_at)
        if since >= GIVEN_UP_AFTER:
            message.receipt_due_at, message.detail = None, NO_RECEIPT
            continue
        message.receipt_due_at = now + max(since, FIRST_ASKED_AFTER)
        found.append(_Missing(message.id, await _unconfirmed(session, message)))
    return found


async def _unconfirmed(session: AsyncSession, message: Message) -> tuple[str, ...]:
    """The ids of its parts that have no final receipt."""
    ids = Progress.of(message.payload).ids or ((message.provider_id,) if message.provider_id else ())
    final = await session.scalars(
        select(ReceiptRow.provider_id).where(
            ReceiptRow.message_id == message.id, ReceiptRow.state.in_([str(state) for state in FINAL])
        )
    )
    confirmed = set(final)
    return tuple(one for one in ids if one not in confirmed)
