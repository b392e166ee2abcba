"""What the browser asks for to stay fresh: the stream, and what changed for who cannot have it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Header, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.cases.staff_sessions import Login, lasting_logins, token_hash
from bot.db.changes import News, changed_since
from bot.db.session import transaction
from bot.logs import log_unexpected
from bot.web.access import MAX_ID, cookie_name, watching
from bot.web.live.here import enter, leave, others_here, read_subjects, sees, stay
from bot.web.live.hub import Hub, NotFollowingError, Stream
from bot.web.templating import render

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/console/live", include_in_schema=False)

BEAT = 20.0  # seconds; proxies close what is silent for a minute, and a browser notices a dead line by it
SPACING = 1.0  # seconds between two events of a stream: what changes meanwhile is told in one
COMES_BACK = 2_000  # milliseconds until a browser whose stream broke off comes back

Since = Annotated[int, Query(ge=0, le=MAX_ID)]


async def _check(streams: list[Stream]) -> list[Stream]:
    """Those whose login is over; what the others have open is said once more."""
    now = datetime.now(UTC)
    async with transaction() as session:
        lasting = await lasting_logins(session, {stream.token_hash for stream in streams}, now)
        await stay(session, [row for one in streams if one.token_hash in lasting for row in one.viewers], now)
    return [stream for stream in streams if stream.token_hash not in lasting]


hub = Hub(_check)


@router.get("")
async def live(
    request: Request,
    since: Since,
    here: Annotated[str, Query(max_length=500)] = "",
    last_event_id: Annotated[str, Header(max_length=19)] = "",
    login: Login = Depends(watching),
) -> Response:
    """What changes, as server-sent events: first what changed `since` a version, then the rest as it comes, until the login ends.

    `here`: what the browser has open. A browser that comes back says by itself where it was. 503 where no more are taken.
    """
    hashed = token_hash(request.cookies[cookie_name()])
    if not hub.room(hashed):
        return Response(status_code=503, headers={"Cache-Control": "no-store", "Retry-After": "60"})
    seen = int(last_event_id) if last_event_id.isdigit() else since
    return StreamingResponse(
        _closing(_events(login.staff.id, hashed, read_subjects(here), min(seen, MAX_ID))),
        media_type="text/event-stream",
        # No proxy holds back what is written, or rewrites it.
        headers={"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"},
    )


@router.get("/changed", dependencies=[Depends(watching)])
async def changed(since: Since) -> Response:
    """The same once, for whoever joins another tab's stream, comes back, or cannot have one."""
    async with transaction() as session:
        news = await changed_since(session, since)
    return JSONResponse(
        {"topics": sorted(news.topics), "version": str(news.version)}, headers={"Cache-Control": "no-store"}
    )


@router.get("/here/{subject}")
async def here_now(request: Request, subject: str, login: Annotated[Login, Depends(watching)]) -> Response:
    """Who else has a request or a conversation open. 404 for what they do not see themselves."""
    async with transaction() as session:
        if not read_subjects(subject) or not await sees(session, login.staff, subject):
            raise HTTPException(404)
        others = await others_here(session, subject, login.staff.id, datetime.now(UTC))
    return render(request, "live/_here.html", {"subject": subject, "others": others})


async def _closing(events: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    """A browser that goes away ends the response in the middle: what follows its end is done at once, not when memory is swept."""
    async with aclosing(events):
        async for event in events:
            yield event


async def _events(
    staff_id: int, hashed: bytes, subjects: tuple[str, ...], since: int
) -> AsyncGenerator[bytes]:
    yield b"retry: %d\n\n" % COMES_BACK
    try:
        async with _joined(staff_id, hashed, subjects) as stream:
            async with transaction() as session:
                stream.add(await changed_since(session, since))
            async for event in _told(stream):
                yield event
    except NotFollowingError:
        log.warning("live.not_following")  # the browser comes back in a moment


async def _told(stream: Stream) -> AsyncIterator[bytes]:
    while True:
        if not await stream.wait(BEAT):
            yield b"event: beat\ndata:\n\n"
            continue
        if stream.closed:
            return
        if stream.ended:
            yield b"event: ended\ndata:\n\n"
            return
        yield _event(stream.take())
        await asyncio.sleep(SPACING)


@asynccontextmanager
async def _joined(staff_id: int, hashed: bytes, subjects: tuple[str, ...]) -> AsyncIterator[Stream]:
    """A stream that hears of changes, and the rows that say what its browser has open."""
    async with transaction() as session:
        rows = await enter(session, staff_id, subjects, datetime.now(UTC))
    stream = Stream(hashed, rows)
    try:
        await hub.join(stream)
        yield stream
    finally:
        hub.leave(stream)
        if rows:
            leaving = asyncio.create_task(_leave(rows))
            _leavings.add(leaving)
            leaving.add_done_callback(_leavings.discard)


# Whoever closes a page cancels what would have said so: that goes on by itself.
_leavings: set[asyncio.Task[None]] = set()


async def _leave(rows: tuple[int, ...]) -> None:
    try:
        async with transaction() as session:
            await leave(session, rows)
    except Exception as error:  # the database is away: what nobody renews is swept out after a while
        log_unexpected(log, "live.not_left", error)


def _event(news: News) -> bytes:
    return f"id: {news.version}\nevent: changed\ndata: {' '.join(sorted(news.topics))}\n\n".encode()
