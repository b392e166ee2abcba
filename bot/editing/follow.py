"""How every process learns what staff changed: it looks for a newer change every few seconds.

A look is one read of an index, so that nobody needs a connection of their own to hear it by, and a process behind a pooler sees it as
soon as the others. What no longer fits, after a change of the pack itself, is set aside and said (`cityline doctor`), and the rest holds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.city.current import ServedCity, fitting, serve
from bot.city.edits import SETTINGS, Edit, Edits
from bot.db.session import transaction
from bot.editing.store import edits_of_staff, newest_id
from bot.settings import SettingsError, change_settings, check_settings, settings

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
        edits = await edits_of_staff(session)
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


@dataclass(frozen=True, slots=True)
class WhatHolds:
    """The city as staff have it: what is served, the settings that are changed, and the edits that do not fit."""

    city: ServedCity
    settings: Mapping[str, Any]
    set_aside: tuple[Edit, ...]


def what_holds(edits: Sequence[Edit]) -> WhatHolds:
    """What of the edits fits the pack and the settings. Takes a moment: all of the pack is loaded."""
    of_settings = tuple(edit for edit in edits if edit.file == SETTINGS)
    changed = Edits(of_settings).of_settings()
    city, set_aside = fitting(settings().city_pack, edits)
    try:
        check_settings(changed)
    except SettingsError:
        return WhatHolds(city, {}, (*set_aside, *of_settings))
    return WhatHolds(city, changed, set_aside)


def _serve(edits: Sequence[Edit]) -> None:
    found = what_holds(edits)
    if found.set_aside:
        log.error("city.edits_set_aside", entries=[edit.entry for edit in found.set_aside])
    change_settings(found.settings)
    serve(found.city)
