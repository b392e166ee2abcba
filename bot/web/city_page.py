"""The city's page, `/`: what residents reported lately, by block, and how long the work takes. Without login, cookies and JavaScript.

What may be on it is decided in `bot.cases.city_view`, and which requests are by staff; whether there is such a page at all says
`CITYLINE_CITY_PAGE`. Without it `/` leads to the console.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.city_view import Figures, Listed, figures_of, load_done, load_listed
from bot.city.blocks import Block, block_of
from bot.city.current import calendar, city, gazetteer
from bot.db.session import transaction
from bot.settings import settings
from bot.web.access import HOME
from bot.web.city_words import CityWords
from bot.web.map_svg import city_wide_map, marks
from bot.web.public_words import language_names
from bot.web.slots import Slots, or_busy
from bot.web.templating import render
from bot.web.texts import page_texts, spoken

router = APIRouter(include_in_schema=False)

# Everybody sees the same page, so that caches on the way may keep it for a minute: what staff take off is soon gone everywhere.
_PAGE = {"Cache-Control": "public, max-age=60", "Vary": "Accept-Language"}
_NOT_INDEXED = {"X-Robots-Tag": "noindex"}
_FIGURES_FOR = timedelta(minutes=5)  # they are of 90 days: five minutes change nothing
_looking = Slots(at_once=4, in_line=400, of_one_place=100)


class KeptFigures:
    """The figures of the page, counted once in a while for all who look, and never twice at once."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._kept: tuple[datetime, Figures] | None = None

    async def get(self, now: datetime) -> Figures:
        async with self._lock:
            if self._kept is None or now - self._kept[0] >= _FIGURES_FOR:
                async with transaction() as session:
                    done = await load_done(session, now)
                self._kept = now, await asyncio.to_thread(figures_of, done, calendar())
            return self._kept[1]


@router.api_route("/", methods=["GET", "HEAD"])
async def city_page(request: Request) -> Response:
    """The page, in the language of `?lang=`, else of the browser; the console where the city has no such page."""
    if settings().city_page == "off":
        return RedirectResponse(HOME, 303)
    now = datetime.now(UTC)
    language = spoken(request.query_params.get("lang"), request.headers.get("accept-language", ""))
    async with or_busy(_looking, request):
        async with transaction() as session:
            listed = await load_listed(session)
        figures = await _figures(request).get(now)
    context = await asyncio.to_thread(_context, listed, figures, language, now)
    headers = _PAGE if settings().city_page == "indexed" else {**_PAGE, **_NOT_INDEXED}
    return render(request, "city/page.html", context, headers=headers)


def _figures(request: Request) -> KeptFigures:
    """Those of this application."""
    state = request.app.state
    if not hasattr(state, "city_figures"):
        state.city_figures = KeptFigures()
    kept: KeptFigures = state.city_figures
    return kept


def _context(listed: tuple[Listed, ...], figures: Figures, language: str, now: datetime) -> dict[str, object]:
    """Everything the page says. Looks up blocks and draws a map: never in the event loop."""
    words = CityWords(language, now)
    blocks = [_block(one, language) for one in listed]
    lines = [words.line(one, block.name if block else "") for one, block in zip(listed, blocks, strict=True)]
    seen = [(block.point, line.tone) for block, line in zip(blocks, lines, strict=True) if block]
    return {
        "language": language,
        "languages": language_names(language),
        "texts": page_texts("city", language),
        "lines": lines,
        "map": city_wide_map() if listed else None,
        "marks": marks((point, tone) for point, tone in seen if point is not None),
        "headline": words.headline(figures),
        "paces": words.paces(figures),
        "ways_to_us": words.ways_to_us(),
        "indexed": settings().city_page == "indexed",
        "office": city().human_help.office[language],
    }


def _block(one: Listed, language: str) -> Block | None:
    return block_of(gazetteer(), one.address, one.point, one.location_kind, language)
