"""The page on which a resident puts the pin of a report right: one tap in a text, no login, `/m/<token>`.

It is for old phones and slow networks: one small page, one picture, and JavaScript only for what it makes easier.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.city.current import gazetteer
from bot.city.location import Point
from bot.city.map_drawing import city_map
from bot.city.map_picture import view_picture
from bot.city.map_view import CLOSEST, WIDEST, View
from bot.conversation.map_links import (
    MapLinkClosedError,
    MapLinkError,
    MapLinkExpiredError,
    MapLinkUnknownError,
    MapLinkUsedError,
    OpenMapLink,
    PinOutsideError,
    open_map_link,
    send_pin,
)
from bot.db.session import transaction
from bot.web.access import read_form
from bot.web.map_form import (
    SIDE,
    STEP,
    Action,
    PinMap,
    UnreadableError,
    read_action,
    read_map,
    read_point,
    read_view,
)
from bot.web.slots import Slots, or_busy
from bot.web.templating import render
from bot.web.texts import page_texts, spoken

router = APIRouter(prefix="/m/{token}", include_in_schema=False)

MAX_POST = 4 * 1024  # bytes; a dozen numbers
# The address is the key: no cache keeps the page, no other site learns its address, no search engine lists it.
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
# Guessing is slow: each wrong token takes this long, and only so many wait at the same time: 16 guesses a second
# against 58 bits. A good link does not wait.
REFUSAL_SECONDS = 0.5
_refusals = Slots(at_once=8, in_line=24, of_one_place=32)
# Few look-ups at once: the connections to the database are for webhooks. Many residents may share one address of a carrier.
_looking = Slots(at_once=4, in_line=400, of_one_place=100)
# A flood of pictures waits in line instead of taking all of the machine.
_drawing = Slots(at_once=2, in_line=30, of_one_place=8)

_TOLD: dict[type[MapLinkError], tuple[str, int]] = {
    MapLinkUnknownError: ("unknown", 404),
    MapLinkExpiredError: ("expired", 410),
    MapLinkClosedError: ("closed", 410),
}


@router.api_route("", methods=["GET", "HEAD"])
async def pin_page(request: Request, token: str) -> Response:
    """The map with the pin where the report is so far. Opening it changes nothing: phones open links for a preview."""
    try:
        link = await _open(request, token)
    except MapLinkError as error:
        return await _told(request, error)
    return await _page(request, link, PinMap(await _start(link), link.point))


@router.post("")
async def pin_form(request: Request, token: str) -> Response:
    """A button of the page: the map moved, the pin moved by a tap, or the place sent."""
    fields = _fields(await read_form(request, MAX_POST))
    try:
        link = await _open(request, token)
    except MapLinkUsedError:
        return RedirectResponse(request.url.path, 303, headers=PRIVATE)
    except MapLinkError as error:
        return await _told(request, error)
    start = await _start(link)
    try:
        shown = read_map(fields, start)
    except UnreadableError:
        return await _page(request, link, PinMap(start, link.point), problem="unreadable", status=422)
    action = read_action(fields)
    if action is not Action.SEND:
        return await _page(request, link, shown.after(action, city_map().corners))
    return await _send(request, token, link, shown)


async def _send(request: Request, token: str, link: OpenMapLink, shown: PinMap) -> Response:
    if shown.pin is None:
        return await _page(request, link, shown, problem="tap_first", status=422)
    try:
        async with transaction() as session:
            await send_pin(session, token, shown.pin)
    except PinOutsideError:
        return await _page(request, link, shown, problem="outside", status=422)
    except MapLinkError as error:  # closed or expired between the two
        return await _told(request, error)
    return RedirectResponse(request.url.path, 303, headers=PRIVATE)


@router.get("/map.png")
async def map_part(request: Request, token: str) -> Response:
    """The part of the map that the address names, without a pin. 404 when the link is no longer good."""
    link = await _open_or_404(request, token)
    view = read_view(request.query_params, await _start(link))
    async with or_busy(_drawing, request):
        content = await asyncio.to_thread(view_picture, view, link.language)
    return Response(content, media_type="image/png", headers=PRIVATE)


@router.get("/place")
async def place_words(request: Request, token: str) -> Response:
    """`{"words": …, "inside": …}` for the position that the address names. 404, or 422 for no position."""
    link = await _open_or_404(request, token)
    try:
        point = read_point(request.query_params)
    except UnreadableError:
        raise HTTPException(422) from None
    words, inside = await asyncio.to_thread(_words, point, link.language)
    return JSONResponse({"words": words, "inside": inside}, headers=PRIVATE)


async def _open(request: Request, token: str) -> OpenMapLink:
    async with or_busy(_looking, request), transaction() as session:
        return await open_map_link(session, token)


async def _open_or_404(request: Request, token: str) -> OpenMapLink:
    try:
        return await _open(request, token)
    except MapLinkUnknownError:
        await _slow_down(request)
        raise HTTPException(404) from None
    except MapLinkError:
        raise HTTPException(404) from None


async def _slow_down(request: Request) -> None:
    async with or_busy(_refusals, request):
        await asyncio.sleep(REFUSAL_SECONDS)


async def _told(request: Request, error: MapLinkError) -> Response:
    """A kind page about a link that cannot be used, or the thanks for a place that was sent."""
    language = spoken(error.language, request.headers.get("accept-language", ""))
    texts = page_texts("map", language)
    if isinstance(error, MapLinkUsedError):
        place = await asyncio.to_thread(_name, error.point, language)
        name, status, words = "sent", 200, texts["sent"].format(place=place)
    else:
        name, status = _TOLD[type(error)]
        words = texts[name]
    if isinstance(error, MapLinkUnknownError):
        await _slow_down(request)
    context = {
        "language": language,
        "title": texts[f"{name}_title"],
        "words": words,
        "thanks": name == "sent",
    }
    return render(request, "map/told.html", context, status=status, headers=PRIVATE)


async def _page(
    request: Request, link: OpenMapLink, shown: PinMap, *, problem: str = "", status: int = 200
) -> Response:
    texts = page_texts("map", spoken(link.language))
    if shown.pin:
        words, inside = await asyncio.to_thread(_words, shown.pin, link.language)
    else:
        words, inside = texts["no_pin"], True
    context = {
        "language": spoken(link.language),
        "texts": texts,
        "action": request.url.path,
        "map": shown,
        "pin_at": shown.view.pixel(shown.pin) if shown.pin else None,
        "words": words,
        "inside": inside,
        # The label already says that the pin is outside.
        "problem": texts[problem] if problem and not (problem == "outside" and not inside) else "",
        "corners": city_map().corners,
        "side": SIDE,
        "step": STEP,
        "zooms": (WIDEST, CLOSEST),
    }
    return render(request, "map/page.html", context, status=status, headers=PRIVATE)


def _words(point: Point, language: str) -> tuple[str, bool]:
    """What the page says of a pin there, and whether it may be sent."""
    texts = page_texts("map", spoken(language))
    if not gazetteer().contains(point):
        return texts["outside"], False
    return texts["pin"].format(place=_name(point, language)), True


def _name(point: Point, language: str) -> str:
    """Takes a second when first asked for: never in the event loop."""
    return gazetteer().reverse(point, language).name


async def _start(link: OpenMapLink) -> View:
    """Where the page opens: at the report's place, else above the whole city."""
    drawn = await asyncio.to_thread(city_map)
    return View(link.point, SIDE, SIDE) if link.point else drawn.whole(SIDE, SIDE)


def _fields(form: FormData) -> Mapping[str, object]:
    return {name: form.get(name) for name in form}
