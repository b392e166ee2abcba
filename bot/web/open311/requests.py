"""Requests and how they stand: `GET /requests`, `GET /requests/{id}` and `GET /tokens/{id}`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.cases.published import Published, Reader, Wanted, find_published
from bot.cases.references import parse_reference
from bot.city.current import city
from bot.db.session import transaction
from bot.web.open311.errors import language_of, refused
from bot.web.open311.formats import ENDPOINT, answer, in_each_form, without_ending
from bot.web.open311.keys import reader_of
from bot.web.open311.params import Params, query_of
from bot.web.open311.told import request_fields
from bot.web.slots import Slots, or_busy

router = APIRouter(prefix=ENDPOINT)

SPAN = timedelta(days=90)  # the specification's, of requests that are asked for by their day
PAGE = 1_000  # and its most of them in one answer
MOST_PAGES = 10_000
# Few look-ups at once: the connections to the database are for webhooks.
looking = Slots(at_once=3, in_line=100, of_one_place=50)


@in_each_form(router, "/requests", "GET", "HEAD")
async def get_requests(request: Request) -> Response:
    """Those of the last 90 days, or those that are asked for, the newest first."""
    params = query_of(request)
    async with or_busy(looking, request):
        reader = await reader_of(request, params)
        found = await _find(_wanted(params, datetime.now(UTC)), reader)
    return await _told(request, params, found)


@in_each_form(router, "/requests/{name}", "GET", "HEAD")
async def get_request(request: Request, name: str) -> Response:
    """One of them, as a list of one. 404 where there is none, or the reader may not see it."""
    params = query_of(request)
    async with or_busy(looking, request):
        found = await _named(request, params, name)
    return await _told(request, params, [found])


@in_each_form(router, "/tokens/{name}", "GET", "HEAD")
async def get_token(request: Request, name: str) -> Response:
    """Every service here is `realtime`, so no token is ever given: a request's own id is taken for one."""
    async with or_busy(looking, request):
        found = await _named(request, query_of(request), name)
    told = [{"service_request_id": found.reference, "token": without_ending(name)}]
    return answer(request, "service_requests", told)


def reference_in(name: str) -> str:
    """The reference that somebody wrote. Raises 404 for what is none."""
    reference = parse_reference(name[:40], city().reference_prefix)
    if reference is None:
        raise refused(404, "unknown_request")
    return reference


async def _named(request: Request, params: Params, name: str) -> Published:
    reader = await reader_of(request, params)
    found = await _find(Wanted(references=(reference_in(without_ending(name)),)), reader)
    if not found:
        raise refused(404, "unknown_request")
    return found[0]


async def _find(wanted: Wanted, reader: Reader) -> Sequence[Published]:
    async with transaction() as session:
        return await find_published(session, wanted, reader)


def _wanted(params: Params, now: datetime) -> Wanted:
    """What the fields ask for. Ids override all others, as the specification says. Raises 400."""
    size = params.whole("page_size", PAGE, PAGE)
    skip = (params.whole("page", 1, MOST_PAGES) - 1) * size
    if named := params.listed("service_request_id"):
        known = (parse_reference(one[:40], city().reference_prefix) for one in named[:PAGE])
        # Where none of them is a reference, none is asked for; () would be all.
        references = tuple(filter(None, known)) or ("",)
        return Wanted(references=references, skip=skip, limit=size)
    updated_after = params.moment("updated_after")
    since, until = _span(params, now, bounded=updated_after is None)
    return Wanted(
        service_codes=params.listed("service_code"),
        since=since,
        until=until,
        updated_after=updated_after,
        finished=_finished(params.listed("status")),
        skip=skip,
        limit=size,
    )


def _span(params: Params, now: datetime, *, bounded: bool) -> tuple[datetime | None, datetime | None]:
    """From when and until when: 90 days at most, unless it is asked for what changed lately, however old it is."""
    since, until = params.moment("start_date"), params.moment("end_date")
    return span_of(since, until, now) if bounded or since or until else (None, None)


def span_of(
    since: datetime | None, until: datetime | None, now: datetime, length: timedelta = SPAN
) -> tuple[datetime, datetime]:
    """Both ends of a span of which one or none is given. Raises 400 where it has no length or more than 90 days."""
    try:
        until = until or (min(since + length, now) if since else now)
        since = since or until - length
    except OverflowError:
        raise refused(400, "span", days=str(SPAN.days)) from None
    if (since > until and since <= now) or until - since > SPAN:
        raise refused(400, "span", days=str(SPAN.days))
    return since, until


def _finished(statuses: Sequence[str]) -> bool | None:
    wanted = {status.lower() for status in statuses}
    if not wanted <= {"open", "closed"}:
        raise refused(400, "unknown_status")
    return None if len(wanted) != 1 else "closed" in wanted


async def _told(request: Request, params: Params, found: Sequence[Published]) -> Response:
    language, extended = language_of(request), params.flag("extensions")
    now = datetime.now(UTC)

    def tell() -> Response:
        told = [request_fields(one, language, now, extended=extended) for one in found]
        return answer(request, "service_requests", told)

    return await asyncio.to_thread(tell)  # a thousand of them take a second
