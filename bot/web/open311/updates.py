"""What becomes of requests, by FixMyStreet's extension: `GET` and `POST /servicerequestupdates`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.cases.api_keys import Right
from bot.cases.lookup import UnknownRequestError
from bot.cases.published import find_moves
from bot.cases.reported_updates import EndedLongAgoError, PassedOn
from bot.db.session import transaction
from bot.delivery.passed_on import hear_update
from bot.settings import settings
from bot.web.open311.errors import refused
from bot.web.open311.filing import MOST_WORDS, photo_urls
from bot.web.open311.formats import ENDPOINT, answer, in_each_form
from bot.web.open311.keys import key_with, reader_of
from bot.web.open311.params import Params, form_of, query_of
from bot.web.open311.requests import MOST_PAGES, PAGE, looking, reference_in, span_of
from bot.web.open311.told import update_fields
from bot.web.slots import or_busy

router = APIRouter(prefix=ENDPOINT)

# As FixMyStreet and its likes name the states of a report, which may be more than two.
_OVER = frozenset({"closed", "fixed", "fixed - user", "fixed - council", "duplicate", "no_further_action"})


@in_each_form(router, "/servicerequestupdates", "GET", "HEAD")
async def get_updates(request: Request) -> Response:
    """What happened between two moments, oldest first; without them in the last 90 days."""
    params = query_of(request)
    size = params.whole("page_size", PAGE, PAGE)
    skip = (params.whole("page", 1, MOST_PAGES) - 1) * size
    since, until = span_of(params.moment("start_date"), params.moment("end_date"), datetime.now(UTC))
    async with or_busy(looking, request):
        reader = await reader_of(request, params)
        async with transaction() as session:
            moves = await find_moves(session, since, until, reader, skip, size)

    def tell() -> Response:
        return answer(request, "service_request_updates", [update_fields(move) for move in moves])

    return await asyncio.to_thread(tell)


@in_each_form(router, "/servicerequestupdates", "POST")
async def post_update(request: Request) -> Response:
    """Pass on what was said of a request that this key filed."""
    params = await form_of(request)
    async with or_busy(looking, request):
        key = await key_with(Right.UPDATE, request, params)
        reference = params.text("service_request_id")
        if not reference:
            raise refused(400, "missing", field="service_request_id")
        named, allowed = photo_urls(params, key)
        sent = PassedOn(
            reference=reference_in(reference),
            words=params.text("description", MOST_WORDS),
            ends=_ends(params),
            sent_id=params.text("update_id", 200) or params.text("update_id_ext", 200),
            said_at=params.moment("updated_datetime"),
            photo_urls=allowed,
        )
        if not (sent.words or sent.photo_urls or sent.ends is not None):
            raise refused(400, "photo_not_taken") if named else refused(400, "missing", field="description")
        try:
            async with transaction() as session:
                update_id = await hear_update(session, key, sent, datetime.now(UTC))
        except UnknownRequestError:
            raise refused(404, "unknown_request") from None
        except EndedLongAgoError:
            raise refused(400, "ended_long_ago", days=str(settings().reopen_days)) from None
    told = [{"update_id": update_id, "service_request_id": sent.reference}]
    return answer(request, "service_request_updates", told)


def _ends(params: Params) -> bool | None:
    """How the request stands over there; None where that is not said."""
    status = params.text("status").lower()
    return status in _OVER if status else None
