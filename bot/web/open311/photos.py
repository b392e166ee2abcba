"""Photos of requests that everybody may see: those of the work, and residents' that staff cleared."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.cases.published import Reader, Wanted, find_published
from bot.db.session import transaction
from bot.photos.store import Variant
from bot.settings import settings
from bot.web.access import RowId
from bot.web.media import JPEG, kept_photo
from bot.web.open311.formats import ENDPOINT, OPEN_TO_ALL
from bot.web.open311.requests import looking, reference_in
from bot.web.slots import or_busy

router = APIRouter(prefix=ENDPOINT)

_HEADERS = {**OPEN_TO_ALL, "Cache-Control": "public, max-age=300", "X-Robots-Tag": "noindex, nofollow"}


@router.api_route("/requests/{reference}/photos/{photo_id}.jpg", methods=["GET", "HEAD"])
async def get_photo(request: Request, reference: str, photo_id: RowId) -> Response:
    """One that is shown; 404 for every other photo there is, as soon as staff hide it."""
    wanted = Wanted(references=(reference_in(reference),))
    async with or_busy(looking, request), transaction() as session:
        found = await find_published(session, wanted, Reader(everything=settings().open311 == "all"))
    if photo_id not in {photo.photo_id for one in found for photo in one.view.photos}:
        raise HTTPException(404)
    content, etag = await kept_photo(photo_id, Variant.FULL, known=request.headers.get("if-none-match"))
    headers = {**_HEADERS, "ETag": etag}
    if content is None:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=JPEG, headers=headers)
