"""Telegram's long polling: the mode for a first try, since it needs no public address.

One poller at a time, however many workers there are: it holds an advisory lock of the database, which ends
with its connection.
"""

from __future__ import annotations

import asyncio
import json

import psycopg
import structlog

from bot.channels.messages import Channel
from bot.channels.telegram.provider import TelegramProvider
from bot.channels.telegram.updates import UpdatesError, delete_webhook, get_updates, next_offset
from bot.db.session import database_url
from bot.delivery.inbound import take_in
from bot.worker.services import Services

log = structlog.get_logger(__name__)

_LOCK = 311_000_002
STANDBY = 5.0  # seconds between two looks whether the polling worker is gone
AFTER_ERROR = 2.0


async def keep_polling(services: Services) -> None:
    """Poll for ever, or return at once where Telegram is not set to polling."""
    config = services.settings
    if not config.telegram_configured or config.telegram_mode != "polling":
        return
    provider = services.providers.provider_for(Channel.TELEGRAM)
    assert isinstance(provider, TelegramProvider)  # noqa: S101
    async with await psycopg.AsyncConnection.connect(database_url(), autocommit=True) as connection:
        while not await _have_lock(connection):  # noqa: ASYNC110 - another process holds it
            await asyncio.sleep(STANDBY)
        await _poll(provider, connection)


async def _have_lock(connection: psycopg.AsyncConnection) -> bool:
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,))
    row = await cursor.fetchone()
    return bool(row and row[0])


async def _poll(provider: TelegramProvider, connection: psycopg.AsyncConnection) -> None:
    log.info("telegram.polling")
    offset: int | None = None
    webhook_removed = False
    while True:
        try:
            if not webhook_removed:
                await delete_webhook(provider.client)
                webhook_removed = True
            updates = await get_updates(provider.client, offset=offset)
        except UpdatesError as error:
            log.warning("telegram.polling_failed", conflict=error.conflict)
            await asyncio.sleep(error.retry_after or AFTER_ERROR)
            continue
        for update in updates:
            await _store(update)
        confirmed = next_offset(updates, offset)
        if updates and confirmed == offset:
            await asyncio.sleep(AFTER_ERROR)  # none of them has an id: they come again at once
        offset = confirmed
        await connection.execute("SELECT 1")  # raises when the lock went away with the database


async def _store(update: dict[str, object]) -> None:
    """Store one update, or set it aside alone; what waits for the database is asked for again by its offset."""
    # Escaped, so that lone surrogates among it are kept as they came.
    await take_in(Channel.TELEGRAM, json.dumps(update).encode("ascii"))
