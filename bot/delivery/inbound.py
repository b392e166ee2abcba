"""Everything that a provider posts, read and stored; what cannot be is set aside (`bot.conversation.set_aside`)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from weakref import WeakValueDictionary

import structlog
from sqlalchemy import select

from bot.channels.messages import Channel, Inbound, Receipt
from bot.channels.telegram import parse as telegram
from bot.channels.twilio import parse as twilio
from bot.conversation.receive import receive
from bot.conversation.set_aside import store_or_set_aside
from bot.db.session import transaction
from bot.db.tables import SetAside
from bot.delivery.receipts import record_receipt
from bot.failures import FailureKind, kind_of, reason_of

log = structlog.get_logger(__name__)

PARSERS: dict[Channel, Callable[[bytes, str], tuple[Inbound | Receipt, ...]]] = {
    Channel.SMS: twilio.parse,
    Channel.TELEGRAM: telegram.parse,
}


# A database that restarts or is full for a moment is waited for. Twilio waits 15 s for us, and brings a text that got
# an error again only where its webhook asks for that (`#rc=5&rp=all`): without it a resident's words would be lost.
PATIENCE = 8.0  # seconds; the last try may wait for a connection as well
FIRST_WAIT = 0.1


async def take_in(channel: Channel, raw: bytes, query: str = "") -> bool:
    """Store what a provider posted, its signature checked. False when it was set aside. Raises when the database stays away."""
    started, wait = monotonic(), FIRST_WAIT
    while True:
        try:
            return await store_or_set_aside(channel, raw, lambda: _store(channel, raw, query), query=query)
        except Exception as error:
            if kind_of(error) is not FailureKind.TRANSIENT or monotonic() + wait > started + PATIENCE:
                raise
            log.warning("inbound.postponed", channel=channel, reason=reason_of(error))
        await asyncio.sleep(wait)
        wait *= 2


# What one resident sends is stored one after the other, which their row in the database sees to anyway: but there each would
# wait with one of the few connections that everybody shares, and who floods would hold up all others.
_lines: WeakValueDictionary[tuple[Channel, str], asyncio.Lock] = WeakValueDictionary()


async def _store(channel: Channel, raw: bytes, query: str) -> None:
    for event in PARSERS[channel](raw, query):
        if isinstance(event, Inbound):
            async with _line_of(event), transaction() as session:
                await receive(session, event)
        else:
            async with transaction() as session:
                await record_receipt(session, event)


def _line_of(event: Inbound) -> asyncio.Lock:
    """Where those wait that came from one sender; it is gone when nobody does."""
    return _lines.setdefault((event.channel, event.address), asyncio.Lock())


async def store_what_was_set_aside() -> tuple[int, int]:
    """Try again everything that was set aside; gives how much was stored and how much is left."""
    async with transaction() as session:
        ids = list(await session.scalars(select(SetAside.id).order_by(SetAside.id)))
    stored = 0
    for set_aside_id in ids:
        async with transaction() as session:
            row = await session.get(SetAside, set_aside_id)
        if row is None:
            continue
        try:
            await _store(Channel(row.channel), row.body, row.query)
        except Exception as error:
            if kind_of(error) is not FailureKind.DETERMINISTIC:
                raise
            log.warning("inbound.still_set_aside", id=set_aside_id, reason=reason_of(error))
            continue
        async with transaction() as session:
            await session.delete(await session.get_one(SetAside, set_aside_id))
        stored += 1
    return stored, len(ids) - stored
