"""Which places a turn is understood with, and where that thinking happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from bot.city.asking import AskingPlaces
from bot.city.current import gazetteer
from bot.city.online import OnlineGeocoder, online_geocoder
from bot.conversation.intake.setting import Places
from bot.settings import settings

_T = TypeVar("_T")


@lru_cache(maxsize=1)
def _geocoder() -> OnlineGeocoder | None:
    return online_geocoder(settings(), gazetteer())


def places(*, answering: bool) -> Places:
    """The city pack, and the online geocoder behind it where one is set."""
    geocoder = _geocoder()
    return gazetteer() if geocoder is None else AskingPlaces(gazetteer(), geocoder, answering)


async def think(decide: Callable[[], _T]) -> _T:
    """Decide here, or in a thread where a geocoder may be asked: other conversations must not wait for it."""
    return decide() if _geocoder() is None else await asyncio.to_thread(decide)
