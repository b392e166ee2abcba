"""Filing: `POST /requests`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import httpx
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.cases.api_keys import Key, Right
from bot.cases.reported import NewReport, Person, file_report, hash_of
from bot.channels.download import AllowedHosts
from bot.city.catalogue import PlaceNeed, Service
from bot.city.entered import PlaceError, look_up
from bot.city.location import Location
from bot.conversation.intake.reading import phrases_in
from bot.db.session import transaction
from bot.text.fold import fold_in_place
from bot.web.open311.attributes import answers_of
from bot.web.open311.errors import language_of, refused
from bot.web.open311.formats import ENDPOINT, answer, in_each_form
from bot.web.open311.keys import key_with
from bot.web.open311.params import Params, form_of
from bot.web.open311.services import service_of
from bot.web.slots import Slots, or_busy
from bot.web.texts import page_texts

router = APIRouter(prefix=ENDPOINT)

MOST_WORDS = 4_000  # characters of a description: the specification's
MOST_PHOTOS = 10
# Not what a report says: the secret of a sender, and addresses of photos, which may be signed anew each time.
_NOT_CONTENT = ("api_key", "media_url", "media_url[]")
_filing = Slots(at_once=3, in_line=60, of_one_place=60)


@in_each_form(router, "/requests", "POST")
async def post_request(request: Request) -> Response:
    """File a request: 201, or 200 where the same was filed before. A problem with it is told whole, and nothing is kept."""
    params = await form_of(request)
    async with or_busy(_filing, request):
        key = await key_with(Right.FILE, request, params)
        code = params.text("service_code")
        if not code:
            raise refused(400, "missing", field="service_code")
        service = service_of(code)
        urls, allowed = photo_urls(params, key)
        place_text, location = await asyncio.to_thread(_place, params, service)
        new = NewReport(
            service_code=service.code,
            content_hash=hash_of(pair for pair in params.pairs if pair[0] not in _NOT_CONTENT),
            description=params.text("description", MOST_WORDS),
            place_text=place_text,
            location=location,
            answers=answers_of(params, service),
            person=_person(params),
            photo_urls=allowed,
        )
        async with transaction() as session:
            filed = await file_report(session, key, new, datetime.now(UTC))
    notices = [_guidance(service, new.description, language_of(request))]
    if len(allowed) < len(urls):
        notices.append(page_texts("open311", language_of(request))["photo_not_taken"])
    told = [
        {
            "service_request_id": filed.reference,
            "service_notice": " ".join(filter(None, notices)) or None,
            "account_id": None,
        }
    ]
    return answer(request, "service_requests", told, status=201 if filed.created else 200)


def photo_urls(params: Params, key: Key) -> tuple[list[str], tuple[str, ...]]:
    """The addresses of photos that a sender names, and those of them from which its key may have us fetch."""
    named = [*dict.fromkeys((*params.texts("media_url", 2_000), *params.texts("media_url[]", 2_000)))]
    hosts = AllowedHosts("", key.terms.media_hosts)
    return named, tuple(url for url in named[:MOST_PHOTOS] if _may_fetch(hosts, url))


def _may_fetch(hosts: AllowedHosts, url: str) -> bool:
    try:
        return bool(httpx.URL(url).host) and hosts.allows(httpx.URL(url))
    except (httpx.InvalidURL, ValueError):
        return False


def _place(params: Params, service: Service) -> tuple[str, Location | None]:
    """The sender's words for where, and what they lead to: coordinates count before an address. Raises 400.

    May read the city's pack and ask a geocoder: not for an event loop.
    """
    lat, lon, words = params.number("lat"), params.number("long"), params.text("address_string")
    if (lat is None) != (lon is None):
        raise refused(400, "both_coordinates")
    if lat is not None and lon is not None:
        if abs(lat) > 90 or abs(lon) > 180:
            raise refused(400, "no_position")
        entered = f"{lat:.7f}, {lon:.7f}"
        return words or entered, _found(entered)
    if words:
        return words, _found(words)
    if params.text("address_id"):
        raise refused(400, "address_id")
    if service.place is PlaceNeed.REQUIRED:
        raise refused(400, "no_place")
    return "", None


def _found(entered: str) -> Location:
    try:
        return look_up(entered)
    except PlaceError as error:
        raise refused(400, "place", why=str(error)) from None


def _person(params: Params) -> Person:
    """What staff need to ask back. Device and account are of no use to them and are not kept."""
    names = (params.text("first_name", 100), params.text("last_name", 100))
    return Person(" ".join(filter(None, names)), params.text("email", 254), params.text("phone", 40))


def _guidance(service: Service, words: str, language: str) -> str:
    """What who reports this should know, as the dialogue tells it."""
    if service.guidance is None:
        return ""
    if service.guidance_for and not phrases_in(service.guidance_for, fold_in_place(words)):
        return ""
    return service.guidance[language]
