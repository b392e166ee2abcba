"""Photos and maps over HTTP: by signed, short-lived link for providers, behind the login for staff."""

from __future__ import annotations

import asyncio
from functools import lru_cache

import structlog
from fastapi import APIRouter, Depends
from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.city.location import Point
from bot.city.map_picture import map_picture
from bot.conversation.outbox import stored_map
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Message, Photo
from bot.photos.short_links import photo_of_token
from bot.photos.signed import LinkError, LinkExpiredError, verify_photo_token
from bot.photos.store import PhotoMissingError, PhotoStore, Variant
from bot.settings import secret_key, settings
from bot.web.access import RowId, signed_in

log = structlog.get_logger(__name__)
router = APIRouter(include_in_schema=False)

JPEG = "image/jpeg"  # what the photo store keeps, whatever came in
PNG = "image/png"


@lru_cache(maxsize=4)
def photo_store(url: str) -> PhotoStore:
    """The photo store of this process."""
    return PhotoStore(url)


def current_store() -> PhotoStore:
    return photo_store(settings().photo_store_url)


@router.api_route("/media/photos/{token}", methods=["GET", "HEAD"])
async def signed_photo(token: str) -> Response:
    """The photo a signed link is for; 410 when its time is over, 404 when it never was one of ours."""
    try:
        wanted = verify_photo_token(token, secret=secret_key(settings()))
    except LinkExpiredError:
        raise HTTPException(410) from None
    except LinkError:
        raise HTTPException(404) from None
    content, _ = await kept_photo(wanted.photo_id, wanted.variant)
    # Cross-origin on purpose: providers, and the simulator's phone, show it elsewhere.
    headers = {"Cache-Control": "private, max-age=300", "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(content, media_type=JPEG, headers=headers)


@router.api_route("/p/{token}", methods=["GET", "HEAD"])
async def photo_of_a_text(token: str) -> Response:
    """The photo that a text names where its carrier takes no pictures; 410 and 404 as for `signed_photo`."""
    try:
        photo_id = photo_of_token(token, secret=secret_key(settings()))
    except LinkExpiredError:
        raise HTTPException(410) from None
    except LinkError:
        raise HTTPException(404) from None
    content, _ = await kept_photo(photo_id, Variant.FULL)
    # The address is the key: no search engine lists it.
    headers = {"Cache-Control": "private, max-age=300", "X-Robots-Tag": "noindex, nofollow"}
    return Response(content, media_type=JPEG, headers=headers)


@router.get("/console/photos/{photo_id}/{variant}", dependencies=[Depends(signed_in)])
async def staff_photo(
    request: Request, photo_id: RowId, variant: Variant, shown: int | None = None
) -> Response:
    """A photo for the console, as it came or, with `shown`, as others see it.

    Neither ever changes, `shown` being another number after each edit; so the browser keeps it, for this very login only.
    """
    content, etag = await kept_photo(
        photo_id, variant, known=request.headers.get("if-none-match"), as_it_came=shown is None
    )
    headers = {"Cache-Control": "private, max-age=86400, immutable", "Vary": "Cookie", "ETag": etag}
    if content is None:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=JPEG, headers=headers)


@router.get("/console/messages/{message_id}/map.png", dependencies=[Depends(signed_in)])
async def sent_map(message_id: RowId) -> Response:
    """The map as it went to the resident with a message; 404 for a message without one."""
    async with transaction() as session:
        found = await session.execute(
            select(Message.payload, Contact.language)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .join(Contact, Contact.id == Conversation.contact_id)
            .where(Message.id == message_id, Message.direction == "out")
        )
        payload, language = found.one_or_none() or ({}, None)
    place = stored_map(payload)
    if place is None:
        raise HTTPException(404)
    content = await asyncio.to_thread(map_picture, Point(place.lat, place.lon), language or "en")
    headers = {"Cache-Control": "private, max-age=86400, immutable", "Vary": "Cookie"}
    return Response(content, media_type=PNG, headers=headers)


async def kept_photo(
    photo_id: int, variant: Variant, known: str | None = None, *, as_it_came: bool = False
) -> tuple[bytes | None, str]:
    """Content (None when the browser has it already) and entity tag. Raises 404.

    With what staff covered on it, but for those who may see it `as_it_came`.
    """
    async with transaction() as session:
        photo = await session.get(Photo, photo_id)
    if photo is None:
        raise HTTPException(404)
    photo = photo if as_it_came else photo.outside
    etag = f'"{photo.sha256[:24]}-{variant}"'
    if known == etag:
        return None, etag
    try:
        return await asyncio.to_thread(current_store().get, photo.sha256, variant), etag
    except PhotoMissingError:
        log.error("photo.missing", photo_id=photo_id)
        raise HTTPException(404) from None
