"""The embedded PostgreSQL under the supervisor: started, watched, stopped."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.db.embedded import EmbeddedDatabase

LOOK_EVERY = 1.0  # seconds


def postgres_folder(data: Path) -> Path:
    return data.absolute() / "postgres"


def start(data: Path) -> EmbeddedDatabase:
    """Start the embedded server of a data folder, or join it."""
    from bot.db.embedded import start_embedded

    return start_embedded(postgres_folder(data))


async def keep_up(database: EmbeddedDatabase, tell: Callable[[str], None]) -> None:
    """Start the server again whenever it is gone, and tell; runs until it is cancelled."""
    while True:
        await asyncio.sleep(LOOK_EVERY)
        try:
            if await asyncio.to_thread(database.restart_if_down):
                tell("PostgreSQL was gone; it runs again")
        except (subprocess.SubprocessError, OSError):
            # Its last processes may still be ending, or the disk is full: we look again.
            tell("PostgreSQL is gone and does not start; trying again in a second")
