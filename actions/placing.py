"""Which places a turn is understood with, and where that thinking happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from actions.reading import Read
from bot.city.asking import AskingPlaces
from bot.city.current import catalogue, city, city_questions, gazetteer, geocoder
from bot.city.location import Location, LocationKind
from bot.conversation.intake.setting import OwnRequest, Places, Setting

_T = TypeVar("_T")


def places(*, answering: bool) -> Places:
    """The city pack, and the online geocoder behind it where one is set."""
    online = geocoder()
    return gazetteer() if online is None else AskingPlaces(gazetteer(), online, answering)


def setting_of(heard: Read, *, own: tuple[OwnRequest, ...] = ()) -> Setting:
    """What the turn is taken in."""
    question = heard.draft.open if heard.draft else None
    answering = question is not None and question.asks_place
    zone = city().time_zone
    return Setting(heard.turn, catalogue(), places(answering=answering), zone, own, city_questions())


def as_staff_know_it(location: Location) -> Location:
    """The same place by its English name: staff, maps and other systems know one name of it."""
    if location.kind is LocationKind.PIN:
        return replace(location, name=gazetteer().reverse(location.point).name)
    found = gazetteer().locate(location.name).location
    return replace(location, name=found.name) if found and found.point == location.point else location


async def think(decide: Callable[[], _T]) -> _T:
    """Decide here, or in a thread where a geocoder may be asked: other conversations must not wait for it."""
    return decide() if geocoder() is None else await asyncio.to_thread(decide)
