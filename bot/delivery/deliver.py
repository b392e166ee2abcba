"""Sending what waits in a conversation, in order, each message once.

The message is marked `sending` and committed before the provider is called, and nothing is held open
meanwhile. A message that is found in `sending` was cut off: its outcome is looked up, not repeated.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.lease import Lease, under
from bot.channels.messages import LookUp
from bot.channels.provider import Provider
from bot.db.session import transaction
from bot.delivery.attempts import Attempt, BrokenMessageError, more_waits, next_attempt
from bot.delivery.outcomes import (
    Wait,
    record_fault,
    record_look_up,
    record_lost_picture,
    record_result,
)
from bot.delivery.pictures import PhotoLoader, PictureError, with_pictures

log = structlog.get_logger(__name__)


# What is written of an attempt, and how long to wait after it.
Recording = Callable[[AsyncSession], Awaitable[Wait | None]]


class DeliveryPostponedError(Exception):
    """What waits must wait. `seconds`: for how long, where that is known."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


async def deliver_all(
    provider: Provider, conversation_id: int, load_photo: PhotoLoader, *, now: datetime | None = None
) -> None:
    """Send everything that waits, oldest first; at night no updates. Raises `DeliveryPostponedError` when it is to go on
    later. `now` (aware) is what decides whether it is night.
    """
    more = True
    while more:
        # Begun before the row says that it is being sent: the lease is over here before others count it as over.
        lease = Lease(0.0)
        record: Recording
        try:
            async with transaction() as session:
                attempt = await next_attempt(session, conversation_id, now)
        except BrokenMessageError as broken:
            error = broken.__cause__ or broken
            record = partial(record_fault, message_id=broken.message_id, attempt=None, error=error)
        else:
            if attempt is None:
                return
            lease.seconds = attempt.lease.total_seconds()
            record = await _carry_out(provider, attempt, load_photo, lease)
        async with transaction() as session:
            wait = await record(session)
            more = await more_waits(session, conversation_id)
        if wait is not None:
            raise DeliveryPostponedError(wait.reason, wait.seconds)


async def _carry_out(
    provider: Provider, attempt: Attempt, load_photo: PhotoLoader, lease: Lease
) -> Recording:
    """Send or look up; gives what is to be written of it."""
    try:
        attempt = await with_pictures(attempt, provider.channel, load_photo)
        if attempt.cut_off:
            found = await _look_up(provider, attempt)
            return partial(record_look_up, attempt=attempt, found=found)
        with under(lease):
            result = await provider.send(
                attempt.outbound, to=attempt.address, message_id=attempt.message_id, start=attempt.parts_sent
            )
        return partial(record_result, attempt=attempt, result=result)
    except SQLAlchemyError:
        raise  # the database is away, which is nobody's fault
    except PictureError as error:
        cause = error.__cause__ or error
        return partial(record_lost_picture, attempt=attempt, error=cause, for_good=error.for_good)
    except Exception as error:  # a fault of ours in one message must not hold up those behind it
        return partial(
            record_fault,
            message_id=attempt.message_id,
            attempt=attempt,
            error=error,
            handed_over=lease.handed_over,
        )


async def _look_up(provider: Provider, attempt: Attempt) -> LookUp:
    """What became of the part that was under way when the attempt was cut off."""
    found = await provider.look_up(
        attempt.outbound,
        to=attempt.address,
        message_id=attempt.message_id,
        part=attempt.parts_sent,
        since=attempt.began_at,
        known=attempt.known,
    )
    log.info("delivery.looked_up", message_id=attempt.message_id, trace=found.trace)
    return found
