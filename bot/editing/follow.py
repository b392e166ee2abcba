"""How every process learns what staff changed: it looks for a newer change every few seconds.

A look is one read of an index, so that nobody needs a connection of their own to hear it by, and a process behind a pooler sees it as
soon as the others. What no longer fits, after a change of the pack itself, is set aside and said (`cityline doctor`), and the rest holds.
"""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.city.current import fitting, serve
from bot.city.edits import SETTINGS, Edit, Edits, entry_of
from bot.db.session import transaction
from bot.editing.store import in_force, newest_id
from bot.settings import SettingsError, change_settings, settings

log = structlog.get_logger(__name__)

EVERY = 2.0  # seconds

_known = 0


async def follow() -> bool:
    """Serve the city as staff have it now; gives whether that was news to this process. Raises what the database raises."""
    global _known
    async with transaction() as session:
        newest = await newest_id(session)
        if newest == _known:
            return False
        edits = [Edit(one.file, one.path, one.patch or {}) for one in await in_force(session)]
    await asyncio.to_thread(_serve, edits)
    _known = newest
    return True


async def look() -> None:
    """Follow once; a database that is away is asked again the next time."""
    try:
        await follow()
    except (SQLAlchemyError, OSError) as error:
        log.warning("city.not_followed", error=type(error).__name__)


async def keep_following() -> None:
    """Look for ever."""
    while True:
        await look()
        await asyncio.sleep(EVERY)


def forget() -> None:
    """Serve the pack as its files have it (between tests, and before another database)."""
    global _known
    _known = 0
    serve(None)
    change_settings({})


def _serve(edits: list[Edit]) -> None:
    of_settings = [edit for edit in edits if edit.file == SETTINGS]
    served, set_aside = fitting(settings().city_pack, edits)
    try:
        change_settings(Edits(tuple(of_settings)).of_settings())
    except SettingsError:
        set_aside = (*set_aside, *of_settings)
    if set_aside:
        log.error(
            "city.edits_set_aside", entries=[f"{edit.file}/{entry_of(edit.path)}" for edit in set_aside]
        )
    serve(served)
