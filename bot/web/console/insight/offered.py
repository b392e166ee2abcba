"""What can be chosen: the services, neighborhoods and departments of the city, channels and languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from bot.city.current import catalogue, city
from bot.city.pack import AreaKind, read_facts
from bot.settings import settings
from bot.web.console.insight.reports import CHANNELS, LANGUAGES
from bot.web.language import say
from bot.web.templating import department_name, service_name


def offered() -> Mapping[str, Mapping[str, str]]:
    """Filter → value → how it is called."""
    return {
        "service": {code: service_name(code) for code in sorted(catalogue().services, key=service_name)},
        "neighborhood": {name: name for name in _neighborhoods()},
        "department": {name: department_name(name) for name in sorted(city().departments)},
        "channel": CHANNELS,
        "language": {code: say(shown) for code, shown in LANGUAGES.items() if code},
    }


@lru_cache(maxsize=1)
def _neighborhoods() -> tuple[str, ...]:
    """Those of the pack; reading it takes a moment."""
    areas = read_facts(settings().city_pack).areas
    return tuple(sorted({area.name for area in areas if area.kind is AreaKind.NEIGHBORHOOD}))
