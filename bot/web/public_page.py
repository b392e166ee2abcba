"""The page of one request for everybody who has its link, `/r/<token>`: where it stands, without login and without JavaScript.

What may be on it is decided in `bot.cases.public_view`; here it becomes a page.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.cases.lookup import UnknownRequestError
from bot.cases.public_links import PATH
from bot.cases.public_view import PublicView, load_public_view
from bot.city.current import gazetteer
from bot.city.map_drawing import SCALE_FEET
from bot.city.phrases import phrase
from bot.db.session import transaction
from bot.photos.store import Variant
from bot.settings import settings
from bot.web.access import RowId
from bot.web.map_svg import RequestMap, drawn_map
from bot.web.media import JPEG, kept_photo
from bot.web.public_words import PublicWords, language_names
from bot.web.slots import Slots, or_busy
from bot.web.templating import render
from bot.web.texts import LANGUAGES, page_texts, spoken

router = APIRouter(prefix="/r/{token}", include_in_schema=False)

# The address is the key: no other site learns it, no search engine lists it, and only the phone itself keeps the page, for
# as long as somebody goes back and forth.
_UNLISTED = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
_PAGE = {**_UNLISTED, "Cache-Control": "private, max-age=30", "Vary": "Accept-Language"}
_PHOTO = {**_UNLISTED, "Cache-Control": "private, max-age=300"}
# Few look-ups at once: the connections to the database are for webhooks. Many residents may share one address of a carrier.
_looking = Slots(at_once=4, in_line=400, of_one_place=100)


@router.api_route("", methods=["GET", "HEAD"])
async def public_page(request: Request, token: str) -> Response:
    """The page, in the language of `?lang=`, else of the browser. Opening it changes nothing."""
    language = spoken(request.query_params.get("lang"), request.headers.get("accept-language", ""))
    try:
        view = await _view(request, token)
    except UnknownRequestError:
        return _unknown(request, language)
    words = PublicWords(view, language, datetime.now(UTC))
    place, drawn = await asyncio.to_thread(_where, view, language)
    texts = page_texts("request", language)
    context = {
        "language": language,
        "languages": language_names(language),
        "texts": texts,
        "reference": view.reference,
        "service": words.service(),
        "joined": words.joined(),
        "summary": view.summary,
        "standing": words.standing(),
        "followers": words.followers(),
        "offer": words.offer(),
        "place": place,
        "map": drawn,
        "map_name": texts["map"].format(place=place),
        "map_scale": phrase(language, "feet", number=str(SCALE_FEET)),
        "photos": [(photo.photo_id, *words.photo(photo.of_work, photo.at)) for photo in view.photos],
        "path": request.url.path,
        "address": f"{settings().base_url}{PATH}{token}",
    }
    return render(request, "request/page.html", context, headers=_PAGE)


@router.api_route("/photos/{photo_id}", methods=["GET", "HEAD"])
async def public_photo(
    request: Request, token: str, photo_id: RowId, size: Variant = Variant.FULL
) -> Response:
    """A photo of the page; 404 for every other photo there is."""
    try:
        view = await _view(request, token)
    except UnknownRequestError:
        raise HTTPException(404) from None
    if photo_id not in {photo.photo_id for photo in view.photos}:
        raise HTTPException(404)
    content, etag = await kept_photo(photo_id, size, known=request.headers.get("if-none-match"))
    headers = {**_PHOTO, "ETag": etag}
    if content is None:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=JPEG, headers=headers)


async def _view(request: Request, token: str) -> PublicView:
    async with or_busy(_looking, request), transaction() as session:
        return await load_public_view(session, token)


def _where(view: PublicView, language: str) -> tuple[str, RequestMap | None]:
    """The place in words and on the map. Takes a second when first asked for: never in the event loop."""
    place = gazetteer().retold(view.address, language) if view.address else ""
    return place, drawn_map(view.point.lat, view.point.lon) if view.point else None


def _unknown(request: Request, language: str) -> Response:
    """Nobody knows whose link it was meant to be: both languages, the browser's first."""
    ordered = sorted(LANGUAGES, key=lambda code: code != language)
    context = {"language": language, "told": [(code, page_texts("request", code)) for code in ordered]}
    headers = {**_UNLISTED, "Cache-Control": "no-store"}
    return render(request, "request/unknown.html", context, status=404, headers=headers)
