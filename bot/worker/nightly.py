"""What a worker does once in a while: the nightly sweep, takeovers that were forgotten, missed promises, reminders, what ends by itself."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from bot.conversation.takeovers import hand_back_forgotten
from bot.db.session import transaction
from bot.delivery.ends import end_by_themselves
from bot.delivery.push import tell_of_delays
from bot.delivery.reminders import remind
from bot.keeping.sweep import claim_night, sweep
from bot.worker.services import Services

LOOK_EVERY = 60.0  # seconds


async def keep_in_order(services: Services) -> None:
    """Look every minute, for ever."""
    while True:
        now = datetime.now(UTC)
        await hand_back_forgotten(services.settings, now)
        async with transaction() as session:
            await tell_of_delays(session, now)
        async with transaction() as session:
            await end_by_themselves(session, services.settings, now)
        async with transaction() as session:
            await remind(session, services.settings, now)
        if await claim_night(now):
            await sweep(services.settings, services.photos)
        await asyncio.sleep(LOOK_EVERY)
