"""What another system passes on of a request that it filed, and who is told of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.api_keys import Key
from bot.cases.reported_updates import PassedOn, take_update
from bot.delivery.push import tell_followers
from bot.settings import settings


async def hear_update(session: AsyncSession, key: Key, sent: PassedOn, now: datetime) -> str:
    """Keep an update and give its id; where it opens or ends the request, residents who follow it hear so. `now` is aware.

    Raises as `take_update` does.
    """
    taken = await take_update(session, key, sent, now, reopens_within=timedelta(days=settings().reopen_days))
    if taken.moved:
        await tell_followers(session, taken.request, now)
    return taken.update_id
