"""Running one piece of asynchronous work against the database from a command."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


def with_database(work: Callable[[], Awaitable[T]]) -> T:
    """Run `work` to its end and close all connections; quiet, so that output is only what the command says."""
    import structlog
    from sqlalchemy.exc import SQLAlchemyError

    from bot.db.session import dispose
    from bot.editing.follow import follow

    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())

    async def run() -> T:
        try:
            # What staff changed of the city holds here, too. Where there is no such table yet, nothing was changed.
            with suppress(SQLAlchemyError, OSError):
                await follow()
            return await work()
        finally:
            await dispose()

    return asyncio.run(run())
