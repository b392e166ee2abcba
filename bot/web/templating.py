"""Pages from templates: one environment of each language, escaped by default, with the city's own clock."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.channels.twilio.render import segments_as_sent
from bot.city.current import catalogue, city
from bot.web.console.people import contact_name
from bot.web.language import ENGLISH, SPOKEN, say, spoken, translations
from bot.web.sentences import said

HERE = Path(__file__).parent
STATIC = HERE / "static"
_FEET_PER_METRE = 3.28084
_METRES_PER_MILE = 1609.344
_QUARTER_MILE = _METRES_PER_MILE / 4


@lru_cache(maxsize=len(SPOKEN))
def environment(language: str = ENGLISH) -> Environment:
    """The templates in one of the languages of `bot.web.language`, with everything that they may call.

    Each language has its own: what one template imports of another, like the words of `_words.html`, is kept.
    """
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., object]] = {
        "local_time": local_time,
        "local_moment": local_moment,
        "local_day": local_day,
        "weekday": weekday,
        "short_day": short_day,
        "full_day": full_day,
        "iso": iso,
        "age": age,
        "distance": distance,
        "maps_page": maps_page,
        "person_name": contact_name,
        "service_name": service_name,
        "department": department_name,
        "twice": lambda words: (words, words),
        "sms_segments": segments_as_sent,
        "sentence": lambda known: said(known.sentence),
        "said": said,
        "spoken": lambda sentence: say(sentence) if sentence else "",
    }
    env.filters.update(filters)
    env.globals.update(asset=asset, city=city, lang=language)
    # Of the extension; Jinja's own types do not name it.
    env.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    return env


def render(
    request: Request,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A page or a fragment. Pages hold residents' words, so no cache keeps them."""
    values = {"request": request, "login": getattr(request.state, "login", None), **(context or {})}
    body = environment(spoken()).get_template(template).render(values)
    return HTMLResponse(body, status, {"Cache-Control": "no-store", **(headers or {})})


def iso(moment: datetime) -> str:
    """For machines: the `datetime` of a `<time>`."""
    return moment.isoformat(timespec="seconds")


def local_time(moment: datetime) -> str:
    """The time of day in the city, as `2:05 pm`, in Spanish `14:05`."""
    local = moment.astimezone(city().time_zone)
    if spoken() != ENGLISH:
        return f"{local:%H:%M}"
    return f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


def local_moment(moment: datetime, now: datetime | None = None) -> str:
    """Day and time in the city, as `Nov 3, 2:05 pm`; the year is named when it is not this one's."""
    return f"{local_day(moment, now)}, {local_time(moment)}"


def local_day(moment: datetime, now: datetime | None = None) -> str:
    """The day in the city, as `Nov 3`; the year is named when it is not this one's."""
    local = moment.astimezone(city().time_zone)
    today = (now or datetime.now(UTC)).astimezone(city().time_zone)
    year = f" {local.year}" if local.year != today.year else ""
    return f"{short_day(local)}{year}"


def short_day(day: date) -> str:
    """`Nov 3`, in Spanish `3 nov`."""
    return _written(day, {"en": "MMM d", "es": "d MMM"})


def weekday(day: date) -> str:
    """`Wed, Dec 2`, in Spanish `mié, 2 dic`."""
    return _written(day, {"en": "EEE, MMM d", "es": "EEE, d MMM"})


def month(day: date) -> str:
    """`Dec 2026`, in Spanish `dic 2026`."""
    return _written(day, {"en": "MMM y", "es": "MMM y"})


def full_day(day: date) -> str:
    """`Dec 2, 2026`, in Spanish `2 dic 2026`."""
    return _written(day, {"en": "MMM d, y", "es": "d MMM y"})


def _written(day: date, patterns: Mapping[str, str]) -> str:
    return format_date(day, patterns[spoken()], locale=spoken())


def age(moment: datetime, now: datetime | None = None) -> str:
    """How long ago, in one short unit: `just now`, `5 min`, `3 h`, `2 d`, `7 wk`."""
    minutes = int(((now or datetime.now(UTC)) - moment).total_seconds() // 60)
    if minutes < 1:
        return say("just now")
    if minutes < 60:
        return say("%(n)s min", n=minutes)
    if minutes < 48 * 60:
        return say("%(n)s h", n=minutes // 60)
    days = minutes // (24 * 60)
    return say("%(n)s d", n=days) if days < 21 else say("%(n)s wk", n=days // 7)


def distance(metres: float) -> str:
    """As people here say it: `120 ft`, from a quarter of a mile on `0.3 mi`."""
    if metres < _QUARTER_MILE:
        return say("%(n)s ft", n=max(1, round(metres * _FEET_PER_METRE)))
    miles = f"{metres / _METRES_PER_MILE:.1f}"
    return say("%(n)s mi", n=miles)


def maps_page(point: tuple[float, float]) -> str:
    """A page on which anybody may look at a point and find the way: nothing is told there until somebody opens it."""
    lat, lon = point
    return f"https://www.openstreetmap.org/?mlat={lat:.5f}&mlon={lon:.5f}#map=18/{lat:.5f}/{lon:.5f}"


def service_name(code: str, language: str | None = None) -> str:
    """The service as staff read it, or as `language` calls it; its code when the city no longer offers it."""
    service = catalogue().services.get(code)
    return in_language(service.names, language) if service else code


def department_name(name: str | None) -> str:
    """A department as staff read it: by its own name in English, else as residents read it. "" stands for none."""
    if not name or spoken() == ENGLISH:
        return name or ""
    return city().department_names.get(name, {}).get(spoken(), name)


def in_language(names: Mapping[str, str], language: str | None = None) -> str:
    """Of a name in several languages that of `language` (None: the one that is spoken), else the English one."""
    return names.get(language or spoken(), names[ENGLISH])


@lru_cache(maxsize=64)
def asset(name: str) -> str:
    """Address of a static file, with its content's hash, so that browsers may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


class KeptStatic(StaticFiles):
    """Static files that browsers keep: their address changes with their content."""

    def file_response(self, full_path: Any, stat_result: Any, scope: Scope, status_code: int = 200) -> Any:
        response = super().file_response(full_path, stat_result, scope, status_code)
        hashed = b"v=" in scope.get("query_string", b"")
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if hashed else "public, max-age=300"
        )
        return response
