"""The city that this process serves, loaded from its pack when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.city.calendar import WorkCalendar
from bot.city.catalogue import Catalogue, load_catalogue
from bot.city.facts import City, load_city
from bot.city.questions import CityQuestion, load_questions
from bot.city.ready_words import ReadyWords, load_ready_words
from bot.settings import settings

if TYPE_CHECKING:
    from bot.city.gazetteer import Gazetteer
    from bot.city.online import OnlineGeocoder


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    return load_catalogue(settings().city_pack)


@lru_cache(maxsize=1)
def city() -> City:
    return load_city(settings().city_pack)


def calendar() -> WorkCalendar:
    return city().calendar


@lru_cache(maxsize=1)
def city_questions() -> Mapping[str, CityQuestion]:
    return load_questions(settings().city_pack)


@lru_cache(maxsize=1)
def ready_words() -> tuple[ReadyWords, ...]:
    return load_ready_words(settings().city_pack)


@lru_cache(maxsize=1)
def neighborhoods() -> tuple[str, ...]:
    """Their names as requests have them, sorted."""
    from bot.city.pack import read_neighborhoods  # few processes ask

    return read_neighborhoods(settings().city_pack)


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    from bot.city.gazetteer import load_gazetteer  # most processes never ask where something is

    return load_gazetteer(settings().city_pack)


@lru_cache(maxsize=1)
def geocoder() -> OnlineGeocoder | None:
    """The online geocoder behind the gazetteer; None where none is set. Asking it blocks."""
    if settings().geocoder == "none":
        return None
    from bot.city.online import online_geocoder  # few cities ask one

    return online_geocoder(settings(), gazetteer())
