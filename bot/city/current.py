"""The city that this process serves, loaded once from its pack."""

from __future__ import annotations

from functools import lru_cache

from bot.city.catalogue import Catalogue, load_catalogue
from bot.city.facts import City, load_city
from bot.city.gazetteer import Gazetteer, load_gazetteer
from bot.settings import settings


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    return load_catalogue(settings().city_pack)


@lru_cache(maxsize=1)
def city() -> City:
    return load_city(settings().city_pack)


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    return load_gazetteer(settings().city_pack)
