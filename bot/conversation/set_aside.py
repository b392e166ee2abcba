"""An event of a provider that cannot be stored is set aside, alone: acknowledged, so that it does not come for ever, and
kept as it came, so that nothing is lost. Everybody else's events go on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from bot.channels.messages import Channel
from bot.db.session import transaction
from bot.db.tables import SetAside
from bot.failures import TRIES, FailureKind, kind_of, reason_of
from bot.logs import log_unexpected

log = structlog.get_logger(__name__)

MAX_BODY = 1_000_000  # bytes


async def store_or_set_aside(
    channel: Channel, body: bytes, store: Callable[[], Awaitable[None]], *, query: str = ""
) -> bool:
    """Store an event by `store`, which is tried a few times. False when it was set aside: it failed by its own fault.

    Raises what `store` raises when that is not the event's fault (the database is away): the provider asks again.
    """
    failed: Exception | None = None
    for _ in range(TRIES):
        try:
            await store()
        except Exception as error:
            if kind_of(error) is not FailureKind.DETERMINISTIC:
                raise
            # Once may be a connection that broke in the middle of it and looks like anything.
            failed = error
        else:
            return True
    assert failed is not None  # noqa: S101 - TRIES is not 0
    log_unexpected(log, "inbound.not_stored", failed, channel=channel)
    await set_aside(channel, body, reason_of(failed), query=query)
    return False


async def set_aside(channel: Channel, body: bytes, reason: str, *, query: str = "") -> None:
    """Keep an event that nobody could read or store. `reason` holds nothing private."""
    async with transaction() as session:
        session.add(SetAside(channel=channel, body=body[:MAX_BODY], query=query[:1000], reason=reason))
    log.error("inbound.set_aside", channel=channel, reason=reason)
