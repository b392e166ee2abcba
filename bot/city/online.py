"""Online geocoders for what the city pack does not know: Nominatim, Photon, ArcGIS or Google, through geopy.

A setting, off by default. Only the words of a place leave the house (`place_words`), never a message. Every failure
is silent: the caller goes on with the next question. Answers are kept, so that nobody is asked twice.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog
from geopy.exc import GeopyError
from geopy.geocoders import ArcGIS, GoogleV3, Nominatim, Photon
from geopy.point import Point as GeopyPoint

from bot.city.gazetteer import Gazetteer
from bot.city.location import LocationKind, Point, Resolution, ResolutionOutcome
from bot.settings import Settings
from bot.text.fold import fold_in_place

log = structlog.get_logger(__name__)

TIMEOUT = 2.5  # seconds: a resident waits for the reply
INTERVAL = 1.0  # seconds between questions: what the public Nominatim allows
PATIENCE = 1.5  # seconds somebody may wait for their turn before we go on without
KEPT = 2_000  # answers
CONFIDENCE = 0.7
AGENT = "cityline"


class Coder(Protocol):
    """The part of a geopy geocoder that we use."""

    def geocode(self, query: str, **options: Any) -> Any: ...


class OnlineGeocoder:
    """One provider, asked politely. Safe to share between threads; call it off the event loop."""

    def __init__(
        self,
        coder: Coder,
        gazetteer: Gazetteer,
        options: dict[str, Any] | None = None,
        *,
        interval: float = INTERVAL,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._coder = coder
        self._gazetteer = gazetteer
        self._options = options or {}
        self._interval = interval
        self._clock = clock
        self._sleep = sleep
        self._turn = threading.Lock()
        self._next = 0.0
        self._kept: OrderedDict[str, Point | None] = OrderedDict()

    def locate(self, words: str, language: str = "en") -> Resolution | None:
        """What the provider knows of these place words, named by them; None if nothing, or if it cannot be asked."""
        key = fold_in_place(" ".join(words.split()))
        if key not in self._kept:
            asked = self._ask(words)
            if asked is _NOT_ASKED:
                return None
            self._keep(key, asked if isinstance(asked, Point) else None)
        point = self._kept[key]
        return None if point is None else self._resolution(point, words, language)

    def _ask(self, words: str) -> Point | object | None:
        if not self._take_turn():
            log.info("geocoder.busy")
            return _NOT_ASKED
        try:
            found = self._coder.geocode(
                f"{words}, {self._gazetteer.city.name}", exactly_one=True, timeout=TIMEOUT, **self._options
            )
        except (GeopyError, OSError, ValueError, LookupError, AttributeError, TypeError) as error:
            # geopy lets the errors of a malformed answer through as they are
            log.warning("geocoder.failed", error=type(error).__name__)
            return _NOT_ASKED
        return Point(float(found.latitude), float(found.longitude)) if found else None

    def _take_turn(self) -> bool:
        with self._turn:
            now = self._clock()
            wait = max(0.0, self._next - now)
            if wait > PATIENCE:
                return False
            self._next = now + wait + self._interval
        if wait:
            self._sleep(wait)
        return True

    def _keep(self, key: str, point: Point | None) -> None:
        self._kept[key] = point
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def _resolution(self, point: Point, words: str, language: str) -> Resolution | None:
        resolution = self._gazetteer.resolve_point(point, words, language)
        if resolution.outcome is not ResolutionOutcome.RESOLVED:
            return resolution if self._gazetteer.is_plausible(point) else None
        named = replace(resolution.candidates[0], kind=LocationKind.PLACE, name=words, confidence=CONFIDENCE)
        return replace(resolution, candidates=(named,))


_NOT_ASKED = object()


def online_geocoder(settings: Settings, gazetteer: Gazetteer) -> OnlineGeocoder | None:
    """The provider that the settings name, None for none."""
    if settings.geocoder == "none":
        return None
    where: dict[str, Any] = {}
    if settings.geocoder_url:
        parts = urlsplit(settings.geocoder_url)
        where = {"domain": parts.netloc + parts.path.rstrip("/"), "scheme": parts.scheme}
    key = settings.geocoder_key.get_secret_value() if settings.geocoder_key else None
    south_west, north_east = gazetteer.corners
    box = [GeopyPoint(corner.lat, corner.lon) for corner in (south_west, north_east)]
    if settings.geocoder == "nominatim":
        return OnlineGeocoder(
            Nominatim(user_agent=AGENT, **where), gazetteer, {"viewbox": box, "bounded": False}
        )
    if settings.geocoder == "photon":
        return OnlineGeocoder(Photon(user_agent=AGENT, **where), gazetteer, {"bbox": box})
    if settings.geocoder == "arcgis":
        return OnlineGeocoder(ArcGIS(user_agent=AGENT, **where), gazetteer)
    return OnlineGeocoder(GoogleV3(api_key=key, user_agent=AGENT, **where), gazetteer, {"bounds": box})
